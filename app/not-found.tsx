import { getTranslations } from 'next-intl/server';
import { ButtonLink } from '@/components/ui/button';

/** What is not there, and what somebody may not know to be there, look the same. */
export default async function NotFound() {
  const t = await getTranslations('shell.notFound');
  return (
    <main className="flex min-h-dvh items-center justify-center p-6">
      <div className="max-w-96">
        <h1 className="text-title">{t('title')}</h1>
        <p className="mt-1 mb-4 text-ink-2">{t('text')}</p>
        <ButtonLink href="/" size="md">
          {t('home')}
        </ButtonLink>
      </div>
    </main>
  );
}

import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { AuthFrame } from '@/app/(auth)/auth-frame';
import { SetupForm } from '@/components/auth/setup-form';
import { SignInHead } from '@/components/shell/sign-in-layout';
import { ButtonLink } from '@/components/ui/button';
import { setupLinkState } from '@/lib/services/identity/setup';
import { webRuntime } from '@/lib/web/runtime';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('auth.setup');
  return { title: t('pageTitle') };
}

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SetupPage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  const given = typeof token === 'string' ? token : '';
  const state = await setupLinkState(webRuntime(), given);
  const t = await getTranslations('auth.setup');
  return (
    <AuthFrame>
      {state === 'open' && <SetupForm token={given} />}
      {state === 'invalid' && <SignInHead title={t('invalidTitle')} note={t('invalidText')} />}
      {state === 'done' && (
        <>
          <SignInHead title={t('doneTitle')} note={t('doneText')} />
          <ButtonLink href="/sign-in" variant="primary" size="lg" wide>
            {t('toSignIn')}
          </ButtonLink>
        </>
      )}
    </AuthFrame>
  );
}

import { getTranslations } from 'next-intl/server';
import { PageHead } from '@/components/patterns/page-head';
import { EmptyState } from '@/components/patterns/states';
import { ButtonLink } from '@/components/ui/button';
import { TableFrame } from '@/components/ui/table';

/** Nothing there, or not theirs: the console around it stays. */
export default async function AdminNotFound() {
  const t = await getTranslations('shell.notFound');
  return (
    <>
      <PageHead title={t('title')} />
      <TableFrame>
        <EmptyState
          title={t('text')}
          action={
            <ButtonLink href="/admin" size="sm">
              {t('home')}
            </ButtonLink>
          }
        />
      </TableFrame>
    </>
  );
}

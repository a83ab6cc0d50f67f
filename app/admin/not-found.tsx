import { getTranslations } from 'next-intl/server';
import { EmptyState } from '@/components/patterns/states';
import { ButtonLink } from '@/components/ui/button';
import { TableFrame } from '@/components/ui/table';

/** Nothing there, or not theirs: the console around it stays. */
export default async function AdminNotFound() {
  const t = await getTranslations('shell.notFound');
  return (
    <TableFrame>
      <EmptyState
        title={t('title')}
        action={
          <ButtonLink href="/admin" size="sm">
            {t('home')}
          </ButtonLink>
        }
      >
        {t('text')}
      </EmptyState>
    </TableFrame>
  );
}

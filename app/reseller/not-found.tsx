import { getTranslations } from 'next-intl/server';
import { EmptyState } from '@/components/patterns/states';
import { ButtonLink } from '@/components/ui/button';
import { TableFrame } from '@/components/ui/table';

/** Nothing there, or not theirs: the console around it stays. */
export default async function ResellerNotFound() {
  const t = await getTranslations('shell.notFound');
  return (
    <TableFrame>
      <EmptyState
        title={t('title')}
        action={
          <ButtonLink href="/reseller" size="sm">
            {t('home')}
          </ButtonLink>
        }
      >
        {t('text')}
      </EmptyState>
    </TableFrame>
  );
}

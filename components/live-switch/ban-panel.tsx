'use client';

import { useTranslations } from 'next-intl';
import { BanCause, BanTimeLeft } from '@/components/bans/ban-cells';
import { NEWEST_QUERY, REFRESH_MS } from '@/components/bans/queries';
import { Panel } from '@/components/patterns/panel';
import { ErrorState } from '@/components/patterns/states';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { TextLink } from '@/components/ui/text-link';
import { useList } from '@/lib/client/use-list';
import { banSchema, type WireBan } from '@/lib/services/bans/schemas';

/** As many as one looks over at a glance; the page of bans has them all. */
const SHOWN = 6;

/** How many addresses are shut out, and who they are that came last. */
export function BanPanel() {
  const t = useTranslations('admin.bans');
  const { rows, nextCursor, error, refetch } = useList({
    path: '/bans',
    query: NEWEST_QUERY,
    item: banSchema,
    refreshEveryMs: REFRESH_MS,
  });
  const count = rows && (nextCursor === null ? rows.length : t('many', { count: rows.length }));
  return (
    <Panel
      title={t('title')}
      count={count === 0 ? undefined : count}
      actions={<TextLink href="/admin/bans">{t('all')}</TextLink>}
    >
      {rows === undefined && error ? (
        <ErrorState title={t('failed')} onRetry={refetch}>
          {error.message}
        </ErrorState>
      ) : rows?.length === 0 ? (
        <p className="px-4 py-3 text-ink-3">{t('empty')}</p>
      ) : (
        <BanRows rows={rows?.slice(0, SHOWN)} />
      )}
    </Panel>
  );
}

function BanRows({ rows }: { rows: readonly WireBan[] | undefined }) {
  const t = useTranslations('bans.columns');
  const tAdmin = useTranslations('admin.bans');
  return (
    <Table aria-busy={rows === undefined}>
      <caption className="sr-only">{tAdmin('table')}</caption>
      <thead>
        <tr>
          <Th className="max-md:hidden">{t('address')}</Th>
          <Th>
            <span className="md:hidden">{`${t('address')}, `}</span>
            {t('why')}
          </Th>
          <Th className="text-end max-md:hidden">{t('tries')}</Th>
          <Th className="text-end">{t('left')}</Th>
        </tr>
      </thead>
      <tbody>
        {rows === undefined && (
          <Tr>
            <Td colSpan={4}>
              <Skeleton className="w-1/2" />
            </Td>
          </Tr>
        )}
        {rows?.map((ban) => (
          <Tr key={ban.id}>
            <Td className="text-mono max-md:hidden">{ban.address}</Td>
            <Td className="w-full max-md:py-1.5">
              <span className="block break-all text-mono md:hidden">{ban.address}</span>
              <BanCause ban={ban} />
            </Td>
            <Td className="text-end max-md:hidden">{ban.attempts.toLocaleString('en')}</Td>
            <Td className="text-end">
              <BanTimeLeft until={ban.until} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

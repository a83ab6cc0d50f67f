'use client';

import { useQueryClient } from '@tanstack/react-query';
import { LockOpen, PhoneOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { EmptyState } from '@/components/patterns/states';
import { useMay, useViewer } from '@/components/portal/me-context';
import { GenerationTag } from '@/components/ui/generation-tag';
import { IconButton } from '@/components/ui/icon-button';
import { TextLink } from '@/components/ui/text-link';
import { useToast } from '@/components/ui/toast';
import { callApi } from '@/lib/client/api';
import { useList } from '@/lib/client/use-list';
import { fraudBlockSchema, type WireFraudBlock } from '@/lib/services/fraud/schemas';
import { NEWEST_QUERY, REFRESH_MS } from './queries';

/** Who may not call out, why, and the way to let them. */
export function BlockList({ home }: { home: string }) {
  const t = useTranslations('limits.blocks');
  const { account } = useViewer();
  const mayRelease = useMay('fraud.release');
  const release = useRelease();
  const columns = useColumns(home);
  const list = useList({
    path: '/fraud-blocks',
    query: NEWEST_QUERY,
    item: fraudBlockSchema,
    refreshEveryMs: REFRESH_MS,
  });
  // Nobody releases their own account; the operator's is.
  const isReleasable = (row: WireFraudBlock) =>
    mayRelease && (account.kind === 'operator' || row.accountId !== account.id);
  const button = (row: WireFraudBlock, size: 'xs' | 'sm') =>
    isReleasable(row) && (
      <IconButton label={t('release', { name: row.name })} size={size} onClick={() => release(row)}>
        <LockOpen aria-hidden />
      </IconButton>
    );
  return (
    <DataTable<WireFraudBlock>
      name="fraud-blocks"
      label={t('label')}
      columns={columns}
      rows={list.rows}
      error={list.error}
      onRetry={list.refetch}
      rowId={(row) => row.id}
      rowLabel={(row) => row.name}
      rowActions={mayRelease ? (row) => button(row, 'xs') : undefined}
      phoneRow={(row) => ({
        icon: <PhoneOff />,
        title: row.name,
        detail: <BlockCause block={row} />,
        end: button(row, 'sm'),
        endDetail: <DateTime value={row.createdAt} />,
      })}
      empty={<EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>}
    />
  );
}

/** The rule that was broken, or a person's words. */
function BlockCause({ block }: { block: WireFraudBlock }) {
  const t = useTranslations('limits');
  return block.rule === null
    ? t('blocks.byHand', { reason: block.reason })
    : t(`rules.${block.rule}`);
}

function useRelease(): (block: WireFraudBlock) => void {
  const t = useTranslations('limits.blocks');
  const toast = useToast();
  const queryClient = useQueryClient();
  return ({ id, name }) => {
    callApi({
      method: 'POST',
      path: `/fraud-blocks/${id}/release`,
      response: fraudBlockSchema,
    })
      .then(() => toast.done(t('released', { name })))
      .catch((error: Error) => toast.failed(t('failed'), error.message))
      .finally(() => void queryClient.invalidateQueries({ queryKey: ['list', '/fraud-blocks'] }));
  };
}

function useColumns(home: string): readonly DataColumn<WireFraudBlock>[] {
  const t = useTranslations('limits');
  const calls = home.replace(/limits$/, 'calls');
  return useMemo(
    () => [
      { id: 'who', header: t('blocks.who'), grow: true, cell: (row) => row.name },
      { id: 'account', header: t('blocks.account'), cell: (row) => row.accountName },
      { id: 'why', header: t('blocks.why'), cell: (row) => <BlockCause block={row} /> },
      {
        id: 'digits',
        header: t('blocks.digits'),
        optional: 'shown',
        cell: (row) =>
          row.prefix === '' ? '–' : <span className="text-mono">+{row.prefix}…</span>,
      },
      {
        id: 'call',
        header: t('blocks.call'),
        optional: 'shown',
        cell: (row) =>
          row.callId === null ? (
            '–'
          ) : (
            <TextLink href={`${calls}/${row.callId}`}>{t('blocks.seeCall')}</TextLink>
          ),
      },
      {
        id: 'since',
        header: t('blocks.since'),
        cell: (row) => <DateTime value={row.createdAt} className="text-ink-2" />,
      },
      {
        id: 'switch',
        header: t('columns.switch'),
        className: 'w-px',
        optional: 'shown',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t, calls],
  );
}

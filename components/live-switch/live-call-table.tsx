'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { useLiveCalls } from '@/components/calls/use-live-calls';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { Section } from '@/components/patterns/panel';
import { EmptyState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { CountBadge } from '@/components/ui/badge';
import { TextLink } from '@/components/ui/text-link';
import { useList } from '@/lib/client/use-list';
import type { LiveCall } from '@/lib/services/live/schemas';
import { trunkSchema } from '@/lib/services/trunks/schemas';
import { EndCallButton } from './end-call-button';
import { CallCell, ForCell, OwnerCell, SoFarCell, StateCell } from './live-call-cells';
import { TRUNK_QUERY } from './queries';

/** Calls that go on in the whole installation, the newest first; each can be ended. */
export function LiveCallTable() {
  const t = useTranslations('admin.live');
  const tStates = useTranslations('calls.states');
  const live = useLiveCalls();
  const columns = useLiveColumns();
  const mayHangUp = useMay('calls.hangUp');
  const rows = live.isKnown ? live.calls.filter((call) => call.state !== 'ended') : undefined;
  return (
    <Section
      title={
        <span className="inline-flex items-center gap-2">
          {t('title')}
          {rows && <CountBadge>{live.total}</CountBadge>}
        </span>
      }
      note={
        live.total > live.calls.length &&
        t('shown', { shown: live.calls.length, total: live.total })
      }
      actions={<TextLink href="/admin/calls">{t('all')}</TextLink>}
    >
      <DataTable<LiveCall>
        name="live-calls"
        label={t('label')}
        columns={columns}
        rows={rows}
        skeletonRows={3}
        rowId={(call) => call.callId}
        rowLabel={(call) => t('rowLabel', { from: call.from.number, to: call.to.number })}
        opening={{ href: (call) => `/admin/calls/${call.callId}` }}
        phoneRow={(call) => ({
          title: <CallCell call={call} />,
          detail: (
            <>
              <OwnerCell call={call} /> · {tStates(call.state)}
            </>
          ),
          end: <SoFarCell call={call} side="price" />,
          endDetail: <ForCell call={call} />,
        })}
        {...(mayHangUp ? { rowActions: (call) => <EndCallButton call={call} /> } : {})}
        empty={<EmptyState title={t('empty')}>{t('emptyText')}</EmptyState>}
      />
    </Section>
  );
}

function useLiveColumns(): DataColumn<LiveCall>[] {
  const t = useTranslations('admin.live');
  const trunks = useList({ path: '/trunks', query: TRUNK_QUERY, item: trunkSchema });
  const { rows } = trunks;
  return useMemo(() => {
    const names = new Map((rows ?? []).map((trunk) => [trunk.id, trunk.name]));
    return [
      {
        id: 'for',
        header: t('for'),
        align: 'end',
        className: 'w-16',
        skeleton: 'w-8',
        cell: (call) => <ForCell call={call} />,
      },
      {
        id: 'account',
        header: t('account'),
        className: 'ps-3',
        cell: (call) => <OwnerCell call={call} />,
      },
      { id: 'call', header: t('call'), grow: true, cell: (call) => <CallCell call={call} /> },
      { id: 'state', header: t('state'), cell: (call) => <StateCell call={call} /> },
      {
        id: 'trunk',
        header: t('trunk'),
        cell: (call) =>
          call.trunkId === null ? (
            <span className="text-ink-3">{t('onNet')}</span>
          ) : (
            <span className="text-ink-2">{names.get(call.trunkId) ?? t('unknown')}</span>
          ),
      },
      {
        id: 'earned',
        header: t('earned'),
        align: 'end',
        optional: 'shown',
        skeleton: 'w-12',
        cell: (call) => <SoFarCell call={call} side="earned" />,
      },
      {
        id: 'soFar',
        header: t('soFar'),
        align: 'end',
        skeleton: 'w-12',
        cell: (call) => <SoFarCell call={call} side="price" />,
      },
    ];
  }, [rows, t]);
}

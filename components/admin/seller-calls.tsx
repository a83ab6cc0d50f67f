'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { CostCell } from '@/components/calls/call-cells';
import { useCallColumns } from '@/components/calls/call-columns';
import { CallList } from '@/components/calls/call-list';
import type { CallRow } from '@/components/calls/call-rows';
import { OwnerCell, SoFarCell } from '@/components/live-switch/live-call-cells';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { Money } from '@/components/patterns/money';
import { EmptyState } from '@/components/patterns/states';

/** The calls of everybody below: whose they are, what the viewer is paid for them and pays. */
export function SellerCalls({ home }: { home: string }) {
  const t = useTranslations('admin.calls');
  const columns = useSellerColumns();
  return (
    <CallList
      home={home}
      columns={columns}
      empty={<EmptyState title={t('none')}>{t('noneText')}</EmptyState>}
    />
  );
}

function useSellerColumns(): DataColumn<CallRow>[] {
  const t = useTranslations('admin.calls');
  const own = useCallColumns();
  return useMemo(() => {
    const account: DataColumn<CallRow> = {
      id: 'account',
      header: t('account'),
      optional: 'shown',
      cell: (row) =>
        row.kind === 'live' ? (
          <OwnerCell call={row.call} />
        ) : (
          <span className="font-medium">{row.call.account.name}</span>
        ),
    };
    const earned: DataColumn<CallRow> = {
      id: 'earned',
      header: t('earned'),
      align: 'end',
      skeleton: 'w-12',
      cell: (row) =>
        row.kind === 'live' ? (
          <SoFarCell call={row.call} side="earned" />
        ) : (
          <Money value={row.call.earned} />
        ),
    };
    const paid: DataColumn<CallRow> = {
      id: 'paid',
      header: t('cost'),
      align: 'end',
      optional: 'shown',
      skeleton: 'w-12',
      cell: (row) => <CostCell row={row} />,
    };
    const isOurs = (column: DataColumn<CallRow>) => column.id !== 'cost';
    const [started, ...others] = own.filter(isOurs);
    return [...(started ? [started] : []), account, ...others, earned, paid];
  }, [own, t]);
}

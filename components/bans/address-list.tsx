'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { EmptyState } from '@/components/patterns/states';
import { GenerationTag } from '@/components/ui/generation-tag';
import { IconButton } from '@/components/ui/icon-button';
import type { ListState } from '@/lib/client/use-list';
import type { WireAllowedAddress } from '@/lib/services/bans/schemas';

/** What every rule about an address has. */
type AddressRule = Pick<WireAllowedAddress, 'id' | 'address' | 'since' | 'generation' | 'status'>;

export interface AddressListProps<Row extends AddressRule> {
  name: string;
  label: string;
  list: ListState<Row>;
  icon: ReactNode;
  /** Why it is there, in words. */
  why: (row: Row) => ReactNode;
  /** How long it lasts still; left out where it has no end. */
  left?: (row: Row) => ReactNode;
  /** Columns of its own, between the reason and the time. */
  columns: readonly DataColumn<Row>[];
  /** Takes the rule back; left out for whoever may not. */
  undo?: { icon: ReactNode; label: (row: Row) => string; run: (row: Row) => void } | undefined;
  empty: { title: string; text: string };
}

/** Rules about addresses, the latest first: a table, or two lines each on a phone. */
export function AddressList<Row extends AddressRule>(props: AddressListProps<Row>) {
  const { name, label, list, icon, why, left, undo, empty } = props;
  const columns = useColumns(props);
  const button = (row: Row, size: 'xs' | 'sm') =>
    undo && (
      <IconButton label={undo.label(row)} size={size} onClick={() => undo.run(row)}>
        {undo.icon}
      </IconButton>
    );
  return (
    <DataTable<Row>
      name={name}
      label={label}
      columns={columns}
      rows={list.rows}
      error={list.error}
      onRetry={list.refetch}
      rowId={(row) => row.id}
      rowLabel={(row) => row.address}
      rowActions={undo && ((row) => button(row, 'xs'))}
      phoneRow={(row) => ({
        icon,
        title: <span className="whitespace-normal break-all text-mono">{row.address}</span>,
        detail: <span className="whitespace-normal break-words">{why(row)}</span>,
        end: undo ? button(row, 'sm') : left?.(row),
        endDetail: undo && left?.(row),
      })}
      empty={<EmptyState title={empty.title}>{empty.text}</EmptyState>}
    />
  );
}

function useColumns<Row extends AddressRule>(
  props: AddressListProps<Row>,
): readonly DataColumn<Row>[] {
  const { why, columns } = props;
  const t = useTranslations('bans.columns');
  return useMemo(
    () => [
      {
        id: 'address',
        header: t('address'),
        cell: (row) => <span className="text-mono">{row.address}</span>,
      },
      { id: 'why', header: t('why'), grow: true, cell: why },
      ...columns,
      {
        id: 'since',
        header: t('since'),
        cell: (row) => <DateTime value={row.since} className="text-ink-2" />,
      },
      {
        id: 'switch',
        header: t('switch'),
        className: 'w-px',
        optional: 'shown',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t, why, columns],
  );
}

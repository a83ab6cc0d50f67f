'use client';

import { ShieldCheck, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { EmptyState } from '@/components/patterns/states';
import { GenerationTag } from '@/components/ui/generation-tag';
import { IconButton } from '@/components/ui/icon-button';
import type { ListState } from '@/lib/client/use-list';
import type { WireAllowedAddress } from '@/lib/services/bans/schemas';
import { useDisallow } from './use-lift-ban';

export interface AllowedListProps {
  list: ListState<WireAllowedAddress>;
  mayWrite: boolean;
}

/** What neither limits nor bans count for. */
export function AllowedList({ list, mayWrite }: AllowedListProps) {
  const t = useTranslations('bans');
  const columns = useAllowedColumns();
  const disallow = useDisallow();
  const removeButton = (row: WireAllowedAddress) => (
    <IconButton
      label={t('disallow', { address: row.address })}
      size="xs"
      onClick={() => disallow(row)}
    >
      <Trash2 aria-hidden />
    </IconButton>
  );
  return (
    <DataTable<WireAllowedAddress>
      name="allowed-addresses"
      label={t('allowedLabel')}
      columns={columns}
      rows={list.rows}
      error={list.error}
      onRetry={list.refetch}
      rowId={(row) => row.id}
      rowLabel={(row) => row.address}
      rowActions={mayWrite ? removeButton : undefined}
      phoneRow={(row) => ({
        icon: <ShieldCheck />,
        title: <span className="whitespace-normal break-all text-mono">{row.address}</span>,
        detail: <span className="whitespace-normal break-words">{row.reason}</span>,
        end: mayWrite ? removeButton(row) : undefined,
      })}
      empty={<EmptyState title={t('emptyAllowed.title')}>{t('emptyAllowed.text')}</EmptyState>}
    />
  );
}

function useAllowedColumns(): DataColumn<WireAllowedAddress>[] {
  const t = useTranslations('bans');
  return useMemo(
    () => [
      {
        id: 'address',
        header: t('columns.address'),
        cell: (row) => <span className="text-mono">{row.address}</span>,
      },
      { id: 'why', header: t('columns.why'), grow: true, cell: (row) => row.reason },
      {
        id: 'since',
        header: t('columns.since'),
        cell: (row) => <DateTime value={row.since} className="text-ink-2" />,
      },
      {
        id: 'switch',
        header: t('columns.switch'),
        className: 'w-px',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t],
  );
}

'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { EmptyState } from '@/components/patterns/states';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { ListState } from '@/lib/client/use-list';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { TrunkAddress } from './trunk-address';
import { TrunkConnection } from './trunk-connection';
import { TrunkState } from './trunk-state';
import { TrunkTable, trunkColumns } from './trunk-table';

export interface TrunkListProps {
  list: ListState<WireTrunk>;
  openId: string | null;
  onOpen: (id: string) => void;
  /** undefined where the viewer may not, or there is no carrier to add one to. */
  onAdd: (() => void) | undefined;
  hasCarrier: boolean;
}

/** Trunks by name; each opens at the side. */
export function TrunkList({ list, openId, onOpen, onAdd, hasCarrier }: TrunkListProps) {
  const t = useTranslations('carriers');
  const columns = useTrunkColumns();
  return (
    <TrunkTable
      name="trunks"
      label={t('trunksLabel')}
      list={list}
      columns={columns}
      openId={openId}
      onOpen={onOpen}
      detail={(row) => (row.kind === 'pbx' ? row.tenant?.domain : <TrunkAddress trunk={row} />)}
      state={(row) =>
        row.state === 'active' ? <TrunkConnection trunk={row} /> : <TrunkState state={row.state} />
      }
      empty={
        <EmptyState
          title={t('emptyTrunks.title')}
          action={
            onAdd && (
              <Button variant="primary" size="sm" onClick={onAdd}>
                {t('addTrunk')}
              </Button>
            )
          }
        >
          {t('emptyTrunks.text')} {!hasCarrier && t('emptyTrunks.needCarrier')}
        </EmptyState>
      }
    />
  );
}

function useTrunkColumns(): DataColumn<WireTrunk>[] {
  const t = useTranslations('carriers');
  return useMemo(
    () => [
      trunkColumns.trunk(t('columns.trunk')),
      {
        id: 'carrier',
        header: t('columns.party'),
        cell: (row) => (
          <span className="text-ink-2">{row.carrier?.name ?? row.tenant?.domain ?? '–'}</span>
        ),
      },
      {
        id: 'address',
        header: t('columns.address'),
        cell: (row) => <TrunkAddress trunk={row} />,
      },
      {
        id: 'format',
        header: t('columns.format'),
        cell: (row) => <span className="text-ink-2">{t(`formats.${row.numberFormat}`)}</span>,
      },
      trunkColumns.channels(t('columns.channels')),
      {
        id: 'emergency',
        header: t('columns.emergency'),
        className: 'ps-4',
        cell: (row) =>
          row.emergency ? (
            <Badge tone="outline">{t('emergencyYes')}</Badge>
          ) : (
            <span className="text-ink-3">–</span>
          ),
      },
      {
        id: 'connection',
        header: t('columns.connection'),
        cell: (row) => <TrunkConnection trunk={row} />,
      },
      {
        id: 'status',
        header: t('columns.status'),
        cell: (row) => <TrunkState state={row.state} />,
      },
      trunkColumns.generation(t('columns.switch')),
    ],
    [t],
  );
}

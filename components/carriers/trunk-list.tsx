'use client';

import { Cable } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { ListFoot } from '@/components/patterns/list-tools';
import { EmptyState } from '@/components/patterns/states';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
import type { ListState } from '@/lib/client/use-list';
import type { WireTrunk } from '@/lib/services/trunks/schemas';
import { TrunkAddress } from './trunk-address';
import { TrunkConnection } from './trunk-connection';
import { TrunkState } from './trunk-state';

export interface TrunkListProps {
  list: ListState<WireTrunk>;
  openId: string | null;
  onOpen: (id: string) => void;
  /** undefined where the viewer may not, or there is no carrier to add one to. */
  onAdd: (() => void) | undefined;
}

/** Trunks by name; each opens at the side. */
export function TrunkList({ list, openId, onOpen, onAdd }: TrunkListProps) {
  const t = useTranslations('carriers');
  const columns = useTrunkColumns();
  return (
    <>
      <DataTable<WireTrunk>
        name="trunks"
        label={t('trunksLabel')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        holdsRows={false}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        opening={{ onOpen: (row) => onOpen(row.id) }}
        openId={openId}
        phoneRow={(row) => ({
          icon: <Cable />,
          title: row.name,
          detail: row.kind === 'pbx' ? row.tenant?.domain : <TrunkAddress trunk={row} />,
          end:
            row.state === 'active' ? (
              <TrunkConnection trunk={row} />
            ) : (
              <TrunkState state={row.state} />
            ),
          endDetail: (
            <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
          ),
        })}
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
            {t('emptyTrunks.text')} {!onAdd && t('emptyTrunks.needCarrier')}
          </EmptyState>
        }
      />
      <ListFoot
        count={list.rows?.length}
        isFirstPage
        nextCursor={null}
        onNewer={() => undefined}
        onOlder={() => undefined}
      />
    </>
  );
}

function useTrunkColumns(): DataColumn<WireTrunk>[] {
  const t = useTranslations('carriers');
  return useMemo(
    () => [
      {
        id: 'trunk',
        header: t('columns.trunk'),
        grow: true,
        className: 'min-w-28',
        cell: (row) => <span className="font-medium">{row.name}</span>,
      },
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
      {
        id: 'channels',
        header: t('columns.channels'),
        align: 'end',
        cell: (row) => row.maxChannels,
      },
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

'use client';

import { RadioTower } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { DateTime } from '@/components/patterns/date-time';
import { WholeListFoot } from '@/components/patterns/list-tools';
import { EmptyState } from '@/components/patterns/states';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
import type { ListState } from '@/lib/client/use-list';
import type { WireCarrier } from '@/lib/services/carriers/schemas';

export interface CarrierListProps {
  list: ListState<WireCarrier>;
  /** undefined where the viewer may not. */
  onAdd: (() => void) | undefined;
  onEdit: ((carrier: WireCarrier) => void) | undefined;
}

/** Carriers by name, what they charge by, and their trunks. */
export function CarrierList({ list, onAdd, onEdit }: CarrierListProps) {
  const t = useTranslations('carriers');
  const columns = useCarrierColumns();
  return (
    <>
      <DataTable<WireCarrier>
        name="carriers"
        label={t('carriersLabel')}
        columns={columns}
        rows={list.rows}
        error={list.error}
        onRetry={list.refetch}
        holdsRows={false}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        opening={onEdit && { onOpen: onEdit }}
        phoneRow={(row) => ({
          icon: <RadioTower />,
          title: row.name,
          detail: <DeckCell carrier={row} />,
          end: t('trunksCount', { count: row.trunks.length }),
          endDetail: (
            <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
          ),
        })}
        empty={
          <EmptyState
            title={t('emptyCarriers.title')}
            steps={
              onAdd && [
                {
                  label: t('emptyCarriers.carrier'),
                  end: (
                    <Button variant="primary" size="sm" onClick={onAdd}>
                      {t('addCarrier')}
                    </Button>
                  ),
                },
                { label: t('emptyCarriers.trunk'), end: t('emptyCarriers.trunkHint') },
                { label: t('emptyCarriers.route'), end: t('emptyCarriers.routeHint') },
              ]
            }
          >
            {t('emptyCarriers.text')}
          </EmptyState>
        }
      />
      <WholeListFoot count={list.rows?.length} />
    </>
  );
}

function DeckCell({ carrier }: { carrier: WireCarrier }) {
  const t = useTranslations('carriers');
  const { buyDeck } = carrier;
  if (!buyDeck) return <Badge tone="amber">{t('noDeck')}</Badge>;
  return (
    <>
      {buyDeck.name} <span className="text-ink-3">{buyDeck.currency}</span>
    </>
  );
}

function useCarrierColumns(): DataColumn<WireCarrier>[] {
  const t = useTranslations('carriers');
  return useMemo(
    () => [
      {
        id: 'carrier',
        header: t('columns.carrier'),
        cell: (row) => <span className="font-medium">{row.name}</span>,
        grow: true,
      },
      { id: 'deck', header: t('columns.deck'), cell: (row) => <DeckCell carrier={row} /> },
      {
        id: 'trunks',
        header: t('columns.trunks'),
        cell: (row) =>
          row.trunks.length === 0 ? (
            <span className="text-ink-3">{t('noTrunks')}</span>
          ) : (
            row.trunks.map((trunk) => trunk.name).join(', ')
          ),
      },
      {
        id: 'created',
        header: t('columns.created'),
        cell: (row) => <DateTime value={row.createdAt} look="date" className="text-ink-2" />,
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

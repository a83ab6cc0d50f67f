'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { TrunkConnection } from '@/components/carriers/trunk-connection';
import { TrunkTable, trunkColumns } from '@/components/carriers/trunk-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { EmptyState } from '@/components/patterns/states';
import { Button } from '@/components/ui/button';
import type { ListState } from '@/lib/client/use-list';
import type { WireTrunk } from '@/lib/services/trunks/schemas';

export interface PbxListProps {
  list: ListState<WireTrunk>;
  openId: string | null;
  onOpen: (id: string) => void;
  /** undefined where the viewer may not, or there is no domain to add one to. */
  onAdd: (() => void) | undefined;
  hasTenant: boolean;
}

/** PBXs by name; each opens at the side. */
export function PbxList({ list, openId, onOpen, onAdd, hasTenant }: PbxListProps) {
  const t = useTranslations('trunks');
  const columns = usePbxColumns();
  return (
    <TrunkTable
      name="pbx"
      label={t('label')}
      list={list}
      columns={columns}
      openId={openId}
      onOpen={onOpen}
      detail={(row) => row.tenant?.domain ?? '–'}
      state={(row) => <TrunkConnection trunk={row} />}
      empty={
        <EmptyState
          title={t('empty.title')}
          steps={
            onAdd && [
              {
                label: t('empty.stepAdd'),
                end: (
                  <Button variant="primary" size="sm" onClick={onAdd}>
                    {t('add')}
                  </Button>
                ),
              },
              { label: t('empty.stepType'), end: t('empty.stepTypeHint') },
              { label: t('empty.stepNumber'), end: t('empty.stepNumberHint') },
            ]
          }
        >
          {t(!hasTenant ? 'empty.needTenant' : onAdd ? 'empty.text' : 'empty.askText')}
        </EmptyState>
      }
    />
  );
}

function usePbxColumns(): DataColumn<WireTrunk>[] {
  const t = useTranslations('trunks.columns');
  return useMemo(
    () => [
      trunkColumns.trunk(t('trunk')),
      {
        id: 'tenant',
        header: t('tenant'),
        cell: (row) => <span className="text-ink-2">{row.tenant?.domain ?? '–'}</span>,
      },
      {
        id: 'user',
        header: t('user'),
        cell: (row) => <span className="text-mono">{row.username ?? row.address ?? '–'}</span>,
      },
      trunkColumns.channels(t('channels')),
      {
        id: 'connection',
        header: t('connection'),
        className: 'ps-4',
        cell: (row) => <TrunkConnection trunk={row} />,
      },
      trunkColumns.generation(t('switch')),
    ],
    [t],
  );
}

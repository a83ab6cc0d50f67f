'use client';

import { Cable } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { TrunkConnection } from '@/components/carriers/trunk-connection';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { ListFoot } from '@/components/patterns/list-tools';
import { EmptyState } from '@/components/patterns/states';
import { Button } from '@/components/ui/button';
import { GenerationTag } from '@/components/ui/generation-tag';
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
    <>
      <DataTable<WireTrunk>
        name="pbx"
        label={t('label')}
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
          detail: row.tenant?.domain ?? '–',
          end: <TrunkConnection trunk={row} />,
          endDetail: (
            <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
          ),
        })}
        empty={
          <EmptyState
            title={t('empty.title')}
            steps={[
              {
                label: t('empty.stepAdd'),
                end: onAdd && (
                  <Button variant="primary" size="sm" onClick={onAdd}>
                    {t('add')}
                  </Button>
                ),
              },
              { label: t('empty.stepType'), end: t('empty.stepTypeHint') },
              { label: t('empty.stepNumber'), end: t('empty.stepNumberHint') },
            ]}
          >
            {hasTenant ? t('empty.text') : t('empty.needTenant')}
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

function usePbxColumns(): DataColumn<WireTrunk>[] {
  const t = useTranslations('trunks.columns');
  return useMemo(
    () => [
      {
        id: 'trunk',
        header: t('trunk'),
        grow: true,
        className: 'min-w-28',
        cell: (row) => <span className="font-medium">{row.name}</span>,
      },
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
      { id: 'channels', header: t('channels'), align: 'end', cell: (row) => row.maxChannels },
      {
        id: 'connection',
        header: t('connection'),
        className: 'ps-4',
        cell: (row) => <TrunkConnection trunk={row} />,
      },
      {
        id: 'switch',
        header: t('switch'),
        className: 'w-px',
        cell: (row) => (
          <GenerationTag wanted={row.generation} observed={row.status.observedGeneration} />
        ),
      },
    ],
    [t],
  );
}

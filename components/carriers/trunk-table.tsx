'use client';

import { Cable } from 'lucide-react';
import type { ReactNode } from 'react';
import { DataTable } from '@/components/patterns/data-table';
import type { DataColumn } from '@/components/patterns/data-table-types';
import { WholeListFoot } from '@/components/patterns/list-tools';
import { GenerationTag } from '@/components/ui/generation-tag';
import type { ListState } from '@/lib/client/use-list';
import type { WireTrunk } from '@/lib/services/trunks/schemas';

export interface TrunkTableProps {
  /** Keeps its choice of columns apart. */
  name: string;
  label: string;
  list: ListState<WireTrunk>;
  columns: readonly DataColumn<WireTrunk>[];
  openId: string | null;
  onOpen: (id: string) => void;
  /** On a phone: below the name, and at the end. */
  detail: (trunk: WireTrunk) => ReactNode;
  state: (trunk: WireTrunk) => ReactNode;
  empty: ReactNode;
}

/** Trunks by name, of carriers or of customers; each opens at the side. */
export function TrunkTable(props: TrunkTableProps) {
  const { name, label, list, columns, openId, onOpen, detail, state, empty } = props;
  return (
    <>
      <DataTable<WireTrunk>
        name={name}
        label={label}
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
          detail: detail(row),
          end: state(row),
          endDetail: <TrunkGeneration trunk={row} />,
        })}
        empty={empty}
      />
      <WholeListFoot count={list.rows?.length} />
    </>
  );
}

/** Whether the switch has the trunk as it was asked for. */
export function TrunkGeneration({ trunk }: { trunk: WireTrunk }) {
  return <GenerationTag wanted={trunk.generation} observed={trunk.status.observedGeneration} />;
}

const nameOf = (trunk: WireTrunk) => <span className="font-medium">{trunk.name}</span>;
const generationOf = (trunk: WireTrunk) => <TrunkGeneration trunk={trunk} />;
const channelsOf = (trunk: WireTrunk) => trunk.maxChannels;

/** The columns that every list of trunks has; what is its own stands between them. */
export const trunkColumns = {
  trunk: (header: string): DataColumn<WireTrunk> => ({
    id: 'trunk',
    header,
    grow: true,
    className: 'min-w-28',
    cell: nameOf,
  }),
  channels: (header: string): DataColumn<WireTrunk> => ({
    id: 'channels',
    header,
    align: 'end',
    cell: channelsOf,
  }),
  generation: (header: string): DataColumn<WireTrunk> => ({
    id: 'switch',
    header,
    className: 'w-px',
    cell: generationOf,
  }),
};

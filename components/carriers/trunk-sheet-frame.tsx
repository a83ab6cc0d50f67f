'use client';

import { Fragment, type ReactNode } from 'react';
import { ErrorState } from '@/components/patterns/states';
import { useMay } from '@/components/portal/me-context';
import { Sheet } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { useItem } from '@/lib/client/use-item';
import { trunkSchema, type WireTrunk } from '@/lib/services/trunks/schemas';
import { TrunkMenu } from './trunk-menu';

export interface TrunkSheetFrameProps {
  openId: string | null;
  rows: readonly WireTrunk[];
  onOpen: (id: string | null) => void;
  words: { loading: string; gone: string; goneText: string };
  children: (trunk: WireTrunk, mayWrite: boolean) => ReactNode;
}

/** A trunk at the side of its list, whoever's it is: steps, menu, and what is said while there is none. */
export function TrunkSheetFrame({ openId, rows, onOpen, words, children }: TrunkSheetFrameProps) {
  const mayWrite = useMay('trunks.write');
  const index = rows.findIndex((row) => row.id === openId);
  const listed = rows[index];
  const single = useItem({ path: '/trunks', id: listed ? null : openId, response: trunkSchema });
  const trunk = listed ?? (single.data?.id === openId ? single.data : undefined);
  const stepTo = (row: WireTrunk | undefined) => row && (() => onOpen(row.id));
  return (
    <Sheet
      open={openId !== null}
      onClose={() => onOpen(null)}
      title={trunk?.name ?? (single.error ? words.gone : words.loading)}
      onPrevious={listed && stepTo(rows[index - 1])}
      onNext={listed && stepTo(rows[index + 1])}
      actions={trunk && mayWrite && <TrunkMenu trunk={trunk} onDeleted={() => onOpen(null)} />}
    >
      {trunk ? (
        <Fragment key={trunk.id}>{children(trunk, mayWrite)}</Fragment>
      ) : single.error ? (
        <ErrorState title={words.gone}>{words.goneText}</ErrorState>
      ) : (
        <div aria-busy className="flex animate-appear flex-col gap-3 p-5">
          <Skeleton className="w-1/3" />
          <Skeleton className="h-40 w-full" />
        </div>
      )}
    </Sheet>
  );
}

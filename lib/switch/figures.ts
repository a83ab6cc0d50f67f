import type { Table } from '@/lib/core/text-table.server';
import type { Capture } from './capture/capture';
import type { Edge } from './edge/types';
import type { MediaEngine } from './media/engine';
import type { SwitchFigures } from './metrics';
import type { BindingKeeper } from './registrar/keeper';
import type { SipStack } from './stack';

/** The parts of a switch that count. */
export interface CountingParts {
  readonly stack: SipStack;
  readonly edge: Edge;
  readonly bindings: BindingKeeper;
  readonly calls: Pick<Table<{ readonly phase: string }>, 'values'>;
  readonly capture: Capture;
  readonly media: MediaEngine;
  readonly unsettled: () => number;
  readonly isDraining: () => boolean;
}

/** Where each figure is read. */
export function figuresOf(parts: CountingParts): SwitchFigures {
  const { stack, edge, bindings, calls, capture, media, unsettled, isDraining } = parts;
  return {
    transactions: () => stack.layer.counters(),
    edge: () => edge.counters(),
    bans: () => edge.bans.list().length,
    registrations: () => bindings.location.size,
    bindingsWaiting: () => bindings.waiting,
    calls: () => calls.values(),
    dialogs: () => stack.dialogs.size,
    settlementsWaiting: unsettled,
    isDraining,
    capture: () => capture.figures,
    media: () => media.usage(),
  };
}

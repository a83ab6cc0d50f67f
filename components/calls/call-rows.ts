import type { CallDirection, WireCall } from '@/lib/services/calls/schemas';
import type { LiveCall } from '@/lib/services/live/schemas';
import type { CallFilters } from './queries';

/** A line of the list: a call that goes on, or one that has ended. */
export type CallRow =
  | { kind: 'live'; id: string; call: LiveCall }
  | { kind: 'ended'; id: string; call: WireCall };

/** One side of a call as it is told. */
export interface ShownParty {
  number: string;
  name: string | null;
}

export function fromOf({ kind, call }: CallRow): ShownParty {
  if (kind === 'live') return { number: call.from.number, name: call.from.name };
  return { number: call.from.number, name: call.from.extensionName };
}

export function toOf({ kind, call }: CallRow): ShownParty {
  if (kind === 'live') return { number: call.to.number, name: call.to.name ?? call.destination };
  return { number: call.to.number, name: call.to.extensionName ?? call.destination };
}

export function directionOf(row: CallRow): CallDirection {
  if (row.kind === 'ended') return row.call.direction;
  const { call } = row;
  if (call.class === 'internal' || call.side === 'both') return 'internal';
  return call.side === 'callee' ? 'inbound' : 'outbound';
}

/** The call's number as it is searched: without what only groups it. */
const plain = (text: string): string => text.replace(/[\s()-]/gu, '').toLowerCase();

/** Whether a live call belongs among those that were asked for; what has ended the server sorts out. */
export function matchesFilters(row: CallRow, filters: CallFilters): boolean {
  if (filters.result !== null) return false;
  if (filters.direction !== null && directionOf(row) !== filters.direction) return false;
  const wanted = plain(filters.search ?? '');
  if (wanted === '') return true;
  return [fromOf(row), toOf(row)].some(
    (party) => plain(party.number).includes(wanted) || plain(party.name ?? '').includes(wanted),
  );
}

import { AppError } from '@/lib/core/errors';
import type { PortInState } from './schemas';

/** Who moves it: whoever brings the numbers, or the operator's desk. */
export type PortInSide = 'customer' | 'operator';

type Moves = Readonly<Record<PortInState, readonly PortInState[]>>;

/** What whoever brings the numbers may do: hand in, answer, call off until a date is agreed. */
const CUSTOMER_MOVES: Moves = {
  draft: ['submitted', 'cancelled'],
  submitted: ['cancelled'],
  info_needed: ['submitted', 'cancelled'],
  accepted: ['cancelled'],
  scheduled: [],
  done: [],
  rejected: ['draft'],
  cancelled: [],
};

/** What the desk does with it. A draft is none of its business yet. */
const OPERATOR_MOVES: Moves = {
  draft: [],
  submitted: ['info_needed', 'accepted', 'rejected'],
  info_needed: ['accepted', 'rejected'],
  accepted: ['info_needed', 'scheduled', 'rejected', 'cancelled'],
  scheduled: ['scheduled', 'info_needed', 'done', 'rejected', 'cancelled'],
  done: [],
  rejected: [],
  cancelled: [],
};

/** Where a request can go from where it is, by who moves it. */
export function portInMoves(from: PortInState, side: PortInSide): readonly PortInState[] {
  return (side === 'operator' ? OPERATOR_MOVES : CUSTOMER_MOVES)[from];
}

/** Throws CONFLICT where it can't go there, INVALID_INPUT where the other side must be told why. */
export function checkPortInMove(
  from: PortInState,
  move: {
    readonly to: PortInState;
    readonly note: string;
    readonly scheduledOn?: string | undefined;
  },
  side: PortInSide,
): void {
  const { to, note, scheduledOn } = move;
  if (!portInMoves(from, side).includes(to)) {
    throw new AppError('CONFLICT', `A port-in that is "${from}" can't become "${to}" by you.`);
  }
  if ((to === 'info_needed' || to === 'rejected') && note === '') {
    throw new AppError('INVALID_INPUT', 'note: must say why');
  }
  if (to === 'scheduled' && scheduledOn === undefined) {
    throw new AppError('INVALID_INPUT', 'scheduledOn: must say on which day');
  }
}

/** Whether its form may still be changed. */
export function isEditable(state: PortInState): boolean {
  return state === 'draft' || state === 'info_needed';
}

/** Whether its numbers stand in the inventory as coming in. */
export function holdsNumbers(state: PortInState): boolean {
  return state === 'accepted' || state === 'scheduled';
}

/** The type of a letter by its first bytes, whatever its name says; null: none that is taken. */
export function letterType(
  bytes: Uint8Array,
): 'application/pdf' | 'image/png' | 'image/jpeg' | null {
  const begins = (...head: number[]): boolean => head.every((byte, index) => bytes[index] === byte);
  if (begins(0x25, 0x50, 0x44, 0x46, 0x2d)) return 'application/pdf';
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  return begins(0xff, 0xd8, 0xff) ? 'image/jpeg' : null;
}

import { AppError } from '@/lib/core/errors';
import type { NumberState } from './schemas';

/** Where a number may go from where it is (facts: number states). In service comes by assignment. */
const NEXT_STATES: Readonly<Record<NumberState, readonly NumberState[]>> = {
  discovered: ['available', 'released'],
  available: ['reserved', 'in_service', 'released', 'port_out'],
  reserved: ['available', 'in_service', 'released'],
  in_service: ['available', 'aging', 'port_out'],
  aging: ['available', 'in_service', 'released'],
  released: ['available'],
  port_in: ['available', 'in_service', 'released'],
  port_out: ['in_service', 'available', 'released'],
};

/** Throws CONFLICT where a number can't go from one state to the other. */
export function checkTransition(from: NumberState, to: NumberState): void {
  if (from === to || NEXT_STATES[from].includes(to)) return;
  throw new AppError('CONFLICT', `A number that is "${from}" can't become "${to}".`);
}

/** Whether a number in this state is bound to a tenant. */
export function isBound(state: NumberState): boolean {
  return state === 'in_service' || state === 'port_out';
}

import { AppError } from '@/lib/core/errors';
import type { NumberKind, NumberState } from './schemas';

/** Where a number may go from where it is (facts: number states). In service comes by assignment. */
const NEXT_STATES: Readonly<Record<NumberState, readonly NumberState[]>> = {
  discovered: ['available', 'released'],
  available: ['reserved', 'in_service', 'aging', 'released', 'port_out'],
  reserved: ['available', 'in_service', 'released'],
  in_service: ['available', 'aging', 'port_out'],
  aging: ['available', 'in_service', 'released'],
  released: ['available'],
  port_in: ['available', 'in_service', 'released'],
  port_out: ['in_service', 'available', 'aging', 'released'],
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

/** What a price list's line has to fit. */
export interface PricedNumber {
  readonly e164: string;
  readonly country: string | null;
  readonly kind: NumberKind;
  readonly group: string;
}

/** A line of a price list, as far as it decides. */
export interface PriceRule {
  readonly id: string;
  readonly buyerId: string | null;
  readonly country: string | null;
  readonly kind: NumberKind | null;
  readonly group: string;
  readonly prefix: string;
  readonly currency: string;
}

/**
 * The line of a seller's list that prices a number for a buyer, in the buyer's currency: of those
 * that fit the most specific one, by buyer, then group, then the longest prefix, then kind, then
 * country. undefined: it is not sold.
 */
export function pickPrice<Rule extends PriceRule>(
  rules: readonly Rule[],
  number: PricedNumber,
  buyer: { readonly id: string; readonly currency: string },
): Rule | undefined {
  let best: Rule | undefined;
  for (const rule of rules) {
    if (!fits(rule, number, buyer)) continue;
    if (best === undefined || compareRules(rule, best) > 0) best = rule;
  }
  return best;
}

function fits(
  rule: PriceRule,
  number: PricedNumber,
  buyer: { readonly id: string; readonly currency: string },
): boolean {
  return (
    rule.currency === buyer.currency &&
    (rule.buyerId === null || rule.buyerId === buyer.id) &&
    (rule.group === '' || rule.group === number.group) &&
    (rule.kind === null || rule.kind === number.kind) &&
    (rule.country === null || rule.country === number.country) &&
    number.e164.startsWith(rule.prefix, 1)
  );
}

/** Positive where the first is the more specific one; by id where they are equally so. */
function compareRules(one: PriceRule, other: PriceRule): number {
  const differences = [
    Number(one.buyerId !== null) - Number(other.buyerId !== null),
    Number(one.group !== '') - Number(other.group !== ''),
    one.prefix.length - other.prefix.length,
    Number(one.kind !== null) - Number(other.kind !== null),
    Number(one.country !== null) - Number(other.country !== null),
  ];
  return differences.find((difference) => difference !== 0) ?? (one.id < other.id ? 1 : -1);
}

/** What LIKE takes a text for that may stand anywhere. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

const DAY_MS = 86_400_000;
/** How long an unpaid number goes on ringing (facts: dunning warns for a week and a half; a fee is small). */
export const GRACE_DAYS = 7;
/** How long it is kept, silent, before it is taken back. */
export const SUSPENDED_DAYS = 30;
/** How often it is tried again to charge one that could not be paid for. */
export const RETRY_MS = 10 * 60_000;

/** What becomes of a number that can't be paid for since some moment. */
export function unpaidStage(unpaidSinceMs: number, nowMs: number): 'grace' | 'suspended' | 'over' {
  const days = (nowMs - unpaidSinceMs) / DAY_MS;
  if (days < GRACE_DAYS) return 'grace';
  return days < GRACE_DAYS + SUSPENDED_DAYS ? 'suspended' : 'over';
}

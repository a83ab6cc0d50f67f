import { emergencyNumbers, isEmergencyNumber } from '@/lib/core/emergency';
import { AppError } from '@/lib/core/errors';
import { normaliseDialled, parseDialled } from '@/lib/core/phone-number';
import type { UpdateForwarding } from './schemas';

/** The cases in which calls may go on, each with where to. */
export const FORWARD_CASES = ['always', 'busy', 'noAnswer', 'unreachable'] as const;
export type ForwardCase = (typeof FORWARD_CASES)[number];

/** What can be stored: the longest way to dial a number is "011" and 15 digits. */
const FORWARD_PATTERN = /^\+?\d{2,20}$/;

/** What decides about the target of a forward. */
export interface ForwardingFacts {
  /** Of the tenant: how digits are read. */
  readonly country: string;
  /** The extension's own number, and the numbers (E.164) that ring it. */
  readonly number: string;
  readonly ringingNumbers: readonly string[];
  /** Whether the tenant has an extension of this number. */
  hasExtension(number: string): boolean;
}

/** The targets among `wanted` that could be extensions: what `hasExtension` will be asked about. */
export function extensionCandidates(wanted: UpdateForwarding): readonly string[] {
  return FORWARD_CASES.flatMap((each) => {
    const digits = wanted[each] == null ? null : parseDialled(wanted[each]);
    return digits === null ? [] : [digits];
  });
}

/**
 * The targets as they are stored: digits without separators. Throws INVALID_INPUT for what could
 * not be dialled, for the extension itself and the numbers that ring it, and for emergency numbers
 * (a forwarded call has no place from which help could be sent). Whether the destination is
 * allowed and what it costs is decided at each call, by the same plan as any other call.
 */
export function checkForwarding(
  wanted: UpdateForwarding,
  facts: ForwardingFacts,
): UpdateForwarding {
  const checked: { [K in ForwardCase]?: string | null } = {};
  for (const each of FORWARD_CASES) {
    const target = wanted[each];
    if (target === undefined) continue;
    checked[each] = target === null ? null : checkTarget(each, target, facts);
  }
  return { ...wanted, ...checked };
}

function checkTarget(each: ForwardCase, target: string, facts: ForwardingFacts): string {
  const digits = parseDialled(target);
  if (digits === null || !FORWARD_PATTERN.test(digits)) {
    throw refusal(each, 'must be an extension or a telephone number');
  }
  if (isEmergencyNumber(facts.country, digits)) throw refusal(each, 'is an emergency number');
  if (digits === facts.number) throw refusal(each, 'is this extension itself');
  if (facts.hasExtension(digits)) return digits;
  const read = normaliseDialled(digits, { country: facts.country });
  if (!read.ok) throw refusal(each, 'is neither an extension nor a number that can be called');
  if (facts.ringingNumbers.includes(read.e164)) throw refusal(each, 'rings this extension');
  const emergency = emergencyNumbers(facts.country).some((number) => {
    const asNumber = normaliseDialled(number.digits, { country: facts.country });
    return asNumber.ok && asNumber.e164 === read.e164;
  });
  if (emergency) throw refusal(each, 'is an emergency number');
  return digits;
}

function refusal(each: ForwardCase, problem: string): AppError {
  return new AppError('INVALID_INPUT', `The forward ${problem}.`, {
    meta: { issues: [{ path: `forwarding.${each}`, message: problem }] },
  });
}

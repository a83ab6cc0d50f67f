import { e164Digits, isE164, nationalDigits, normaliseDialled } from '@/lib/core/phone-number';
import type { ConfigTrunk, TrunkNumbers } from '@/lib/services/configuration/types';

/** A number as a trunk wants it: in its format, then without its first digits, then with a prefix. */
export function writeNumber(
  number: string,
  { format, country, strip, prepend }: TrunkNumbers,
): string {
  return `${prepend}${formatted(number, format, country).slice(strip)}`;
}

function formatted(number: string, format: TrunkNumbers['format'], country: string): string {
  // Extensions and emergency numbers are no E.164: they go as they are.
  if (!isE164(number) || format === 'plus_e164') return number;
  if (format === 'e164') return e164Digits(number);
  return nationalDigits(number, country) ?? e164Digits(number);
}

/**
 * What a trunk's way to write a number means: stripping and prepending first, then the format.
 * Gives E.164 where that is what came out, else the digits as they are.
 */
export function readNumber(
  written: string,
  { format, country, strip, prepend }: TrunkNumbers,
): string {
  const digits = `${prepend}${written.slice(strip)}`;
  if (format === 'national') {
    const read = normaliseDialled(digits, { country });
    return read.ok ? read.e164 : digits;
  }
  const plus = digits.startsWith('+') ? digits : `+${digits}`;
  return isE164(plus) ? plus : digits;
}

/**
 * Who calls and who is called, out of what a trunk wrote. A PBX dials as its tenant does, so its
 * format is not looked at, only its prefixes.
 */
export function readParties(
  { kind, numbersIn }: Pick<ConfigTrunk, 'kind' | 'numbersIn'>,
  written: { readonly dialled: string; readonly callerId: string | null },
): { readonly dialled: string; readonly callerId: string | null } {
  const { strip, prepend } = numbersIn;
  const { callerId } = written;
  if (kind === 'pbx') {
    return { dialled: `${prepend}${written.dialled.slice(strip)}`, callerId };
  }
  return {
    dialled: readNumber(written.dialled, numbersIn),
    callerId:
      callerId === null ? null : readNumber(callerId, { ...numbersIn, strip: 0, prepend: '' }),
  };
}

/** Who calls, as a trunk wants it: in its format; what is put before or cut off is for dialling. */
export function writeCallerNumber(number: string, numbers: TrunkNumbers): string {
  return writeNumber(number, { ...numbers, strip: 0, prepend: '' });
}

/**
 * The host under which a trunk knows whoever calls, where that is not our own address: a
 * registrar's domain, of which we are a user, or the domain of the PBX's tenant.
 */
export function fromHostOf(
  directory: { tenantById(id: string): { readonly domain: string } | undefined },
  { kind, host, tenantId }: Pick<ConfigTrunk, 'kind' | 'host' | 'tenantId'>,
): string | null {
  if (kind === 'registration') return host;
  return tenantId === null ? null : (directory.tenantById(tenantId)?.domain ?? null);
}

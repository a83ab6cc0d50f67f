import { formatDecimal } from '@/lib/core/money';
import type { WireHop } from '@/lib/services/calls/schemas';

/** Whether every price here comes to the same again; null where none has a rate. */
export function replaysOf(hops: readonly WireHop[]): boolean | null {
  const told = hops.flatMap((hop) => hop.replays ?? []);
  return told.length === 0 ? null : told.every(Boolean);
}

/** Texts of parts, by their keys. */
type PartText = `parts.${'free' | 'bundle' | 'first' | 'next' | 'firstIn' | 'nextIn'}`;
/** A part with the text that tells it. */
export type ToldPart = WireHop['parts'][number] & { readonly text: PartText };

/** The parts of a price where it has several: seconds that all cost the same need no line. */
export function partsOf({ parts }: WireHop): ToldPart[] {
  const isPlain = parts.every(
    ({ kind, band, perMinute }) =>
      band === null && perMinute === parts[0]?.perMinute && kind !== 'free' && kind !== 'bundle',
  );
  if (isPlain) return [];
  return parts.map((part) => ({ ...part, text: textOf(part) }));
}

function textOf({ kind, band }: WireHop['parts'][number]): PartText {
  if (kind === 'free' || kind === 'bundle' || band === null) return `parts.${kind}`;
  return kind === 'first' ? 'parts.firstIn' : 'parts.nextIn';
}

/** Millionths as per cent, with no more decimals than needed. */
export function percentOf(ppm: number): string {
  return formatDecimal(BigInt(ppm), 4, 0);
}

/** The empty prefix stands for everything. */
export function prefixOf(prefix: string): string {
  return prefix === '' ? '+' : `+${prefix}`;
}

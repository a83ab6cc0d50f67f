import { remembered } from '@/lib/core/remembered';
import { isComfortNoise, isTelephoneEvent, sameFormat } from './formats';
import { formatKeys } from './leg-sdp';
import type { PayloadFormat } from './types';

/** A format that both legs agreed on, with its number on each way (RFC 3264 §5.1, §6.1). */
export interface AgreedFormat {
  /** As the offering leg offered it: what it is sent, and what it sends. */
  readonly offered: PayloadFormat;
  /** As it was handed on to the answering leg: what that leg sends. */
  readonly forwarded: PayloadFormat;
  /** As the answering leg wants it: what it is sent. */
  readonly answered: PayloadFormat;
}

/**
 * Matches an answer with the offer behind it, in the answer's order of preference. `forwarded` is
 * `offered` in the answering leg's numbers. Formats that were never offered are ignored; with no
 * sound in common the result is empty.
 */
export function matchFormats(input: Exchanged): readonly AgreedFormat[] {
  const matches = matchesOf(input.offered);
  let ofForwarded = matches.get(input.forwarded);
  if (!ofForwarded) {
    ofForwarded = new WeakMap();
    matches.set(input.forwarded, ofForwarded);
  }
  const known = ofForwarded.get(input.answered);
  if (known) return known;
  const agreed = match(input);
  ofForwarded.set(input.answered, agreed);
  return agreed;
}

interface Exchanged {
  readonly offered: readonly PayloadFormat[];
  readonly forwarded: readonly PayloadFormat[];
  readonly answered: readonly PayloadFormat[];
}

type ByAnswer = WeakMap<readonly PayloadFormat[], readonly AgreedFormat[]>;

/** What came of an offer, by how it was handed on and what was answered: phones say the same again. */
const matchesOf = remembered(
  (_offered: readonly PayloadFormat[]) => new WeakMap<readonly PayloadFormat[], ByAnswer>(),
);

function match(input: Exchanged): readonly AgreedFormat[] {
  const offeredKeys = formatKeys(input.offered);
  const forwardedKeys = formatKeys(input.forwarded);
  const used = new Set<PayloadFormat>();
  const agreed = input.answered.flatMap((answered): AgreedFormat[] => {
    const candidates = input.forwarded.filter(
      (format) => !used.has(format) && sameFormat(format, answered),
    );
    const forwarded =
      candidates.find((format) => format.payloadType === answered.payloadType) ?? candidates[0];
    if (!forwarded) return [];
    const key = forwardedKeys[input.forwarded.indexOf(forwarded)] ?? '';
    const offered = input.offered[offeredKeys.indexOf(key)];
    if (!offered) return [];
    used.add(forwarded);
    return [{ offered, forwarded, answered }];
  });
  const hasSound = agreed.some(
    ({ answered }) => !isTelephoneEvent(answered) && !isComfortNoise(answered),
  );
  return hasSound ? agreed : [];
}

/** The answer for the offering leg: the offer's numbers, the answerer's order and parameters. */
export const answeredFormats = remembered(
  (agreed: readonly AgreedFormat[]): readonly PayloadFormat[] =>
    agreed.map(({ offered, answered }) => ({ ...answered, payloadType: offered.payloadType })),
);

/** Pairs of payload types on the wire: as they come from one leg, as the other leg knows them. */
export type TypePairs = readonly (readonly [from: number, to: number])[];

/** How numbers change on the way from the offering to the answering leg. */
export function offererToAnswerer(agreed: readonly AgreedFormat[]): TypePairs {
  return agreed.map(({ offered, answered }) => [offered.payloadType, answered.payloadType]);
}

/**
 * How numbers change on the way back. An answerer that names a number of its own may send with
 * that one too, although it was offered another; it is understood unless the number is taken.
 */
export function answererToOfferer(agreed: readonly AgreedFormat[]): TypePairs {
  const pairs = new Map<number, number>();
  for (const { offered, answered } of agreed) pairs.set(answered.payloadType, offered.payloadType);
  for (const { offered, forwarded } of agreed) {
    pairs.set(forwarded.payloadType, offered.payloadType);
  }
  return [...pairs];
}

import { remembered } from '@/lib/core/remembered';
import type { VoiceName } from '@/lib/protocol/codecs/voice-codec';
import { voiceNamed } from '@/lib/protocol/codecs/voices';
import { isComfortNoise, isTelephoneEvent, sameFormat } from '@/lib/protocol/sdp/formats';
import { hasVoice, preferredFormats } from '@/lib/protocol/sdp/preferred-formats';
import type { PayloadFormat } from '@/lib/protocol/sdp/types';

const DYNAMIC = Array.from({ length: 32 }, (_, index) => 96 + index);

function format(
  payloadType: number,
  name: string,
  rest: { clockRateHz?: number; channels?: number; parameters?: string } = {},
): PayloadFormat {
  const { clockRateHz = 8_000, channels = 1, parameters = null } = rest;
  return { payloadType, name, clockRateHz, channels, parameters };
}

/** What we can decode and encode, the cheapest first. Opus is always written so (RFC 7587 §7). */
const OWN_VOICES: readonly PayloadFormat[] = [
  format(8, 'PCMA'),
  format(0, 'PCMU'),
  format(9, 'G722'),
  format(96, 'opus', { clockRateHz: 48_000, channels: 2, parameters: 'useinbandfec=1' }),
];
const OWN_KEYS: readonly PayloadFormat[] = [
  format(101, 'telephone-event', { parameters: '0-16' }),
  format(110, 'telephone-event', { clockRateHz: 48_000, parameters: '0-16' }),
];

/** The voice of ours that a format is; null for others, keys and noise. */
export function ownVoice({ name, clockRateHz }: PayloadFormat): VoiceName | null {
  return voiceNamed(name, clockRateHz);
}

/** Whether any of the formats is a voice of ours: then we can put another in its place. */
export function canTranscode(formats: readonly PayloadFormat[]): boolean {
  return formats.some((one) => ownVoice(one) !== null);
}

/** Adds what is not there yet, under its own number where that is free. */
function withAdded(
  formats: readonly PayloadFormat[],
  more: readonly PayloadFormat[],
): readonly PayloadFormat[] {
  const all = [...formats];
  for (const one of more) {
    if (all.some((other) => sameFormat(one, other))) continue;
    const isFree = (number: number) => all.every(({ payloadType }) => payloadType !== number);
    const payloadType = [one.payloadType, ...DYNAMIC].find(isFree);
    if (payloadType !== undefined) all.push({ ...one, payloadType });
  }
  return all;
}

/** Voices first, as they would be without what we add: what goes with them stays last. */
function ordered(formats: readonly PayloadFormat[]): readonly PayloadFormat[] {
  const isOther = (one: PayloadFormat) => isTelephoneEvent(one) || isComfortNoise(one);
  return [...formats.filter((one) => !isOther(one)), ...formats.filter(isOther)];
}

/** Keys in a clock that nobody had before, so that whichever voice is chosen has them. */
function keysFor(
  own: readonly PayloadFormat[],
  voices: readonly PayloadFormat[],
): readonly PayloadFormat[] {
  const has = (formats: readonly PayloadFormat[], clockRateHz: number): boolean =>
    formats.some((one) => ownVoice(one) !== null && one.clockRateHz === clockRateHz);
  const isKeyless = !own.some(isTelephoneEvent);
  return OWN_KEYS.filter(
    ({ clockRateHz }) => has(voices, clockRateHz) && (isKeyless || !has(own, clockRateHz)),
  );
}

/** By their names, which are few: those of trunks. */
const extendedBy = remembered(
  (_formats: readonly PayloadFormat[]) => new Map<string, readonly PayloadFormat[]>(),
);
/** Trunks say the same few lists; more are worked out each time. */
const MAX_LISTS = 32;

/**
 * What another leg is offered: the offer's own formats that it may have, and after them what we can
 * make of those. `names`: voices that the leg may have, the preferred first; empty = all.
 */
export function extendedFormats(
  formats: readonly PayloadFormat[],
  names: readonly string[],
): readonly PayloadFormat[] {
  const known = extendedBy(formats);
  const key = names.join();
  const found = known.get(key);
  if (found) return found;
  const made = extend(formats, names);
  if (known.size < MAX_LISTS) known.set(key, made);
  return made;
}

function extend(
  formats: readonly PayloadFormat[],
  names: readonly string[],
): readonly PayloadFormat[] {
  const allowed = preferredFormats(formats, names);
  if (!canTranscode(formats)) return allowed;
  const ours = preferredFormats(OWN_VOICES, names);
  const voices = withAdded(allowed, ours);
  if (!hasVoice(voices)) return allowed;
  return ordered(withAdded(voices, keysFor(formats, voices)));
}

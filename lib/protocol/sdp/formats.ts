import { remembered } from '@/lib/core/remembered';
import type { PayloadFormat, SdpAttribute, SdpMedia } from './types';

type StaticFormat = readonly [name: string, clockRateHz: number];

/**
 * Static audio payload types (RFC 3551 table 4), one channel each except L16 stereo. G.722 samples
 * at 16 kHz but counts at 8 kHz, by an old mistake that everybody keeps.
 */
const STATIC_FORMATS: Readonly<Record<number, StaticFormat>> = {
  0: ['PCMU', 8_000],
  3: ['GSM', 8_000],
  4: ['G723', 8_000],
  5: ['DVI4', 8_000],
  6: ['DVI4', 16_000],
  7: ['LPC', 8_000],
  8: ['PCMA', 8_000],
  9: ['G722', 8_000],
  10: ['L16', 44_100],
  11: ['L16', 44_100],
  12: ['QCELP', 8_000],
  13: ['CN', 8_000],
  15: ['G728', 8_000],
  16: ['DVI4', 11_025],
  17: ['DVI4', 22_050],
  18: ['G729', 8_000],
};
const L16_STEREO = 10;

const RTPMAP = /^(\d{1,3})\s+([^/\s]{1,64})\/(\d{1,6})(?:\/(\d{1,2}))?\s*$/;
const FMTP = /^(\d{1,3})\s+(.+)$/;

/** The value of the first attribute of that name; null where it is absent or has none. */
export function attributeValue(attributes: readonly SdpAttribute[], name: string): string | null {
  return attributes.find((attribute) => attribute.name === name)?.value ?? null;
}

function readMaps(media: SdpMedia): Map<number, Omit<PayloadFormat, 'parameters'>> {
  const maps = new Map<number, Omit<PayloadFormat, 'parameters'>>();
  for (const { name, value } of media.attributes) {
    const match = name === 'rtpmap' && value !== null ? RTPMAP.exec(value) : null;
    if (!match) continue;
    const [, type = '', codec = '', rate = '', channels] = match;
    maps.set(Number(type), {
      payloadType: Number(type),
      name: codec,
      clockRateHz: Number(rate),
      channels: Number(channels ?? 1),
    });
  }
  return maps;
}

function staticFormat(payloadType: number): Omit<PayloadFormat, 'parameters'> | null {
  const [name, clockRateHz] = STATIC_FORMATS[payloadType] ?? [];
  if (name === undefined || clockRateHz === undefined) return null;
  return { payloadType, name, clockRateHz, channels: payloadType === L16_STEREO ? 2 : 1 };
}

/** By the list of an m= line, which belongs to one section for as long as it lives. */
const formatsOfLists = new WeakMap<readonly string[], readonly PayloadFormat[]>();

/**
 * The payload types of an m= line in its order of preference, each with its meaning. Dynamic ones
 * without a=rtpmap, repeated ones and those beyond 127 are left out: nobody knows what they are. The
 * same list comes out for the same section, and sections are the same for what says the same (see
 * parse.ts), so whatever is made of a list can be remembered.
 */
export function payloadFormats(media: SdpMedia): readonly PayloadFormat[] {
  const known = formatsOfLists.get(media.formats);
  if (known) return known;
  const formats = readFormats(media);
  formatsOfLists.set(media.formats, formats);
  return formats;
}

function readFormats(media: SdpMedia): PayloadFormat[] {
  const maps = readMaps(media);
  const parameters = new Map<number, string>();
  for (const { name, value } of media.attributes) {
    const match = name === 'fmtp' && value !== null ? FMTP.exec(value) : null;
    if (match) parameters.set(Number(match[1]), match[2] ?? '');
  }
  const formats = new Map<number, PayloadFormat>();
  for (const text of media.formats) {
    const type = /^\d{1,3}$/.test(text) ? Number(text) : -1;
    const format = maps.get(type) ?? staticFormat(type);
    if (type < 0 || type > 127 || formats.has(type) || !format || format.clockRateHz === 0)
      continue;
    formats.set(type, { ...format, parameters: parameters.get(type) ?? null });
  }
  return [...formats.values()];
}

/** "PCMA/8000", "opus/48000/2": what a codec is called in figures and records. */
export const formatName = remembered(
  ({ name, clockRateHz, channels }: PayloadFormat): string =>
    `${name}/${clockRateHz}${channels > 1 ? `/${channels}` : ''}`,
);

/** Whether a payload type carries keys instead of sound (RFC 4733). */
export function isTelephoneEvent(format: PayloadFormat): boolean {
  return format.name.toLowerCase() === 'telephone-event';
}

/** Whether a payload type is comfort noise (RFC 3389). */
export function isComfortNoise(format: PayloadFormat): boolean {
  return format.name.toUpperCase() === 'CN';
}

/** The same codec, whatever its number: name, clock and channels (RFC 3264 §6.1). */
export function sameFormat(left: PayloadFormat, right: PayloadFormat): boolean {
  return (
    left.name.toLowerCase() === right.name.toLowerCase() &&
    left.clockRateHz === right.clockRateHz &&
    left.channels === right.channels
  );
}

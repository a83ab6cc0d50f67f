import { isComfortNoise, isTelephoneEvent } from './formats';
import type { PayloadFormat } from './types';

const isVoice = (format: PayloadFormat): boolean =>
  !isTelephoneEvent(format) && !isComfortNoise(format);

/**
 * The formats that somebody may be offered: voices by their RTP names, in the order of the names;
 * what goes with voices (digits, comfort noise) stays. No names: all, as they are.
 */
export function preferredFormats(
  formats: readonly PayloadFormat[],
  names: readonly string[],
): readonly PayloadFormat[] {
  if (names.length === 0) return formats;
  const voices = names.flatMap((name) =>
    formats.filter((format) => isVoice(format) && format.name.toLowerCase() === name.toLowerCase()),
  );
  return [...voices, ...formats.filter((format) => !isVoice(format))];
}

/** Whether any of the formats carries voice. */
export function hasVoice(formats: readonly PayloadFormat[]): boolean {
  return formats.some(isVoice);
}

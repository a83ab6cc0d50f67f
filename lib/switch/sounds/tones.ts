import { type NetworkTone, networkTone, type ToneStep, toneSteps } from '@/lib/core/network-tones';
import type { Playback } from '@/lib/switch/media/sound';

/** What a network says without words. */
export type ToneName = NetworkTone | 'information';

/** E.180 §5: tones lie between −5 and −15 dBm0. */
const LEVEL_DBM0 = -13;
/** The special information tone, the same everywhere (E.180 §6): three rising tones, then a pause. */
const INFORMATION = '950/330 1400/330 1800/330 0/1000';
/** The end of one's money is near: short, and unlike every tone of a network. */
const WARNING = '1400/150 0/50 1400/100';
const WARNING_DBM0 = -16;

function stepsOf(name: ToneName, country: string): readonly ToneStep[] {
  return name === 'information' ? toneSteps(INFORMATION) : networkTone(name, country);
}

/**
 * A tone as the network of a country has it (ISO 3166 alpha-2), for as long as nobody stops it; those
 * that are not in the table have what E.180 recommends.
 */
export function toneOf(name: ToneName, country: string): Playback {
  const steps = stepsOf(name, country);
  return { sound: { kind: 'tone', steps, levelDbm0: LEVEL_DBM0 }, times: null };
}

/** The same, for so long at the most. */
export function briefTone(name: ToneName, country: string, forMs: number): Playback {
  const { sound } = toneOf(name, country);
  const steps = stepsOf(name, country);
  const roundMs = steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { sound, times: Math.max(1, Math.floor(forMs / roundMs)) };
}

/** A short signal to whoever pays: the call is about to end. */
export function warningTone(): Playback {
  const steps = toneSteps(WARNING);
  return { sound: { kind: 'tone', steps, levelDbm0: WARNING_DBM0 }, times: 1 };
}

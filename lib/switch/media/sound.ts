import type { ToneStep } from '@/lib/core/network-tones';
import type { SampleRateHz } from '@/lib/protocol/codecs/voice-codec';

/** Mono samples in memory that all threads share. */
export interface Pcm {
  readonly sampleRateHz: SampleRateHz;
  /** 16 bits each, as the machine writes them. */
  readonly samples: SharedArrayBuffer;
}

/** What can be heard of us. */
export type Sound =
  /** The same at one rate or several: a leg is played the one that suits its voice. */
  | { readonly kind: 'pcm'; readonly renditions: readonly Pcm[] }
  /** Steps one after the other; `levelDbm0`: of all frequencies together. */
  | { readonly kind: 'tone'; readonly steps: readonly ToneStep[]; readonly levelDbm0: number }
  /** What the leg itself says, at once. Of a leg with nobody on the other side; without an end. */
  | { readonly kind: 'echo' };

/** Something played to a leg. */
export interface Playback {
  readonly sound: Sound;
  /** How often, one after the other; null = for ever. */
  readonly times: number | null;
  /** Silence before it begins. */
  readonly afterMs?: number | undefined;
}

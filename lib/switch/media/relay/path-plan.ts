import type { VoiceName } from '@/lib/protocol/codecs/voice-codec';

/** A voice under a leg's payload type. */
export interface PlannedVoice {
  readonly payloadType: number;
  readonly voice: VoiceName;
}

/** Keys (RFC 4733) under a leg's payload type. */
export interface PlannedKeys {
  readonly payloadType: number;
  readonly clockRateHz: number;
}

/**
 * How a leg's sound becomes its peer's where they do not speak alike. Absent where whatever the leg
 * sends can be handed on as it is.
 */
export interface VoicePlan {
  /** What the leg may send that we can decode. */
  readonly from: readonly PlannedVoice[];
  /** Of these, what the peer takes as it is, for as long as nothing else came. */
  readonly passing: readonly number[];
  /** What the peer is sent. */
  readonly to: PlannedVoice;
  /** What keys are sent to the peer as; null = as tones in its sound. */
  readonly toKeys: PlannedKeys | null;
  /** Whether the leg's keys are to be found in its sound. */
  readonly listens: boolean;
}

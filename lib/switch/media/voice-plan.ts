import { isTelephoneEvent } from '@/lib/protocol/sdp/formats';
import type { PayloadFormat } from '@/lib/protocol/sdp/types';
import { ownVoice } from './own-formats';
import type { PlannedKeys, PlannedVoice, VoicePlan } from './relay/path-plan';

/** One way of a call: what a leg may send, and what its peer takes. */
export interface OneWay {
  /** In the numbers that the leg sends. */
  readonly sent: readonly PayloadFormat[];
  /** In the numbers that the peer is sent, the preferred first. */
  readonly taken: readonly PayloadFormat[];
  /** Numbers of the leg that the peer takes under one of its own. */
  readonly passing: readonly number[];
}

function plannedVoices(formats: readonly PayloadFormat[]): readonly PlannedVoice[] {
  return formats.flatMap((format) => {
    const voice = ownVoice(format);
    return voice === null ? [] : [{ payloadType: format.payloadType, voice }];
  });
}

/** Keys in the clock of the voice, else in any: their timestamps count with the voice's. */
function plannedKeys(formats: readonly PayloadFormat[], clockRateHz: number): PlannedKeys | null {
  const keys = formats.filter(isTelephoneEvent);
  const best = keys.find((format) => format.clockRateHz === clockRateHz) ?? keys[0];
  return best ? { payloadType: best.payloadType, clockRateHz: best.clockRateHz } : null;
}

/**
 * What the relay has to do so that a leg is understood by its peer, and what it can do where all
 * passes (put a key into the sound); undefined where it does not know both sides' voices.
 */
export function voicePlan({ sent, taken, passing }: OneWay): VoicePlan | undefined {
  const from = plannedVoices(sent);
  const [to] = plannedVoices(taken);
  if (to === undefined || from.length === 0) return undefined;
  const clockRateHz = taken.find(({ payloadType }) => payloadType === to.payloadType)?.clockRateHz;
  const toKeys = plannedKeys(taken, clockRateHz ?? 0);
  const passes = ({ payloadType }: PayloadFormat): boolean => passing.includes(payloadType);
  const listens = toKeys !== null && !sent.some(isTelephoneEvent);
  return {
    from,
    // What must be listened to is decoded, whatever it is.
    passing: listens ? [] : sent.filter(passes).map(({ payloadType }) => payloadType),
    to,
    toKeys,
    listens,
  };
}

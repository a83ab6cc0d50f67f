import { answeredDirection, mayReceive, maySend, mirrored } from '@/lib/protocol/sdp/direction';
import { formatName, isComfortNoise, isTelephoneEvent } from '@/lib/protocol/sdp/formats';
import type { AudioSide } from '@/lib/protocol/sdp/leg-sdp';
import {
  type AgreedFormat,
  answeredFormats,
  answererToOfferer,
  matchFormats,
  offererToAnswerer,
} from '@/lib/protocol/sdp/match-formats';
import type { Direction, PayloadFormat } from '@/lib/protocol/sdp/types';
import { canTranscode, ownVoice } from './own-formats';
import type { EndpointConfig, TypeMeaning } from './relay/messages';
import { voicePlan } from './voice-plan';

/** What an answer settled. */
export interface Settlement {
  readonly audio: AudioSide;
  /** What both legs speak. */
  readonly agreed: readonly AgreedFormat[];
  /** What the offering leg is answered, in its numbers. */
  readonly toOfferer: readonly PayloadFormat[];
  /** What the answering leg is sent, in the numbers that it wants. */
  readonly toAnswerer: readonly PayloadFormat[];
  /** What the answering leg may send, by its numbers. */
  readonly fromAnswerer: readonly PayloadFormat[];
  /** From the answering leg's view. */
  readonly direction: Direction;
}

/** An offer, how it was handed on, and what was answered. */
export interface Answered {
  readonly offered: AudioSide;
  readonly forwarded: readonly PayloadFormat[];
  readonly answered: AudioSide;
}

/** The first voice of ours, alone, and what goes with it whichever voice it is. */
function bridgeable(formats: readonly PayloadFormat[]): readonly PayloadFormat[] {
  const voice = formats.find((format) => ownVoice(format) !== null);
  return voice ? [voice, ...formats.filter(isTelephoneEvent)] : [];
}

/** By the number under which it comes; what was offered counts before what was answered. */
function byNumber(known: readonly AgreedFormat[]): readonly PayloadFormat[] {
  const sent = new Map<number, PayloadFormat>();
  for (const { answered } of known) sent.set(answered.payloadType, answered);
  for (const { forwarded } of known) sent.set(forwarded.payloadType, forwarded);
  return [...sent].map(([payloadType, format]) => ({ ...format, payloadType }));
}

/**
 * What comes of an answer: what both speak passes as it is; where that is no voice at all, each
 * speaks what it can, if we know both. Null where they can't be brought together.
 */
export function settle({ offered, forwarded, answered }: Answered): Settlement | null {
  const agreed = matchFormats({ offered: offered.formats, forwarded, answered: answered.formats });
  const known = matchFormats({ offered: forwarded, forwarded, answered: answered.formats });
  const direction = answeredDirection(offered.direction, answered.direction);
  const fromAnswerer = byNumber(known);
  if (agreed.length > 0) {
    const passing = agreed.map((one) => one.answered);
    const others = known.map((one) => one.answered).filter((format) => !passing.includes(format));
    const toAnswerer = [...passing, ...others];
    const toOfferer = withKeys(answeredFormats(agreed), { offered, toAnswerer });
    return { audio: answered, agreed, toOfferer, toAnswerer, fromAnswerer, direction };
  }
  const toOfferer = bridgeable(offered.formats);
  const toAnswerer = known.map((one) => one.answered);
  if (toOfferer.length === 0 || bridgeable(toAnswerer).length === 0) return null;
  return { audio: answered, agreed, toOfferer, toAnswerer, fromAnswerer, direction };
}

/** Two offers that have nothing in common: each speaks the first of its own that we know. */
export function bridgeOffers(one: AudioSide, other: AudioSide): Settlement | null {
  const toOfferer = bridgeable(one.formats);
  const toAnswerer = bridgeable(other.formats);
  if (toOfferer.length === 0 || toAnswerer.length === 0) return null;
  const direction = answeredDirection(one.direction, other.direction);
  return {
    audio: other,
    agreed: [],
    toOfferer,
    toAnswerer,
    fromAnswerer: toAnswerer,
    direction,
  };
}

/** Keys in another clock than the other side's, or that it has none of, are heard all the same. */
function withKeys(
  formats: readonly PayloadFormat[],
  { offered, toAnswerer }: { offered: AudioSide; toAnswerer: readonly PayloadFormat[] },
): readonly PayloadFormat[] {
  if (formats.some(isTelephoneEvent)) return formats;
  const areHeard = toAnswerer.some(isTelephoneEvent) || canTranscode(formats);
  const keys = areHeard ? offered.formats.filter(isTelephoneEvent) : [];
  return keys.length === 0 ? formats : [...formats, ...keys];
}

function meaning(format: PayloadFormat): TypeMeaning {
  const isVoice = !isTelephoneEvent(format) && !isComfortNoise(format);
  return {
    payloadType: format.payloadType,
    name: formatName(format),
    clockRateHz: isVoice ? format.clockRateHz : 0,
  };
}

/** What the relay is told of a leg, without where its media comes from and who its peer is. */
export type AgreedConfig = Omit<EndpointConfig, 'peerId' | 'expectation' | 'security'>;

/** The offering leg's settings. */
export function offererConfig(settlement: Settlement): AgreedConfig {
  const { agreed, direction, toOfferer, toAnswerer } = settlement;
  const own = mirrored(direction);
  const renumber = offererToAnswerer(agreed);
  const passing = renumber.map(([from]) => from);
  return {
    maySend: maySend(own),
    mayReceive: mayReceive(own),
    renumber,
    types: toOfferer.map(meaning),
    voice: voicePlan({ sent: toOfferer, taken: toAnswerer, passing }),
  };
}

/** The answering leg's settings. */
export function answererConfig(settlement: Settlement): AgreedConfig {
  const { agreed, direction, toOfferer, fromAnswerer } = settlement;
  const renumber = answererToOfferer(agreed);
  const passing = renumber.map(([from]) => from);
  return {
    maySend: maySend(direction),
    mayReceive: mayReceive(direction),
    renumber,
    types: fromAnswerer.map(meaning),
    voice: voicePlan({ sent: fromAnswerer, taken: toOfferer, passing }),
  };
}

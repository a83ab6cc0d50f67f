import { remembered } from '@/lib/core/remembered';
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

/** What two legs speak with each other. The same for all calls of phones that say the same. */
export interface SettledVoices {
  /** What both legs speak. */
  readonly agreed: readonly AgreedFormat[];
  /** What the offering leg is answered, in its numbers. */
  readonly toOfferer: readonly PayloadFormat[];
  /** What the answering leg is sent, in the numbers that it wants. */
  readonly toAnswerer: readonly PayloadFormat[];
  /** What the answering leg may send, by its numbers. */
  readonly fromAnswerer: readonly PayloadFormat[];
}

/** What an answer settled. */
export interface Settlement {
  readonly audio: AudioSide;
  readonly voices: SettledVoices;
  /** What the offering leg is told: as if the answering one told it. */
  readonly direction: Direction;
  /** What the answering leg may do, from its own view. */
  readonly ofAnswerer: Direction;
}

/** An offer, how it was handed on, and what was answered. */
export interface Answered {
  readonly offered: AudioSide;
  readonly forwarded: readonly PayloadFormat[];
  /** How the answering leg was told of its direction, where not as it was offered. */
  readonly forwardedDirection?: Direction | undefined;
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

/** By what was agreed, which is one list for one offer and answer (match-formats.ts). */
const settledVoices = new WeakMap<readonly AgreedFormat[], SettledVoices>();

/**
 * What comes of an answer: what both speak passes as it is; where that is no voice at all, each
 * speaks what it can, if we know both. Null where they can't be brought together.
 */
export function settle(exchanged: Answered): Settlement | null {
  const { offered, forwarded, forwardedDirection, answered } = exchanged;
  const agreed = matchFormats({ offered: offered.formats, forwarded, answered: answered.formats });
  let voices = settledVoices.get(agreed);
  if (voices === undefined) {
    const all = matchFormats({ offered: forwarded, forwarded, answered: answered.formats });
    voices = voicesOf(offered.formats, agreed, all);
    settledVoices.set(agreed, voices);
  }
  if (agreed.length === 0 && !canBridge(voices)) return null;
  const direction = answeredDirection(offered.direction, answered.direction);
  const ofAnswerer = answeredDirection(forwardedDirection ?? offered.direction, answered.direction);
  return { audio: answered, voices, direction, ofAnswerer };
}

/** `all`: what was answered of all that was offered, also what we added. */
function voicesOf(
  offered: readonly PayloadFormat[],
  agreed: readonly AgreedFormat[],
  all: readonly AgreedFormat[],
): SettledVoices {
  const passing = agreed.map(({ answered }) => answered);
  const others = all.map(({ answered }) => answered).filter((one) => !passing.includes(one));
  const toAnswerer = [...passing, ...others];
  const toOfferer =
    agreed.length === 0
      ? bridgeable(offered)
      : withKeys(answeredFormats(agreed), { offered, toAnswerer });
  return { agreed, toOfferer, toAnswerer, fromAnswerer: byNumber(all) };
}

function canBridge({ toOfferer, toAnswerer }: SettledVoices): boolean {
  return toOfferer.length > 0 && canTranscode(toAnswerer);
}

/** Two offers that have nothing in common: each speaks the first of its own that we know. */
export function bridgeOffers(one: AudioSide, other: AudioSide): Settlement | null {
  const toAnswerer = bridgeable(other.formats);
  const toOfferer = bridgeable(one.formats);
  const voices = { agreed: [], toOfferer, toAnswerer, fromAnswerer: toAnswerer };
  if (!canBridge(voices)) return null;
  const direction = answeredDirection(one.direction, other.direction);
  return { audio: other, voices, direction, ofAnswerer: direction };
}

/** Keys in another clock than the other side's, or that it has none of, are heard all the same. */
function withKeys(
  formats: readonly PayloadFormat[],
  {
    offered,
    toAnswerer,
  }: { offered: readonly PayloadFormat[]; toAnswerer: readonly PayloadFormat[] },
): readonly PayloadFormat[] {
  if (formats.some(isTelephoneEvent)) return formats;
  const areHeard = toAnswerer.some(isTelephoneEvent) || canTranscode(formats);
  const keys = areHeard ? offered.filter(isTelephoneEvent) : [];
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

type LegVoices = Pick<AgreedConfig, 'renumber' | 'types' | 'voice'>;

/** Worked out once, and shared by all legs that say the same. */
const offererVoices = remembered(({ agreed, toOfferer, toAnswerer }: SettledVoices): LegVoices => {
  const renumber = offererToAnswerer(agreed);
  const passing = renumber.map(([from]) => from);
  const voice = voicePlan({ sent: toOfferer, taken: toAnswerer, passing });
  return { renumber, types: toOfferer.map(meaning), voice };
});
const answererVoices = remembered(
  ({ agreed, toOfferer, fromAnswerer }: SettledVoices): LegVoices => {
    const renumber = answererToOfferer(agreed);
    const passing = renumber.map(([from]) => from);
    const voice = voicePlan({ sent: fromAnswerer, taken: toOfferer, passing });
    return { renumber, types: fromAnswerer.map(meaning), voice };
  },
);

/** A leg that talks to nobody but us: what it is answered, and its settings. */
export interface SettledAlone {
  readonly formats: readonly PayloadFormat[];
  readonly direction: Direction;
  readonly config: AgreedConfig;
}

const voicesAlone = remembered((formats: readonly PayloadFormat[]) => {
  const taken = bridgeable(formats);
  return { formats: taken, types: taken.map(meaning) };
});

/** Such a leg speaks the first of its own voices that we know; null where it has none. */
export function settleAlone(offered: AudioSide): SettledAlone | null {
  const { formats, types } = voicesAlone(offered.formats);
  if (formats.length === 0) return null;
  const direction = mirrored(offered.direction);
  const config = {
    maySend: mayReceive(direction),
    mayReceive: maySend(direction),
    renumber: [],
    types,
  };
  return { formats, direction, config };
}

/** A direction in which whoever is told it hears us, where it would hear nobody. */
export function letHearUs(direction: Direction): Direction {
  return direction === 'inactive' ? 'sendonly' : direction;
}

/** The offering leg may hear us where the answering one says nothing, if it offered to hear at all. */
export function withUsHeard(settlement: Settlement, offered: AudioSide): Settlement {
  if (!mayReceive(offered.direction)) return settlement;
  return { ...settlement, direction: letHearUs(settlement.direction) };
}

/** The offering leg's settings. */
export function offererConfig({ direction, voices }: Settlement): AgreedConfig {
  const own = mirrored(direction);
  return { maySend: maySend(own), mayReceive: mayReceive(own), ...offererVoices(voices) };
}

/** The answering leg's settings. */
export function answererConfig({ ofAnswerer, voices }: Settlement): AgreedConfig {
  return {
    maySend: maySend(ofAnswerer),
    mayReceive: mayReceive(ofAnswerer),
    ...answererVoices(voices),
  };
}

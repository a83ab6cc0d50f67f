import { answeredDirection, mirrored } from '@/lib/protocol/sdp/direction';
import { type LegSdp, numberedFor, writeAudio } from '@/lib/protocol/sdp/leg-sdp';
import { answeredFormats, matchFormats } from '@/lib/protocol/sdp/match-formats';
import {
  type OurAddress,
  type readOffer,
  refuse,
  restrictOffer,
  type Settlement,
} from './negotiation';

/** One of two legs that both offered. */
export interface MeetingLeg {
  /** Its offer, as read on top of what was settled with it before. */
  readonly offer: ReturnType<typeof readOffer>;
  /** Voices that it may have; empty = all. */
  readonly codecs: readonly string[];
  /** Where it is to send to. */
  readonly ours: OurAddress;
}

/** What two offers come to: each leg's answer, and how media goes between them. */
export interface MeetingOutcome {
  /** The first as if it had offered to the second. */
  readonly settlement: Settlement;
  readonly one: { readonly sdp: LegSdp; readonly body: Buffer };
  readonly other: { readonly sdp: LegSdp; readonly body: Buffer };
}

/**
 * Two offers answer each other (a caller's, and that of whoever picks its call up): what both
 * offer is agreed, each in its own numbers and in the other's order of preference (RFC 3264 §6.1).
 * Throws INVALID_INPUT where they have no voice in common.
 */
export function meetOffers(one: MeetingLeg, other: MeetingLeg): MeetingOutcome {
  const audio = restrictOffer(one.offer.audio, { from: one.codecs, to: other.codecs });
  const theirs = other.offer.audio;
  const agreed = matchFormats({
    offered: audio.formats,
    forwarded: numberedFor(other.offer.sdp, audio.formats),
    answered: theirs.formats,
  });
  if (agreed.length === 0) refuse('no codec is common');
  const direction = answeredDirection(audio.direction, theirs.direction);
  const toOne = writeAudio(one.offer.sdp, {
    ...one.ours,
    formats: answeredFormats(agreed),
    direction,
    packetTimes: theirs.packetTimes,
  });
  const toOther = writeAudio(other.offer.sdp, {
    ...other.ours,
    formats: agreed.map(({ offered, answered }) => ({
      ...offered,
      payloadType: answered.payloadType,
    })),
    direction: mirrored(direction),
    packetTimes: audio.packetTimes,
  });
  return {
    settlement: { audio: theirs, agreed, direction },
    one: { sdp: toOne.leg, body: toOne.body },
    other: { sdp: toOther.leg, body: toOther.body },
  };
}

import { mirrored } from '@/lib/protocol/sdp/direction';
import { type LegSdp, numberedFor, writeAudio } from '@/lib/protocol/sdp/leg-sdp';
import { type OurAddress, type readOffer, refuse, restrictOffer } from './negotiation';
import { bridgeOffers, type Settlement, settle } from './settlement';

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
  const audio = restrictOffer(one.offer.audio, { from: one.codecs, to: [] });
  const theirs = restrictOffer(other.offer.audio, { from: other.codecs, to: [] });
  const forwarded = numberedFor(other.offer.sdp, audio.formats);
  const settlement =
    settle({ offered: audio, forwarded, answered: theirs }) ?? bridgeOffers(audio, theirs);
  if (settlement === null) refuse('no codec is common');
  const { direction } = settlement;
  const { toOfferer, toAnswerer } = settlement.voices;
  const toOne = writeAudio(one.offer.sdp, {
    ...one.ours,
    formats: toOfferer,
    direction,
    packetTimes: theirs.packetTimes,
    protection: one.ours.protection,
  });
  const toOther = writeAudio(other.offer.sdp, {
    ...other.ours,
    formats: toAnswerer,
    direction: mirrored(direction),
    packetTimes: audio.packetTimes,
    protection: other.ours.protection,
  });
  return {
    settlement,
    one: { sdp: toOne.leg, body: toOne.body },
    other: { sdp: toOther.leg, body: toOther.body },
  };
}

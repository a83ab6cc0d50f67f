import { type LegSdp, writeAudio } from '@/lib/protocol/sdp/leg-sdp';
import type { MeetingLeg } from './meeting';
import { type readOffer, refuse, restrictOffer } from './negotiation';
import { type AgreedConfig, type SettledAlone, settleAlone } from './settlement';

/** What comes of an offer that we answer ourselves. */
export interface Hosted {
  readonly sdp: LegSdp;
  readonly body: Buffer;
  readonly config: AgreedConfig;
}

/** What we make of an offer; throws INVALID_INPUT where none of its voices is ours. */
export function hostable(
  { audio }: ReturnType<typeof readOffer>,
  codecs: readonly string[],
): SettledAlone {
  const settled = settleAlone(restrictOffer(audio, { from: codecs, to: [] }));
  return settled ?? refuse('no codec is common');
}

/** Answers an offer with nobody on the other side (RFC 3264 §6). */
export function hostOffer({ offer, codecs, ours }: MeetingLeg): Hosted {
  const { formats, direction, config } = hostable(offer, codecs);
  const { leg: sdp, body } = writeAudio(offer.sdp, {
    ...ours,
    formats,
    direction,
    packetTimes: [],
    protection: ours.protection,
  });
  return { sdp, body, config };
}

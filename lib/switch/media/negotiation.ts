import { AppError } from '@/lib/core/errors';
import {
  type AudioReading,
  type AudioSide,
  type LegSdp,
  numberedFor,
  readAudioAnswer,
  readAudioOffer,
  writeAudio,
} from '@/lib/protocol/sdp/leg-sdp';
import { hasVoice, preferredFormats } from '@/lib/protocol/sdp/preferred-formats';
import type { Protection, SecurityPolicy } from '@/lib/protocol/sdp/security';
import type { Direction, PayloadFormat } from '@/lib/protocol/sdp/types';
import type { LegCodecs } from './engine';
import type { LegSecurity } from './leg-security';
import { extendedFormats } from './own-formats';
import { type Settlement, settle } from './settlement';

/** An offer on its way: what was said, and how it was handed on. Nothing of it is in force yet. */
export interface Exchange {
  readonly offererId: string;
  /** The offering leg as it will be when this is answered. */
  readonly offererSdp: LegSdp;
  readonly audio: AudioSide;
  /** How it was handed on where not as it was: the answering leg may hear us, if nobody else. */
  readonly forwardedDirection?: Direction;
  /** The offer's formats in the answering leg's numbers. */
  readonly forwarded: readonly PayloadFormat[];
  readonly body: Buffer;
  readonly signallingAddress: string;
  readonly isUpdate: boolean;
  isAnswered: boolean;
  /** How its answer protects the media; undefined before there is one. */
  answered?: LegSecurity | null;
}

/** Our side of a leg, as its SDP shows it. */
export interface OurAddress {
  readonly address: string;
  readonly port: number;
  /** Absent: plain RTP. */
  readonly protection?: Protection | undefined;
}

/** 488: the body, not the call, is what is wrong. */
export function refuse(reason: string): never {
  throw new AppError('INVALID_INPUT', `The session description can't be used: ${reason}.`, {
    meta: { sipStatus: 488, reason },
  });
}

function usable(reading: AudioReading): Extract<AudioReading, { ok: true }> {
  return reading.ok ? reading : refuse(reading.reason);
}

/** Reads an offer; throws INVALID_INPUT where there is nothing in it to relay. */
export function readOffer(
  sdp: LegSdp,
  body: Uint8Array,
  policy?: SecurityPolicy,
): { readonly sdp: LegSdp; readonly audio: AudioSide } {
  const { leg, audio } = usable(readAudioOffer(sdp, body, policy));
  return { sdp: leg, audio };
}

/** An offer without what either side may not have; throws INVALID_INPUT where no voice is left. */
export function restrictOffer(audio: AudioSide, codecs: LegCodecs | undefined): AudioSide {
  if (!codecs || (codecs.from.length === 0 && codecs.to.length === 0)) return audio;
  const formats = preferredFormats(preferredFormats(audio.formats, codecs.from), codecs.to);
  if (!hasVoice(formats)) refuse('no codec of the trunk is offered');
  return { ...audio, formats };
}

/** An offer as another leg may have it: with what we can make of it (own-formats.ts) added. */
export interface BridgedOffer {
  /** As `restrictOffer` leaves it for the offering leg's sake. */
  readonly audio: AudioSide;
  readonly forOther: readonly PayloadFormat[];
}

/** As `restrictOffer`, but what the other leg may have is also what we can make for it. */
export function bridgeOffer(whole: AudioSide, codecs: LegCodecs | undefined): BridgedOffer {
  const formats = preferredFormats(whole.formats, codecs?.from ?? []);
  const forOther = extendedFormats(formats, codecs?.to ?? []);
  if (!hasVoice(formats) || !hasVoice(forOther)) refuse('no codec of the trunk is offered');
  return { audio: formats === whole.formats ? whole : { ...whole, formats }, forOther };
}

/** An offer, handed on to another leg. */
export function forwardOffer(
  sdp: LegSdp,
  offer: AudioSide,
  ours: OurAddress,
): { readonly sdp: LegSdp; readonly forwarded: readonly PayloadFormat[]; readonly body: Buffer } {
  const forwarded = numberedFor(sdp, offer.formats);
  const written = writeAudio(sdp, {
    address: ours.address,
    port: ours.port,
    formats: forwarded,
    direction: offer.direction,
    packetTimes: offer.packetTimes,
    protection: ours.protection,
  });
  return { sdp: written.leg, forwarded, body: written.body };
}

/** Reads an answer to an exchange; throws INVALID_INPUT where it agrees to nothing. */
export function readAnswer(
  sdp: LegSdp,
  exchange: Exchange,
  answer: { readonly body: Uint8Array; readonly policy?: SecurityPolicy },
): Settlement {
  const { audio: answered } = usable(readAudioAnswer(sdp, answer.body, answer.policy));
  const { audio: offered, forwarded, forwardedDirection } = exchange;
  return (
    settle({ offered, forwarded, forwardedDirection, answered }) ?? refuse('no codec is common')
  );
}

/** An answer, handed on to the leg that offered. `sdp` is that leg as its last SDP left it. */
export function forwardAnswer(
  exchange: {
    readonly offererSdp: LegSdp;
    readonly lastSent: Pick<LegSdp, 'version' | 'lastBody'>;
  },
  settlement: Settlement,
  ours: OurAddress,
): { readonly sdp: LegSdp; readonly body: Buffer } {
  const { version, lastBody } = exchange.lastSent;
  const { sessionId, sections, audioIndex, numbers } = exchange.offererSdp;
  const written = writeAudio(
    { sessionId, version, lastBody, sections, audioIndex, numbers },
    {
      address: ours.address,
      port: ours.port,
      formats: settlement.voices.toOfferer,
      direction: settlement.direction,
      packetTimes: settlement.audio.packetTimes,
      protection: ours.protection,
    },
  );
  return { sdp: written.leg, body: written.body };
}

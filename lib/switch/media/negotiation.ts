import { AppError } from '@/lib/core/errors';
import { answeredDirection, mayReceive, maySend, mirrored } from '@/lib/protocol/sdp/direction';
import { formatName, isComfortNoise, isTelephoneEvent } from '@/lib/protocol/sdp/formats';
import {
  type AudioReading,
  type AudioSide,
  type LegSdp,
  numberedFor,
  readAudioAnswer,
  readAudioOffer,
  writeAudio,
} from '@/lib/protocol/sdp/leg-sdp';
import {
  type AgreedFormat,
  answeredFormats,
  answererToOfferer,
  matchFormats,
  offererToAnswerer,
} from '@/lib/protocol/sdp/match-formats';
import { hasVoice, preferredFormats } from '@/lib/protocol/sdp/preferred-formats';
import type { Direction, PayloadFormat } from '@/lib/protocol/sdp/types';
import type { LegCodecs } from './engine';
import type { EndpointConfig, TypeMeaning } from './relay/messages';

/** An offer on its way: what was said, and how it was handed on. Nothing of it is in force yet. */
export interface Exchange {
  readonly offererId: string;
  /** The offering leg as it will be when this is answered. */
  readonly offererSdp: LegSdp;
  readonly audio: AudioSide;
  /** The offer's formats in the answering leg's numbers. */
  readonly forwarded: readonly PayloadFormat[];
  readonly body: Buffer;
  readonly signallingAddress: string;
  readonly isUpdate: boolean;
  isAnswered: boolean;
}

/** Our side of a leg, as its SDP shows it. */
export interface OurAddress {
  readonly address: string;
  readonly port: number;
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
): { readonly sdp: LegSdp; readonly audio: AudioSide } {
  const { leg, audio } = usable(readAudioOffer(sdp, body));
  return { sdp: leg, audio };
}

/** An offer without what either side may not have; throws INVALID_INPUT where no voice is left. */
export function restrictOffer(audio: AudioSide, codecs: LegCodecs | undefined): AudioSide {
  if (!codecs || (codecs.from.length === 0 && codecs.to.length === 0)) return audio;
  const formats = preferredFormats(preferredFormats(audio.formats, codecs.from), codecs.to);
  if (!hasVoice(formats)) refuse('no codec of the trunk is offered');
  return { ...audio, formats };
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
  });
  return { sdp: written.leg, forwarded, body: written.body };
}

/** What an answer settled. */
export interface Settlement {
  readonly audio: AudioSide;
  readonly agreed: readonly AgreedFormat[];
  /** From the answering leg's view. */
  readonly direction: Direction;
}

/** Reads an answer to an exchange; throws INVALID_INPUT where it agrees to nothing. */
export function readAnswer(sdp: LegSdp, exchange: Exchange, body: Uint8Array): Settlement {
  const { audio } = usable(readAudioAnswer(sdp, body));
  const agreed = matchFormats({
    offered: exchange.audio.formats,
    forwarded: exchange.forwarded,
    answered: audio.formats,
  });
  if (agreed.length === 0) refuse('no codec is common');
  return { audio, agreed, direction: answeredDirection(exchange.audio.direction, audio.direction) };
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
      formats: answeredFormats(settlement.agreed),
      direction: settlement.direction,
      packetTimes: settlement.audio.packetTimes,
    },
  );
  return { sdp: written.leg, body: written.body };
}

function meaning(payloadType: number, format: PayloadFormat): TypeMeaning {
  const isVoice = !isTelephoneEvent(format) && !isComfortNoise(format);
  return {
    payloadType,
    name: formatName(format),
    clockRateHz: isVoice ? format.clockRateHz : 0,
  };
}

/** What the relay is told of a leg, without where its media comes from and who its peer is. */
export type AgreedConfig = Omit<EndpointConfig, 'peerId' | 'expectation'>;

/** The offering leg's settings. */
export function offererConfig({ agreed, direction }: Settlement): AgreedConfig {
  const own = mirrored(direction);
  return {
    maySend: maySend(own),
    mayReceive: mayReceive(own),
    renumber: offererToAnswerer(agreed),
    types: agreed.map(({ offered }) => meaning(offered.payloadType, offered)),
  };
}

/** The answering leg's settings. */
export function answererConfig({ agreed, direction }: Settlement): AgreedConfig {
  const renumber = answererToOfferer(agreed);
  const types = renumber.flatMap(([from, to]) => {
    const format = agreed.find(({ offered }) => offered.payloadType === to)?.offered;
    return format ? [meaning(from, format)] : [];
  });
  return { maySend: maySend(direction), mayReceive: mayReceive(direction), renumber, types };
}

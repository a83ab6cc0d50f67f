import { randomInt } from 'node:crypto';
import type { Logger } from '@/lib/infra/log';
import { type AudioSide, type LegSdp, newLegSdp } from '@/lib/protocol/sdp/leg-sdp';
import type { SecurityPolicy } from '@/lib/protocol/sdp/security';
import type { LegMediaStats, Meeting } from './engine';
import { legStats } from './leg-figures';
import { type LegSecurity, policyOf } from './leg-security';

import { expectationOf, type OwnMedia } from './reachability';
import type { EndpointConfig, EndpointFigures } from './relay/messages';
import type { AgreedConfig } from './settlement';
import type { WorkerLink } from './worker-link';

/** Where a session lives. */
export interface SessionPlace {
  readonly gateSlot: number;
  readonly link: WorkerLink;
  readonly own: OwnMedia;
  readonly log: Logger;
  /** A number that no endpoint had before. */
  readonly newEndpointId: () => number;
}

/** A leg's media as the engine knows it. */
export interface MediaLeg {
  readonly legId: string;
  readonly endpointId: number;
  /** Its RTP port once bound. */
  readonly port: Promise<number>;
  sdp: LegSdp;
  /** In force; null before anything was agreed. */
  config: EndpointConfig | null;
  peerLegId: string | null;
  /** Voices that it may have; empty = all. */
  codecs: readonly string[];
  /** Null: plain RTP. */
  security: LegSecurity | null;
  /** The body in force and where its signalling came from: only new ones are learned from. */
  heard: { readonly sdp: Buffer; readonly signallingAddress: string } | null;
}

/** What a leg said, as it is compared with what it says next. */
export function heardOf({
  sdp,
  signallingAddress,
}: Meeting['one']): NonNullable<MediaLeg['heard']> {
  return { sdp, signallingAddress };
}

/** What may be read in a description of one who meets another. */
export function policyOfSide({ isSignallingSecure }: Meeting['one']): SecurityPolicy {
  return policyOf(isSignallingSecure);
}

/** Of a leg that nothing was said to. */
export function newSdp(): LegSdp {
  return newLegSdp(randomInt(1, 2 ** 47));
}

/** What was agreed for a leg. */
export interface LegAgreement {
  readonly config: AgreedConfig;
  readonly audio: AudioSide;
  readonly heard: NonNullable<MediaLeg['heard']>;
}

/** What the relay is told of a leg when something was agreed with it. */
export function configOf(
  leg: MediaLeg,
  { config, audio, heard }: LegAgreement,
  place: { readonly own: OwnMedia; readonly peerId: number | null },
): EndpointConfig {
  const { signallingAddress, sdp } = heard;
  const before = leg.heard;
  const isNew = before?.signallingAddress !== signallingAddress || !sdp.equals(before.sdp);
  const security = leg.security?.agreed ?? null;
  // With ICE the far side itself shows where it is.
  const isToldByIce = security?.kind === 'dtls' && security.ice !== null;
  const expectation =
    isNew && !isToldByIce ? expectationOf(audio, signallingAddress, place.own) : null;
  return { ...config, peerId: place.peerId, security, expectation };
}

/** The figures of legs, as far as there are any. */
export function legsStats(
  legs: readonly MediaLeg[],
  figures: readonly EndpointFigures[],
): readonly LegMediaStats[] {
  const byEndpoint = new Map(figures.map((one) => [one.endpointId, one]));
  return legs.flatMap((leg) => {
    const found = byEndpoint.get(leg.endpointId);
    return found ? [legStats(leg.legId, isHeld(leg), found)] : [];
  });
}

function isHeld({ config }: MediaLeg): boolean {
  return config !== null && !(config.maySend && config.mayReceive);
}

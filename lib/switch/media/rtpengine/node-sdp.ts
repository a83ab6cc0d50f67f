import { isIP } from 'node:net';
import { isNowhere } from '@/lib/protocol/sdp/direction';
import { attributeValue, payloadFormats } from '@/lib/protocol/sdp/formats';
import { type AudioSide, newLegSdp, writeAudio } from '@/lib/protocol/sdp/leg-sdp';
import { parseSdp } from '@/lib/protocol/sdp/parse';
import {
  type AudioSecurity,
  fingerprintAttribute,
  keyAttribute,
  PLAIN,
  type Protection,
} from '@/lib/protocol/sdp/security';
import type { Direction, PayloadFormat, SdpAttribute } from '@/lib/protocol/sdp/types';
import { expectationOf } from '@/lib/switch/media/reachability';

/** A leg's audio as a node is told of it. */
export interface LegForNode {
  readonly audio: AudioSide;
  /** In the leg's own numbers. */
  readonly formats: readonly PayloadFormat[];
  readonly direction: Direction;
  readonly signallingAddress: string;
  /** Whether a port is one that a node told somebody: packets would run in circles. */
  readonly isOurs: (address: string, port: number) => boolean;
}

/** Where a node takes a leg's media, and how it protects it. */
export interface NodePort {
  readonly address: string;
  readonly port: number;
  readonly formats: readonly PayloadFormat[];
  /** All a= lines of its section. */
  readonly lines: readonly SdpAttribute[];
}

/**
 * What nothing is sent to: the discard port of the node itself. (Of 0.0.0.0 a node makes a hold, and
 * tells the other leg to send to 0.0.0.0 as well.)
 */
const NOWHERE = { address: '127.0.0.1', port: 9 };

/** How a leg's own description says what its media is protected with; undefined: plain. */
function protectionFor(security: AudioSecurity): Protection | undefined {
  if (security.kind === 'plain') return undefined;
  if (security.kind === 'sdes') {
    return { protocol: 'RTP/SAVP', session: [], media: security.keys.map(keyAttribute) };
  }
  const { fingerprints, setup, ice, isRtcpMuxed, mid } = security;
  const [fingerprint] = fingerprints;
  const media: SdpAttribute[] = [{ name: 'setup', value: setup }];
  if (fingerprint) media.unshift(fingerprintAttribute(fingerprint));
  if (mid !== null) media.push({ name: 'mid', value: mid });
  if (isRtcpMuxed) media.push({ name: 'rtcp-mux', value: null });
  if (ice !== null) {
    // Candidates stay here: a node believes whoever proves the password, as our own relay does.
    media.push({ name: 'ice-ufrag', value: ice.ufrag }, { name: 'ice-pwd', value: ice.pwd });
  }
  return { protocol: 'UDP/TLS/RTP/SAVPF', session: [], media };
}

/** Where a leg is sent to until it was heard; null where nobody can tell, or it must not be. */
function reachOf({ audio, signallingAddress, isOurs }: LegForNode) {
  const family = audio.connection?.family ?? (isIP(signallingAddress) === 6 ? 6 : 4);
  const { remote, sources } = expectationOf(audio, signallingAddress, {
    bindAddress: family === 6 ? '::' : '0.0.0.0',
    publicAddress: '',
    // Whose ports are whose is not known by a range here: nodes may stand beside phones.
    portMin: 1,
    portMax: 0,
    addresses: new Set(),
  });
  if (remote) return isOurs(remote.address, remote.port) ? null : remote;
  const [address] = sources;
  return address === undefined ? null : { address, port: audio.port, rtcp: null };
}

/**
 * A leg's description as a node is given it: one audio section and nothing that we did not read. Its
 * address is where the leg can be reached by what we know: a phone behind NAT is named by its
 * signalling's, and what can't be reached, or is a node's own port, by none.
 */
export function sdpForNode(leg: LegForNode): string {
  const { audio, formats, direction } = leg;
  const reach = reachOf(leg);
  const isElsewhere = reach?.rtcp && reach.rtcp.port !== reach.port + 1;
  const rtcp = isElsewhere ? [{ name: 'rtcp', value: String(reach.rtcp.port) }] : [];
  const written = writeAudio(newLegSdp(1), {
    address: reach?.address ?? NOWHERE.address,
    port: reach?.port ?? NOWHERE.port,
    formats,
    direction,
    packetTimes: [...audio.packetTimes, ...rtcp],
    protection: protectionFor(audio.security),
  });
  return written.body.toString('latin1');
}

/** The description of whom a leg talks to that talks to nobody: at a port of the node's own, or nowhere. */
export function nobodySdp(
  at: NodePort | null,
  said: Pick<LegForNode, 'audio' | 'formats'>,
): string {
  const address = at?.address ?? '';
  const family = address.includes(':') ? (6 as const) : (4 as const);
  const place = at ? { connection: { family, address }, port: at.port } : { connection: null };
  const rtcp = { port: (at?.port ?? 0) + 1, address: null };
  const audio: AudioSide = { ...said.audio, security: PLAIN, rtcp, ...place };
  return sdpForNode({
    audio,
    formats: said.formats,
    direction: 'sendrecv',
    signallingAddress: address,
    isOurs: () => false,
  });
}

/** Reads what a node says of a leg's port; null where it says nothing that could be used. */
export function readNodePort(sdp: string): NodePort | null {
  const parsed = parseSdp(Buffer.from(sdp, 'latin1'));
  const media = parsed.ok ? parsed.description.media.find(({ kind }) => kind === 'audio') : null;
  if (!parsed.ok || !media || media.port === 0) return null;
  const connection = media.connection ?? parsed.description.connection;
  if (connection === null || isNowhere(connection)) return null;
  return {
    address: connection.address,
    port: media.port,
    formats: payloadFormats(media),
    lines: media.attributes,
  };
}

/** What a leg is told of how a node protects its media. */
export interface ToldProtection {
  readonly kind: 'sdes' | 'dtls';
  readonly setup: 'passive' | 'actpass';
  /** Lines of SDES that it is told; of DTLS nothing. */
  readonly keys: readonly SdpAttribute[];
  /** The name of the section; null where it has none. */
  readonly mid: string | null;
}

const RTP_COMPONENT = /^\S+ 1 /;

/** How a leg's description says how the node protects its media. */
export function protectionTold(port: NodePort, told: ToldProtection): Protection {
  if (told.kind === 'sdes') return { protocol: 'RTP/SAVP', session: [], media: told.keys };
  const { mid, setup } = told;
  const named = (name: string): readonly SdpAttribute[] =>
    port.lines.filter((line) => line.name === name);
  const media = [...named('fingerprint').slice(0, 1), { name: 'setup', value: setup }];
  if (mid !== null) media.push({ name: 'mid', value: mid });
  media.push(...named('rtcp-mux'), ...named('ice-ufrag'), ...named('ice-pwd'));
  const candidates = named('candidate').filter(({ value }) => RTP_COMPONENT.test(value ?? ''));
  media.push(...candidates);
  if (candidates.length > 0) media.push({ name: 'end-of-candidates', value: null });
  const session = mid === null ? [] : [{ name: 'group', value: `BUNDLE ${mid}` }];
  return { protocol: 'UDP/TLS/RTP/SAVPF', session, media };
}

/** The SDES lines that a node offers or answers with. */
export function keyLines({ lines }: NodePort): readonly SdpAttribute[] {
  return lines.filter(({ name }) => name === 'crypto');
}

/** The name that a node gave its section. */
export function midOf({ lines }: NodePort): string | null {
  return attributeValue(lines, 'mid');
}

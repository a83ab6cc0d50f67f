import { randomBytes } from 'node:crypto';
import { signingKey } from '@/lib/protocol/dtls/certificate';
import { DtlsServer } from '@/lib/protocol/dtls/server';
import { isRtcp } from '@/lib/protocol/rtp/header';
import { SrtpReceiver } from '@/lib/protocol/srtp/receiver';
import { SrtpSender } from '@/lib/protocol/srtp/sender';
import type { SrtpKeying } from '@/lib/protocol/srtp/suites';
import type { DtlsSecurity, EndpointSecurity } from './endpoint-security';
import { IcePath } from './ice-path';
import type { Latch, MediaAddress } from './latch';

/** What was under way when keys changed is heard with the old ones for so long. */
const OLD_KEYS_MS = 5_000;

/** First octets (RFC 7983 §7). */
const LAST_STUN = 3;
const FIRST_DTLS = 20;
const LAST_DTLS = 63;
const FIRST_RTP = 128;

/** What a guard needs of the endpoint that it guards. */
export interface GuardedEndpoint {
  readonly latch: Latch;
  readonly dropped: { foreign: number; invalid: number; unauthentic: number };
  /** Sends from the RTP port. */
  readonly send: (bytes: Uint8Array, to: MediaAddress) => void;
  readonly monotonicMs: () => number;
}

/** Keys of one direction, with those that they took the place of. */
interface Receiving {
  readonly keying: SrtpKeying;
  readonly receiver: SrtpReceiver;
  readonly before: { readonly receiver: SrtpReceiver; readonly untilMs: number } | null;
}

interface Sending {
  readonly keying: SrtpKeying;
  readonly sender: SrtpSender;
}

const isSameKey = (one: SrtpKeying | undefined, other: SrtpKeying): boolean =>
  one?.suite === other.suite && Buffer.compare(one.keyAndSalt, other.keyAndSalt) === 0;

/**
 * What stands between the network and a leg whose media is protected: nothing gets in that is not
 * authentic, nothing gets out in the clear. Strangers reach neither the handshake nor the keys: an
 * address has to be the far side's first (facts: one datagram of anybody must not end a call).
 */
export class Guard {
  private readonly endpoint: GuardedEndpoint;
  private security: EndpointSecurity | null = null;
  private sending: Sending | null = null;
  private receiving: Receiving | null = null;
  private dtls: DtlsServer | null = null;
  private path: IcePath | null = null;
  /** Who is being answered. */
  private shaking: MediaAddress = { address: '', port: 0 };

  constructor(endpoint: GuardedEndpoint) {
    this.endpoint = endpoint;
  }

  /** Whether RTCP goes by the RTP port. */
  get isRtcpMuxed(): boolean {
    return this.security?.kind === 'dtls';
  }

  /** Puts in force what was agreed; what stays the same goes on without a break. */
  configure(security: EndpointSecurity): void {
    const before = this.security;
    this.security = security;
    if (security.kind === 'sdes') {
      this.dtls = null;
      this.path = null;
      this.takeKeys(security.send, security.receive);
      return;
    }
    if (security.ice === null) this.path = null;
    else if (this.path === null) this.path = new IcePath(security.ice);
    else this.path.expect(security.ice);
    if (this.dtls === null || !isSameAssociation(before, security))
      this.dtls = this.serve(security);
  }

  /** The RTP or RTCP packet of a datagram on the RTP port; null where there is none to trust. */
  open(datagram: Uint8Array, from: MediaAddress): Uint8Array | null {
    const { endpoint } = this;
    const first = datagram[0] ?? 0;
    if (first < FIRST_RTP) {
      this.control(Buffer.from(datagram.buffer, datagram.byteOffset, datagram.length), from);
      return null;
    }
    if (!this.isFarSide(from)) {
      endpoint.dropped.foreign += 1;
      return null;
    }
    const kind = isRtcp(datagram) ? 'rtcpOf' : 'rtpOf';
    return this.opened(datagram, kind);
  }

  /** The RTCP packet of a datagram on the RTCP port; null where there is none to trust. */
  openRtcp(datagram: Uint8Array, from: MediaAddress): Uint8Array | null {
    if (!this.isRtcpMuxed && this.endpoint.latch.mayBeOwnRtcp(from)) {
      return this.opened(datagram, 'rtcpOf');
    }
    this.endpoint.dropped.foreign += 1;
    return null;
  }

  /** A packet for the leg, protected; null where it can't be. */
  sealRtp(packet: Uint8Array): Uint8Array | null {
    return this.sending?.sender.rtpOf(packet) ?? null;
  }

  sealRtcp(packet: Uint8Array): Uint8Array | null {
    const isWanted = this.security?.kind !== 'dtls' || this.security.isRtcpMuxed;
    return isWanted ? (this.sending?.sender.rtcpOf(packet) ?? null) : null;
  }

  private opened(datagram: Uint8Array, kind: 'rtpOf' | 'rtcpOf'): Uint8Array | null {
    const { receiving, endpoint } = this;
    const packet = receiving?.receiver[kind](datagram) ?? null;
    if (packet !== null) return packet;
    const before = receiving?.before;
    if (before && endpoint.monotonicMs() < before.untilMs) {
      const late = before.receiver[kind](datagram);
      if (late !== null) return late;
    }
    endpoint.dropped.unauthentic += 1;
    return null;
  }

  private isFarSide(from: MediaAddress): boolean {
    return this.path === null ? this.endpoint.latch.mayBeOwn(from) : this.path.isNominated(from);
  }

  /** STUN and DTLS. */
  private control(bytes: Buffer, from: MediaAddress): void {
    const { endpoint, path, dtls } = this;
    const first = bytes[0] ?? 0;
    if (first <= LAST_STUN && path !== null) {
      this.check(path, bytes, from);
      return;
    }
    if (first < FIRST_DTLS || first > LAST_DTLS || dtls === null) {
      endpoint.dropped.invalid += 1;
      return;
    }
    const isTheirs = path === null ? endpoint.latch.mayBeOwn(from) : path.mayShakeHands(from);
    if (!isTheirs) {
      endpoint.dropped.foreign += 1;
      return;
    }
    this.shaking = { address: from.address, port: from.port };
    dtls.receive(bytes, `${from.address} ${from.port}`);
  }

  private check(path: IcePath, bytes: Buffer, from: MediaAddress): void {
    const { endpoint } = this;
    const before = path.nominated;
    const reply = path.check(bytes, from);
    if (reply === undefined) {
      endpoint.dropped.foreign += 1;
      return;
    }
    endpoint.send(reply, from);
    if (path.nominated !== null && path.nominated !== before) endpoint.latch.fix(path.nominated);
  }

  private serve(security: DtlsSecurity): DtlsServer {
    const { endpoint } = this;
    const server: DtlsServer = new DtlsServer({
      certificate: security.identity.certificate,
      key: signingKey(security.identity),
      fingerprints: security.fingerprints,
      randomBytes,
      send: (datagram) => endpoint.send(datagram, this.shaking),
      onKeys: ({ client, server: own }) => {
        // One that another took the place of has nothing to say any more.
        if (this.dtls !== server) return;
        this.takeKeys(own, client);
        if (this.path === null) endpoint.latch.fix(this.shaking);
      },
    });
    return server;
  }

  /** The same key goes on where it was: its counters are part of it (RFC 3711 §3.2.1). */
  private takeKeys(send: SrtpKeying, receive: SrtpKeying): void {
    if (!isSameKey(this.sending?.keying, send)) {
      this.sending = { keying: send, sender: new SrtpSender(send) };
    }
    const { receiving } = this;
    if (isSameKey(receiving?.keying, receive)) return;
    const untilMs = this.endpoint.monotonicMs() + OLD_KEYS_MS;
    const before = receiving && { receiver: receiving.receiver, untilMs };
    this.receiving = { keying: receive, receiver: new SrtpReceiver(receive), before };
  }
}

/** Whether a handshake that was done, or is under way, is the one that was agreed. */
function isSameAssociation(before: EndpointSecurity | null, now: DtlsSecurity): boolean {
  if (before?.kind !== 'dtls') return false;
  const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
  return (
    isSame(before.identity.certificate, now.identity.certificate) &&
    before.fingerprints.length === now.fingerprints.length &&
    before.fingerprints.every((one, index) =>
      isSame(one, now.fingerprints[index] ?? new Uint8Array()),
    )
  );
}

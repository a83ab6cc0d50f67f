/** Where media comes from or goes to, as the socket writes addresses. */
export interface MediaAddress {
  readonly address: string;
  readonly port: number;
}

/** What an SDP and its signalling say about where a leg's media will come from. */
export interface Expectation {
  /** The SDP's own address; null where it can't be reached (private, behind NAT) or is unknown. */
  readonly remote: (MediaAddress & { readonly rtcp: MediaAddress }) | null;
  /** Addresses that media may be learned from, whatever the port. */
  readonly sources: readonly string[];
}

/** What identifies a packet's sender. */
export interface PacketIdentity extends MediaAddress {
  readonly ssrc: number;
  readonly sequence: number;
}

interface Lock extends MediaAddress {
  /** It is the very address that the SDP names: nothing takes it over. */
  readonly exact: boolean;
}

/**
 * For so long after the first packet of a new SDP, another port of the same leg may take over (a
 * late packet from before the re-INVITE must not win), and an SSRC may change at once.
 */
const SETTLING_MS = 2_000;
/** Longer than any usual packet time: who is silent for so long has stopped. */
const SILENCE_MS = 100;
/**
 * Who goes on under another SSRC at the same address has missed two packets of the old one by then
 * (20 ms each); what came meanwhile is held back, so it may be believed so late.
 */
const SSRC_SILENCE_MS = 50;

const isSame = (left: MediaAddress | null, right: MediaAddress | null): boolean =>
  left?.port === right?.port && left?.address === right?.address;

/**
 * Symmetric RTP with a lock (facts: sip.md): the first valid packets from where the SDP, or for a
 * phone behind NAT its signalling, says, fix address, port and SSRC; everything else is foreign
 * until a new SDP comes. A phone's packets go to where its own packets come from.
 */
export class Latch {
  private expectation: Expectation = { remote: null, sources: [] };
  private lock: Lock | null = null;
  private lockedSsrc: number | null = null;
  private lastPacketMs = Number.NEGATIVE_INFINITY;
  /** Infinity = from the next packet on; the past = settled. */
  private settlingUntilMs = Number.NEGATIVE_INFINITY;
  private candidate: PacketIdentity | null = null;
  private rtcpLock: MediaAddress | null = null;

  /** Where the leg's media comes from; null while nothing was heard. */
  get source(): MediaAddress | null {
    return this.lock;
  }

  get ssrc(): number | null {
    return this.lockedSsrc;
  }

  /** Where to send RTP; null = not known yet. */
  get rtpDestination(): MediaAddress | null {
    return this.lock ?? this.expectation.remote;
  }

  /** Where to send RTCP; null = not known yet. */
  get rtcpDestination(): MediaAddress | null {
    if (this.rtcpLock) return this.rtcpLock;
    // Behind NAT the RTCP port can't be told from the RTP port.
    if (this.lock && !this.lock.exact) return null;
    return this.expectation.remote?.rtcp ?? null;
  }

  /** Whether nothing but a new SDP can bring the leg's media from anywhere else. */
  isFinal(nowMs: number): boolean {
    const { lock, settlingUntilMs } = this;
    if (lock === null || nowMs <= settlingUntilMs) return false;
    // What the SDP names may still come in the place of what was learned.
    return lock.exact || this.expectation.remote === null;
  }

  /** A new SDP: media may come from elsewhere now. What fits goes on until something better comes. */
  expect(expectation: Expectation): void {
    const { remote } = expectation;
    const moved = remote !== null && !isSame(remote, this.expectation.remote);
    this.expectation = expectation;
    if (this.lock) {
      const keeps = !moved && expectation.sources.includes(this.lock.address);
      const { address, port } = this.lock;
      this.lock = keeps ? { address, port, exact: this.isExact(this.lock) } : null;
    }
    this.settlingUntilMs = Number.POSITIVE_INFINITY;
    this.candidate = null;
    this.rtcpLock = null;
  }

  /** Whether an RTP packet is the leg's own; learns from it. */
  acceptsRtp(packet: PacketIdentity, nowMs: number): boolean {
    if (!this.acceptsSource(packet, nowMs) || !this.acceptsSsrc(packet, nowMs)) return false;
    this.lastPacketMs = nowMs;
    if (this.settlingUntilMs === Number.POSITIVE_INFINITY) {
      this.settlingUntilMs = nowMs + SETTLING_MS;
    }
    return true;
  }

  /** Whether a packet that was not accepted may yet turn out to be the leg's under a new SSRC. */
  isWaiting(packet: PacketIdentity): boolean {
    return this.lock !== null && isSame(packet, this.lock) && this.candidate?.ssrc === packet.ssrc;
  }

  /** Whether RTCP is the leg's own; learns its port. */
  acceptsRtcp(from: MediaAddress): boolean {
    if (this.rtcpLock) return isSame(from, this.rtcpLock);
    const isOwn = this.lock
      ? from.address === this.lock.address
      : this.expectation.sources.includes(from.address);
    if (!isOwn) return false;
    this.rtcpLock = { address: from.address, port: from.port };
    return true;
  }

  /** Whether RTCP on the RTP port is the leg's own (RFC 5761, of phones that mux unasked). */
  acceptsMuxedRtcp(from: MediaAddress): boolean {
    return this.lock !== null && isSame(from, this.lock);
  }

  /** Whether a packet of this sender is worth a look: it changes nothing. */
  mayBeOwn(from: MediaAddress): boolean {
    if (this.lock?.exact) return isSame(from, this.lock);
    return this.expectation.sources.includes(from.address);
  }

  /** The same of RTCP on its own port. */
  mayBeOwnRtcp(from: MediaAddress): boolean {
    if (this.rtcpLock) return isSame(from, this.rtcpLock);
    const { lock } = this;
    return lock ? from.address === lock.address : this.expectation.sources.includes(from.address);
  }

  /** The far side's place is known beyond doubt, for RTP and RTCP: nothing else is believed. */
  fix({ address, port }: MediaAddress): void {
    this.expect({
      remote: { address, port, rtcp: { address, port } },
      sources: [address],
    });
    this.lock = { address, port, exact: true };
  }

  private isExact(from: MediaAddress): boolean {
    return this.expectation.remote !== null && isSame(from, this.expectation.remote);
  }

  private acceptsSource(packet: PacketIdentity, nowMs: number): boolean {
    const { lock } = this;
    if (lock && lock.address === packet.address && lock.port === packet.port) return true;
    if (lock?.exact || !this.expectation.sources.includes(packet.address)) return false;
    const exact = this.isExact(packet);
    if (!exact && lock && (nowMs > this.settlingUntilMs || this.isTalking(nowMs))) return false;
    // What the SDP names is believed at once; anything else must show that it is a stream.
    if (!exact && !this.isConfirmed(packet)) return false;
    this.lock = { address: packet.address, port: packet.port, exact };
    this.lockedSsrc = packet.ssrc;
    this.candidate = null;
    this.rtcpLock = null;
    return true;
  }

  private acceptsSsrc(packet: PacketIdentity, nowMs: number): boolean {
    if (packet.ssrc === this.lockedSsrc) {
      this.candidate = null;
      return true;
    }
    const settled = nowMs > this.settlingUntilMs;
    const isOldHeard = nowMs - this.lastPacketMs < SSRC_SILENCE_MS;
    if (settled && (!this.isConfirmed(packet) || isOldHeard)) return false;
    this.lockedSsrc = packet.ssrc;
    this.candidate = null;
    return true;
  }

  private isTalking(nowMs: number): boolean {
    return nowMs - this.lastPacketMs < SILENCE_MS;
  }

  /** Two packets in a row from the same sender (RFC 3550 A.1, MIN_SEQUENTIAL). */
  private isConfirmed(packet: PacketIdentity): boolean {
    const { candidate } = this;
    this.candidate = { ...packet };
    return (
      candidate !== null &&
      isSame(candidate, packet) &&
      candidate.ssrc === packet.ssrc &&
      packet.sequence === ((candidate.sequence + 1) & 0xffff)
    );
  }
}

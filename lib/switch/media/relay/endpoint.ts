import { isDeepStrictEqual } from 'node:util';
import { clockRateOf } from '@/lib/protocol/codecs/voices';
import type { ReportBlock, SenderInfo } from '@/lib/protocol/rtcp/parse';
import { PassedReports } from '@/lib/protocol/rtcp/round-trip';
import { translateReports } from '@/lib/protocol/rtcp/translate';
import { type Arrival, Reception } from '@/lib/protocol/rtp/reception';
import type { LegTap } from './captures';
import { Guard } from './guard';
import { HeldBack } from './held-back';
import { Latch, type PacketIdentity } from './latch';
import type { EndpointConfig, EndpointFigures, TypeMeaning } from './messages';
import type { VoicePath } from './path';
import { KeyReader } from './path-keys';
import { type Speaker, spokenVoice } from './speaker';
import { Splice, type StreamPlace } from './splice';
import { type MediaSocket, sent } from './udp-socket';

const NOTHING_AGREED: EndpointConfig = {
  peerId: null,
  maySend: false,
  mayReceive: false,
  expectation: null,
  renumber: [],
  types: [],
  security: null,
};

export interface EndpointStart {
  readonly id: number;
  readonly gateSlot: number;
  readonly isCaller: boolean;
}

/** A leg's place in the relay: its sockets, what was agreed, what was counted. */
export class Endpoint {
  readonly id: number;
  readonly gateSlot: number;
  readonly isCaller: boolean;
  readonly latch = new Latch();
  config = NOTHING_AGREED;
  /** 0 until bound. */
  port = 0;
  rtp: MediaSocket | null = null;
  rtcp: MediaSocket | null = null;
  isReleased = false;
  /** Packets that may still come in this second. */
  budget = 0;
  /** Monotonic; since when it ought to be heard, null = it need not. */
  expectedSinceMs: number | null = null;
  lastHeardMs: number | null = null;
  isInactivityTold = false;
  readonly sent = { packets: 0, octets: 0 };
  readonly dropped = {
    foreign: 0,
    unauthentic: 0,
    invalid: 0,
    gated: 0,
    unroutable: 0,
    excess: 0,
  };
  /** Of an SSRC that is not believed yet; nearly always null. */
  heldBack: HeldBack | null = null;
  /** Null: the leg's media is plain RTP. */
  guard: Guard | null = null;
  /** What makes of the leg's packets what its peer takes; null while they pass as they are. */
  path: VoicePath | null = null;
  /** What of us the leg hears in place of its peer; nearly always null. */
  speaker: Speaker | null = null;
  /** Whether it hears itself, with nobody on the other side. */
  hearsItself = false;
  /** Makes one stream of what the leg is sent, once it was played something. */
  splice: Splice | null = null;
  /** Who keeps what the leg says; null: nobody. */
  tap: LegTap | null = null;
  readonly keys = new KeyReader();
  /** Keys that may still be told of in this second. */
  digitBudget = 0;
  private readonly monotonicMs: () => number;
  private isSettled = false;
  private connected: Endpoint | null = null;
  private renumber: Uint8Array | null = null;
  private reception = new Reception();
  private receptionSsrc: number | null = null;
  private readonly before = { packets: 0, lost: 0 };
  private octets = 0;
  private lastPacketAtMs: number | null = null;
  private codec: TypeMeaning | null = null;
  private report: ReportBlock | null = null;
  /** Null until it makes one: many never do. */
  private passedReports: PassedReports | null = null;
  private roundTripMs: number | null = null;

  constructor(start: EndpointStart, monotonicMs: () => number) {
    this.monotonicMs = monotonicMs;
    this.id = start.id;
    this.gateSlot = start.gateSlot;
    this.isCaller = start.isCaller;
  }

  /** Whom the leg talks to; null where that one is gone. */
  get peer(): Endpoint | null {
    if (this.connected?.isReleased) this.connected = null;
    return this.connected;
  }

  /** Whether either side has the media on hold, or nobody is connected. */
  get isHeld(): boolean {
    return !(this.config.maySend && this.config.mayReceive);
  }

  configure(config: EndpointConfig, peer: Endpoint | null): void {
    const isSameWay = peer === this.connected && isDeepStrictEqual(config.voice, this.config.voice);
    if (!isSameWay) this.closePath();
    this.config = config;
    this.keys.learn(config.types);
    this.connected = peer;
    const changes = config.renumber.filter(([from, to]) => from !== to);
    if (changes.length === 0) this.renumber = null;
    else {
      this.renumber = Uint8Array.from({ length: 128 }, (_, type) => type);
      for (const [from, to] of changes) this.renumber[from] = to;
    }
    if (config.expectation) this.latch.expect(config.expectation);
    this.protect(config);
    this.settle();
    // Whoever was just told something new gets the whole timeout to follow.
    this.expectedSinceMs = null;
    this.isInactivityTold = false;
  }

  /** Nothing of a protected leg passes its guard by, from the moment of this on. */
  private protect({ security }: EndpointConfig): void {
    if (security === null) {
      this.guard = null;
      return;
    }
    this.guard ??= new Guard({
      latch: this.latch,
      dropped: this.dropped,
      send: (bytes, to) => this.rtp?.send(bytes, to),
      monotonicMs: this.monotonicMs,
    });
    this.guard.configure(security);
  }

  /** Where nothing can come from elsewhere any more, its socket need not listen to anybody else. */
  settle(): void {
    const isSettled = this.guard === null && this.latch.isFinal(this.monotonicMs());
    if (isSettled === this.isSettled) return;
    this.isSettled = isSettled;
    this.rtp?.settleOn?.(isSettled ? this.latch.source : null);
  }

  /** A payload type of the leg as its peer numbers it. */
  renumbered(payloadType: number): number {
    return this.renumber?.[payloadType] ?? payloadType;
  }

  /** Whether a payload type has to become another on its way, or goes with those that have to. */
  needsPath(payloadType: number): boolean {
    const { voice } = this.config;
    if (voice === undefined) return false;
    if (this.path !== null) return true;
    if (voice.passing.includes(payloadType)) return false;
    // What was never agreed passes as well: it is none of our business.
    return (
      this.keys.isKey(payloadType) || voice.from.some((one) => one.payloadType === payloadType)
    );
  }

  /** What goes on is a new stream for the peer. */
  closePath(): void {
    this.path?.close();
    this.path = null;
  }

  /** What the leg's peer hears it as. */
  get heardSsrc(): number | null {
    return this.peer?.splice?.ssrc ?? this.sentSsrc;
  }

  /** What the leg's voice is before it is fitted in with what else its peer hears. */
  private get sentSsrc(): number | null {
    return this.path?.ssrc ?? this.latch.ssrc;
  }

  /** The clock of what the leg is told by us; that of most voices where it has none of ours. */
  private get spokenClockHz(): number {
    const voice = spokenVoice(this.config.types);
    return voice === null ? 8_000 : clockRateOf(voice.voice);
  }

  /** Makes of the leg's reports what its peer is to read, where either hears a path of ours. */
  translate(packet: Uint8Array, peer: Endpoint): void {
    const { path, latch } = this;
    const { splice } = peer;
    if (path === null && peer.path === null && splice === null && this.splice === null) return;
    const [own, others] = [latch.ssrc, peer.latch.ssrc];
    const [heardAs, hears] = [this.heardSsrc, peer.heardSsrc];
    const spliced = (ticks: number): number => splice?.timestampOf(ticks) ?? ticks;
    translateReports(packet, {
      ssrcOf: (ssrc) => {
        if (ssrc === own) return heardAs ?? ssrc;
        return others !== null && ssrc === hears ? others : ssrc;
      },
      sender: {
        timestampOf: (ticks) => spliced(path?.timestampOf(ticks) ?? ticks),
        counted: path?.counted ?? null,
      },
    });
  }

  /** The clock of what the leg's peer hears; null while nothing was heard. */
  get heardClockRateHz(): number | null {
    return this.path?.clockRateHz ?? this.codec?.clockRateHz ?? null;
  }

  /** From now on all that the leg is sent continues what it heard so far, as one stream. */
  spliceFrom(beginning: StreamPlace): void {
    this.splice ??= new Splice(this.peer?.newestSent ?? beginning);
  }

  /** The newest of the leg's own voice as its peer hears it; null while there was none. */
  private get newestSent(): StreamPlace | null {
    const { path, receptionSsrc: ssrc } = this;
    if (path !== null) return path.newest(this.monotonicMs());
    const newest = this.reception.newest;
    return newest === null || ssrc === null ? null : { ssrc, ...newest };
  }

  /** Sends RTP to the leg, which may be changed for it; false where that can't be. */
  deliver(packet: Uint8Array): boolean {
    const { splice } = this;
    if (splice !== null) {
      splice.join(packet, { nowMs: this.monotonicMs(), clockRateHz: this.spokenClockHz });
    }
    const sealed = this.guard === null ? packet : this.guard.sealRtp(packet);
    if (!sent(sealed, this.rtp, this.latch.rtpDestination)) return false;
    this.sent.packets += 1;
    this.sent.octets += packet.length;
    return true;
  }

  /** Whether one more packet may come in this second; counts it as excess where not. */
  takeBudget(): boolean {
    this.budget -= 1;
    if (this.budget >= 0) return true;
    this.dropped.excess += 1;
    return false;
  }

  /** A packet that is not the leg's, or not yet. */
  refuse(packet: Uint8Array, seen: PacketIdentity): void {
    if (this.heldBack !== null && this.heldBack.ssrc !== seen.ssrc) this.giveUpHeld();
    if (this.latch.isWaiting(seen)) {
      this.heldBack ??= new HeldBack(seen.ssrc);
      if (this.heldBack.hold(packet)) return;
    }
    this.dropped.foreign += 1;
  }

  /** What was held back, where it is of the SSRC that is the leg's now; else it was foreign. */
  takeHeld(): readonly Uint8Array[] {
    const { heldBack } = this;
    if (heldBack === null) return [];
    if (heldBack.ssrc !== this.latch.ssrc) {
      this.giveUpHeld();
      return [];
    }
    this.heldBack = null;
    return heldBack.packets;
  }

  private giveUpHeld(): void {
    this.dropped.foreign += this.heldBack?.packets.length ?? 0;
    this.heldBack = null;
  }

  /** Counts a packet of the leg; fills in what clock it goes by. */
  heard(packet: SeenPacket, wallMs: number): void {
    if (packet.ssrc !== this.receptionSsrc) {
      this.before.packets += this.reception.packets;
      this.before.lost += this.reception.lost;
      this.reception = new Reception();
      this.receptionSsrc = packet.ssrc;
    }
    const meaning = this.meaningOf(packet.payloadType);
    packet.clockRateHz = meaning?.clockRateHz ?? 0;
    if (meaning !== null && packet.clockRateHz > 0) this.codec = meaning;
    this.reception.arrived(packet);
    this.octets += packet.octets;
    this.lastPacketAtMs = wallMs;
    this.lastHeardMs = packet.atMs;
    this.isInactivityTold = false;
  }

  /** A few, and nearly all packets are of the codec that came last: no table is faster. */
  private meaningOf(payloadType: number): TypeMeaning | null {
    if (this.codec?.payloadType === payloadType) return this.codec;
    for (const type of this.config.types) if (type.payloadType === payloadType) return type;
    return null;
  }

  /** The leg's own report goes on to its peer. */
  reportPassed(sender: SenderInfo, nowMs: number): void {
    this.passedReports ??= new PassedReports();
    this.passedReports.passed(sender, nowMs);
  }

  /** A report is no voice, but shows that the leg is there: silence may be meant (mute, RFC 3389). */
  showedItself(nowMs: number): void {
    this.lastHeardMs = nowMs;
    this.isInactivityTold = false;
  }

  /** Keeps what the leg says of the stream it hears, and how long the way to it is by that. */
  reported(block: ReportBlock, nowMs: number): void {
    this.report = block;
    const tripMs = this.peer?.passedReports?.roundTripMs(block, nowMs);
    if (tripMs !== undefined && tripMs !== null) this.roundTripMs = tripMs;
  }

  closeSockets(): void {
    this.rtp?.close();
    this.rtcp?.close();
    this.rtp = null;
    this.rtcp = null;
  }

  figures(): EndpointFigures {
    const firstAgreed = this.config.types.find((type) => type.clockRateHz > 0);
    const source = this.latch.source;
    return {
      endpointId: this.id,
      codec: (this.codec ?? firstAgreed)?.name ?? null,
      remote: source && { address: source.address, port: source.port },
      received: {
        packets: this.before.packets + this.reception.packets,
        octets: this.octets,
        lost: this.before.lost + this.reception.lost,
        jitterMs: this.reception.jitterMs,
        lastPacketAtMs: this.lastPacketAtMs,
      },
      sent: { ...this.sent },
      reported: this.reportFigures(),
      roundTripMs: this.roundTripMs,
      dropped: { ...this.dropped },
    };
  }

  private reportFigures(): EndpointFigures['reported'] {
    if (!this.report) return null;
    const clockRateHz = this.peer?.heardClockRateHz ?? 8_000;
    const { lostFraction, lost, jitterTicks } = this.report;
    return { lostFraction, lost, jitterMs: (jitterTicks * 1_000) / clockRateHz };
  }
}

/** A packet as the relay looks at it: one object for all, so that none is allocated for each. */
export interface SeenPacket extends PacketIdentity, Arrival {
  readonly payloadType: number;
  readonly octets: number;
  clockRateHz: number;
}

import type { Clock } from '@/lib/core/clock';
import { parseRtcp } from '@/lib/protocol/rtcp/parse';
import {
  isRtcp,
  rtpFault,
  rtpPayloadType,
  rtpSequence,
  rtpSsrc,
  rtpTimestamp,
  setRtpPayloadType,
} from '@/lib/protocol/rtp/header';
import { Endpoint } from './endpoint';
import type { MediaAddress } from './latch';
import {
  type EndpointConfig,
  type EndpointFigures,
  type FromWorker,
  GATE_CLOSED,
  GATE_EARLY,
  GATE_OPEN,
  type ToWorker,
  type WorkerUsage,
} from './messages';
import { VoicePath } from './path';
import type { VoicePlan } from './path-plan';
import { PortPool } from './port-pool';
import { SharedConfig } from './shared-config';
import type { MediaSocket, OpenMediaSocket } from './udp-socket';

/** No codec fills an Ethernet frame; what is larger is no voice. */
const MAX_PACKET_BYTES = 1_500;
/** A voice sends 50 to 100 packets a second; ten times that is an attack or a loop. */
const MAX_PACKETS_PER_SECOND = 1_000;
/** Nobody presses more keys in a second; a machine, a dozen. */
const MAX_DIGITS_PER_SECOND = 20;
/** Ports that somebody else holds are passed over, so many times. */
const MAX_BIND_TRIES = 16;

export interface RelayOptions {
  readonly gates: Int32Array;
  readonly address: string;
  readonly portMin: number;
  readonly portMax: number;
  readonly quarantineMs: number;
  readonly inactivityTimeoutMs: number;
  readonly restingPorts: readonly number[];
  readonly clock: Clock;
  readonly randomBelow: (bound: number) => number;
  readonly openSocket: OpenMediaSocket;
  readonly emit: (message: FromWorker) => void;
}

/**
 * The relay of one worker: endpoints with their sockets, packets from one to its peer. It knows
 * neither SDP nor calls; the engine tells it what was agreed.
 */
export class Relay {
  private readonly options: RelayOptions;
  private readonly pool: PortPool;
  private readonly endpoints = new Map<number, Endpoint>();
  private readonly shared = new SharedConfig();
  private isFaultTold = false;
  /** One packet is looked at at a time. */
  private readonly seen = {
    address: '',
    port: 0,
    ssrc: 0,
    sequence: 0,
    payloadType: 0,
    timestamp: 0,
    octets: 0,
    atMs: 0,
    clockRateHz: 0,
  };

  constructor(options: RelayOptions) {
    this.options = options;
    this.pool = new PortPool({
      min: options.portMin,
      max: options.portMax,
      quarantineMs: options.quarantineMs,
      monotonicMs: () => options.clock.monotonicMs(),
      randomBelow: options.randomBelow,
    });
    this.pool.restFirst(options.restingPorts);
  }

  /** Does what the engine asks; answers by `emit`. */
  async handle(message: ToWorker): Promise<void> {
    const { emit } = this.options;
    switch (message.type) {
      case 'bind': {
        const { endpointId: id, gateSlot, isCaller } = message;
        const { clock } = this.options;
        await this.bind(new Endpoint({ id, gateSlot, isCaller }, () => clock.monotonicMs()));
        return;
      }
      case 'configure':
        this.configure(message.endpointId, message.config);
        return;
      case 'query':
      case 'release': {
        const figures = message.endpointIds.flatMap((id) =>
          message.type === 'release' ? this.release(id) : this.figuresOf(id),
        );
        emit({ type: 'figures', requestId: message.requestId, figures });
        return;
      }
      case 'press':
        this.press(message);
        return;
      case 'usage':
        emit({ type: 'usage', requestId: message.requestId, usage: this.usage() });
    }
  }

  /** Once a second: renews the packet budgets and looks for legs that fell silent. */
  sweep(): void {
    this.isFaultTold = false;
    const nowMs = this.options.clock.monotonicMs();
    for (const endpoint of this.endpoints.values()) {
      endpoint.budget = MAX_PACKETS_PER_SECOND;
      endpoint.digitBudget = MAX_DIGITS_PER_SECOND;
      endpoint.path?.renew();
      this.checkActivity(endpoint, nowMs);
    }
  }

  usage(): WorkerUsage {
    const { inUse, quarantined, free } = this.pool;
    return { endpoints: this.endpoints.size, inUse, quarantined, free };
  }

  /** Closes all sockets. */
  close(): void {
    for (const id of [...this.endpoints.keys()]) this.release(id);
  }

  private async bind(endpoint: Endpoint): Promise<void> {
    const { emit } = this.options;
    const endpointId = endpoint.id;
    this.endpoints.set(endpointId, endpoint);
    endpoint.budget = MAX_PACKETS_PER_SECOND;
    endpoint.digitBudget = MAX_DIGITS_PER_SECOND;
    let reason = 'every port pair is in use';
    for (let tries = 0; tries < MAX_BIND_TRIES && !endpoint.isReleased; tries += 1) {
      const port = this.pool.take();
      if (port === null) break;
      try {
        await this.openPair(endpoint, port);
        emit({ type: 'bound', endpointId, port });
        return;
      } catch (error) {
        // Held by another program, most likely: it rests like a used one.
        endpoint.closeSockets();
        this.pool.giveBack(port);
        reason = `port ${port} can't be opened: ${error instanceof Error ? error.message : error}`;
      }
    }
    this.endpoints.delete(endpointId);
    emit({ type: 'unbound', endpointId, reason: endpoint.isReleased ? 'released' : reason });
  }

  private async openPair(endpoint: Endpoint, port: number): Promise<void> {
    const { openSocket, address } = this.options;
    // Written out twice: a common wrapper would be a call to somewhere else for each packet.
    const onRtp = (packet: Uint8Array, from: MediaAddress): void => {
      try {
        this.onRtp(endpoint, packet, from);
      } catch (error) {
        this.tellFault(error);
      }
    };
    const onRtcp = (packet: Uint8Array, from: MediaAddress): void => {
      try {
        this.onRtcp(endpoint, packet, from);
      } catch (error) {
        this.tellFault(error);
      }
    };
    endpoint.rtp = await openSocket({ address, port, onPacket: onRtp });
    endpoint.rtcp = await openSocket({ address, port: port + 1, onPacket: onRtcp });
    if (endpoint.isReleased) throw new Error('released');
    endpoint.port = port;
  }

  /** One packet's fault must not end everybody's calls. */
  private tellFault(error: unknown): void {
    if (this.isFaultTold) return;
    this.isFaultTold = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.options.emit({ type: 'fault', error: text });
  }

  private configure(endpointId: number, config: EndpointConfig): void {
    const endpoint = this.endpoints.get(endpointId);
    if (!endpoint) return;
    const peer = config.peerId === null ? null : (this.endpoints.get(config.peerId) ?? null);
    endpoint.configure(this.shared.of(config), peer);
  }

  private figuresOf(endpointId: number): EndpointFigures[] {
    const endpoint = this.endpoints.get(endpointId);
    return endpoint ? [endpoint.figures()] : [];
  }

  private release(endpointId: number): EndpointFigures[] {
    const endpoint = this.endpoints.get(endpointId);
    if (!endpoint) return [];
    const figures = endpoint.figures();
    endpoint.isReleased = true;
    endpoint.closePath();
    endpoint.closeSockets();
    // A pair still being opened is given back by whoever opens it.
    if (endpoint.port !== 0) this.pool.giveBack(endpoint.port);
    this.endpoints.delete(endpointId);
    return [figures];
  }

  private onRtp(endpoint: Endpoint, datagram: Uint8Array, from: MediaAddress): void {
    const { dropped, latch, guard } = endpoint;
    const packet = guard === null ? datagram : guard.open(datagram, from);
    if (packet === null) return;
    if (isRtcp(packet) && latch.acceptsMuxedRtcp(from)) {
      this.relayRtcp(endpoint, packet, () => true);
      return;
    }
    if (packet.length > MAX_PACKET_BYTES || rtpFault(packet) !== null) {
      dropped.invalid += 1;
      return;
    }
    const { seen } = this;
    seen.address = from.address;
    seen.port = from.port;
    seen.ssrc = rtpSsrc(packet);
    seen.sequence = rtpSequence(packet);
    seen.atMs = this.options.clock.monotonicMs();
    if (!latch.acceptsRtp(seen, seen.atMs)) {
      endpoint.refuse(packet, seen);
      return;
    }
    if (endpoint.heldBack !== null) {
      for (const held of endpoint.takeHeld()) this.relayRtp(endpoint, held);
    }
    this.relayRtp(endpoint, packet);
  }

  /** What is the leg's own: counted, and sent on if that may be. */
  private relayRtp(endpoint: Endpoint, packet: Uint8Array): void {
    if (!this.takeBudget(endpoint)) return;
    const { seen } = this;
    seen.ssrc = rtpSsrc(packet);
    seen.sequence = rtpSequence(packet);
    seen.payloadType = rtpPayloadType(packet);
    seen.timestamp = rtpTimestamp(packet);
    seen.octets = packet.length;
    endpoint.heard(seen, this.options.clock.nowMs());
    const key = endpoint.keys.isKey(seen.payloadType) ? endpoint.keys.read(packet) : null;
    if (key?.step === 'start') this.tellDigit(endpoint, key.digit);
    const peer = this.receiverOf(endpoint);
    if (!peer) return;
    const plan = endpoint.config.voice;
    if (plan !== undefined && endpoint.needsPath(seen.payloadType)) {
      if (!this.pathOf(endpoint, plan).take(packet, key)) endpoint.dropped.excess += 1;
      return;
    }
    const type = endpoint.renumbered(seen.payloadType);
    if (type !== seen.payloadType) setRtpPayloadType(packet, type);
    this.forward(endpoint, packet);
  }

  /** Sends RTP on to the leg's peer. */
  private forward({ peer, dropped }: Endpoint, packet: Uint8Array): void {
    const sealed = peer === null || peer.guard === null ? packet : peer.guard.sealRtp(packet);
    if (!peer || !sent(sealed, peer.rtp, peer.latch.rtpDestination)) {
      dropped.unroutable += 1;
      return;
    }
    peer.sent.packets += 1;
    peer.sent.octets += packet.length;
  }

  private pathOf(endpoint: Endpoint, plan: VoicePlan): VoicePath {
    endpoint.path ??= new VoicePath({
      plan,
      randomBelow: this.options.randomBelow,
      send: (packet) => this.forward(endpoint, packet),
      onDigit: (digit) => this.tellDigit(endpoint, digit),
    });
    return endpoint.path;
  }

  private press(message: Extract<ToWorker, { type: 'press' }>): void {
    const endpoint = this.endpoints.get(message.endpointId);
    const plan = endpoint?.config.voice;
    if (!endpoint || plan === undefined || !this.receiverOf(endpoint)) return;
    this.pathOf(endpoint, plan).press(message.digit, message.durationMs);
    this.tellDigit(endpoint, message.digit);
  }

  private tellDigit(endpoint: Endpoint, digit: string | null): void {
    if (digit === null || endpoint.digitBudget <= 0) return;
    endpoint.digitBudget -= 1;
    const { id: endpointId, gateSlot } = endpoint;
    this.options.emit({ type: 'digit', endpointId, gateSlot, digit });
  }

  private onRtcp(endpoint: Endpoint, datagram: Uint8Array, from: MediaAddress): void {
    const { guard } = endpoint;
    const packet = guard === null ? datagram : guard.openRtcp(datagram, from);
    if (packet === null) return;
    if (packet.length > MAX_PACKET_BYTES) endpoint.dropped.invalid += 1;
    else this.relayRtcp(endpoint, packet, () => endpoint.latch.acceptsRtcp(from));
  }

  private relayRtcp(endpoint: Endpoint, packet: Uint8Array, isOwn: () => boolean): void {
    const parsed = parseRtcp(packet);
    if (!parsed.ok) {
      endpoint.dropped.invalid += 1;
      return;
    }
    if (!isOwn()) {
      endpoint.dropped.foreign += 1;
      return;
    }
    if (!this.takeBudget(endpoint)) return;
    const nowMs = this.options.clock.monotonicMs();
    endpoint.showedItself(nowMs);
    const heardSsrc = endpoint.peer?.heardSsrc;
    for (const { blocks } of parsed.reports) {
      for (const block of blocks) if (block.ssrc === heardSsrc) endpoint.reported(block, nowMs);
    }
    // Reports are no voice, and flow while the media is on hold; but no closed gate lets them by.
    const { peer } = endpoint;
    if (!peer || !this.isGateOpen(endpoint)) return;
    endpoint.translate(packet, peer);
    if (!this.sendRtcp(peer, packet)) return;
    for (const { sender } of parsed.reports) if (sender) endpoint.reportPassed(sender, nowMs);
  }

  private sendRtcp({ guard, latch, rtp, rtcp }: Endpoint, packet: Uint8Array): boolean {
    const to = latch.rtcpDestination;
    if (guard === null) return sent(packet, rtcp, to);
    return sent(guard.sealRtcp(packet), guard.isRtcpMuxed ? rtp : rtcp, to);
  }

  private takeBudget(endpoint: Endpoint): boolean {
    endpoint.budget -= 1;
    if (endpoint.budget >= 0) return true;
    endpoint.dropped.excess += 1;
    return false;
  }

  private isGateOpen(endpoint: Endpoint): boolean {
    const gate = Atomics.load(this.options.gates, endpoint.gateSlot);
    return gate !== GATE_CLOSED && !(gate === GATE_EARLY && endpoint.isCaller);
  }

  /** Who is to hear the endpoint's leg; counts why nobody is. */
  private receiverOf(endpoint: Endpoint): Endpoint | null {
    const { peer, config, dropped } = endpoint;
    if (!peer) {
      dropped.unroutable += 1;
      return null;
    }
    if (config.maySend && peer.config.mayReceive && this.isGateOpen(endpoint)) return peer;
    dropped.gated += 1;
    return null;
  }

  /** Silence counts only where sound is due: connected, gate open, nobody on hold. */
  private checkActivity(endpoint: Endpoint, nowMs: number): void {
    const { peer, gateSlot } = endpoint;
    const isOpen = Atomics.load(this.options.gates, gateSlot) === GATE_OPEN;
    if (!peer || !isOpen || endpoint.isHeld || peer.isHeld) {
      endpoint.expectedSinceMs = null;
      return;
    }
    endpoint.expectedSinceMs ??= nowMs;
    const silentMs = nowMs - Math.max(endpoint.expectedSinceMs, endpoint.lastHeardMs ?? 0);
    const timeoutMs = this.options.inactivityTimeoutMs;
    if (silentMs < timeoutMs || endpoint.isInactivityTold) return;
    endpoint.isInactivityTold = true;
    const sinceMs = Math.max(peer.expectedSinceMs ?? nowMs, peer.lastHeardMs ?? 0);
    const sessionSilent = nowMs - sinceMs >= timeoutMs;
    const { id: endpointId } = endpoint;
    this.options.emit({ type: 'inactive', endpointId, gateSlot, silentMs, sessionSilent });
  }
}

/** Whether there was something, and somewhere to send it. */
function sent(
  packet: Uint8Array | null,
  socket: MediaSocket | null,
  to: MediaAddress | null,
): boolean {
  if (packet === null || socket === null || to === null) return false;
  socket.send(packet, to);
  return true;
}

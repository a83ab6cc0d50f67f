import {
  isRtcp,
  rtpFault,
  rtpPayloadType,
  rtpSequence,
  rtpSsrc,
  rtpTimestamp,
  setRtpPayloadType,
} from '@/lib/protocol/rtp/header';
import { newSilence } from './activity';
import type { CaptureDisk } from './capture-disk';
import { Captures } from './captures';
import { Endpoint } from './endpoint';
import { isGateOpen } from './gate';
import type { MediaAddress } from './latch';
import {
  type EndpointConfig,
  type EndpointFigures,
  type FromWorker,
  MAX_PACKET_BYTES,
  type ToWorker,
  type WorkerUsage,
} from './messages';
import { VoicePath } from './path';
import type { VoicePlan } from './path-plan';
import { type PortListener, Ports, type PortsOptions } from './ports';
import { ReportRelay } from './report-relay';
import { SharedConfig } from './shared-config';
import { Speakers } from './speakers';

/** A voice sends 50 to 100 packets a second; ten times that is an attack or a loop. */
const MAX_PACKETS_PER_SECOND = 1_000;
/** Nobody presses more keys in a second; a machine, a dozen. */
const MAX_DIGITS_PER_SECOND = 20;

export interface RelayOptions extends PortsOptions {
  readonly gates: Int32Array;
  readonly inactivityTimeoutMs: number;
  /** Runs something once, later. */
  readonly setTimer: (run: () => void, delayMs: number) => void;
  readonly captureDisk: CaptureDisk;
  readonly emit: (message: FromWorker) => void;
}

/**
 * The relay of one worker: endpoints with their sockets, packets from one to its peer. It knows
 * neither SDP nor calls; the engine tells it what was agreed.
 */
export class Relay implements PortListener {
  private readonly options: RelayOptions;
  private readonly ports: Ports;
  private readonly reports: ReportRelay;
  private readonly speakers: Speakers;
  private readonly captures: Captures;
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
    this.ports = new Ports(options, this);
    this.reports = new ReportRelay(options.gates, options.clock);
    this.speakers = new Speakers({
      ...options,
      monotonicMs: () => options.clock.monotonicMs(),
      onFault: (error) => this.onFault(error),
    });
    this.captures = new Captures({
      disk: options.captureDisk,
      monotonicMs: () => options.clock.monotonicMs(),
      legOf: (endpointId) => this.endpoints.get(endpointId),
      onEnd: (end) => options.emit({ type: 'captured', end }),
    });
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
      case 'play': {
        const endpoint = this.endpoints.get(message.endpointId);
        if (endpoint) this.speakers.play(endpoint, message.playbackId, message.playback);
        return;
      }
      case 'stopPlaying': {
        const endpoint = this.endpoints.get(message.endpointId);
        if (endpoint) this.speakers.stop(endpoint);
        return;
      }
      case 'capture':
        this.captures.handle(message.capture);
        return;
      case 'usage':
        emit({ type: 'usage', requestId: message.requestId, usage: this.usage() });
    }
  }

  /** Once a second: renews the packet budgets, settles, and looks for legs that fell silent. */
  sweep(): void {
    this.isFaultTold = false;
    const nowMs = this.options.clock.monotonicMs();
    for (const endpoint of this.endpoints.values()) {
      endpoint.budget = MAX_PACKETS_PER_SECOND;
      endpoint.digitBudget = MAX_DIGITS_PER_SECOND;
      endpoint.path?.renew();
      endpoint.settle();
      this.checkActivity(endpoint, nowMs);
    }
    this.captures.sweep();
  }

  usage(): WorkerUsage {
    return { endpoints: this.endpoints.size, ...this.ports.usage };
  }

  onRtp(endpoint: Endpoint, datagram: Uint8Array, from: MediaAddress): void {
    const { dropped, latch, guard } = endpoint;
    const packet = guard === null ? datagram : guard.open(datagram, from);
    if (packet === null) return;
    if (isRtcp(packet) && latch.acceptsMuxedRtcp(from)) {
      this.reports.relay(endpoint, packet, () => true);
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

  onRtcp(endpoint: Endpoint, datagram: Uint8Array, from: MediaAddress): void {
    this.reports.onRtcp(endpoint, datagram, from);
  }

  /** Told at most once a second. */
  onFault(error: unknown): void {
    if (this.isFaultTold) return;
    this.isFaultTold = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.options.emit({ type: 'fault', error: text });
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
    const port = await this.ports.open(endpoint);
    if (typeof port === 'number') {
      emit({ type: 'bound', endpointId, port });
      return;
    }
    this.endpoints.delete(endpointId);
    emit({ type: 'unbound', endpointId, reason: port });
  }

  private configure(endpointId: number, config: EndpointConfig): void {
    const endpoint = this.endpoints.get(endpointId);
    if (!endpoint) return;
    const peer = config.peerId === null ? null : (this.endpoints.get(config.peerId) ?? null);
    endpoint.configure(this.shared.of(config), peer);
    this.speakers.configured(endpoint);
    endpoint.tap?.learn(config.types, this.options.clock.monotonicMs());
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
    this.speakers.stop(endpoint);
    this.ports.close(endpoint);
    this.endpoints.delete(endpointId);
    return [figures];
  }

  /** What is the leg's own: counted, and sent on if that may be. */
  private relayRtp(endpoint: Endpoint, packet: Uint8Array): void {
    if (!endpoint.takeBudget()) return;
    const { seen } = this;
    seen.ssrc = rtpSsrc(packet);
    seen.sequence = rtpSequence(packet);
    seen.payloadType = rtpPayloadType(packet);
    seen.timestamp = rtpTimestamp(packet);
    seen.octets = packet.length;
    endpoint.heard(seen, this.options.clock.nowMs());
    if (endpoint.tap !== null) endpoint.tap.take(packet, seen.atMs);
    const key = endpoint.keys.isKey(seen.payloadType) ? endpoint.keys.read(packet) : null;
    if (key?.step === 'start') this.tellDigit(endpoint, key.digit);
    if (endpoint.hearsItself) {
      this.sendBack(endpoint, packet);
      return;
    }
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
    if (peer === null || !peer.deliver(packet)) dropped.unroutable += 1;
  }

  private sendBack(endpoint: Endpoint, packet: Uint8Array): void {
    const { config, dropped } = endpoint;
    if (!config.mayReceive || !isGateOpen(this.options.gates, endpoint)) {
      dropped.gated += 1;
      return;
    }
    if (!endpoint.deliver(packet)) dropped.unroutable += 1;
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

  /** Who is to hear the endpoint's leg; counts why nobody is. */
  private receiverOf(endpoint: Endpoint): Endpoint | null {
    const { gates } = this.options;
    const { peer, config, dropped } = endpoint;
    if (!peer) {
      dropped.unroutable += 1;
      return null;
    }
    const isWanted = config.maySend && peer.config.mayReceive && peer.speaker === null;
    if (isWanted && isGateOpen(gates, endpoint)) return peer;
    dropped.gated += 1;
    return null;
  }

  private checkActivity(endpoint: Endpoint, nowMs: number): void {
    const { gates, inactivityTimeoutMs: timeoutMs, emit } = this.options;
    const { id: endpointId, gateSlot } = endpoint;
    const gate = Atomics.load(gates, gateSlot);
    const silence = newSilence(endpoint, { gate, nowMs, timeoutMs });
    if (silence) emit({ type: 'inactive', endpointId, gateSlot, ...silence });
  }
}

import { ManualClock } from '@/lib/core/clock';
import {
  type EndpointConfig,
  type EndpointFigures,
  type FromWorker,
  GATE_OPEN,
} from '@/lib/switch/media/relay/messages';
import { Relay } from '@/lib/switch/media/relay/relay';
import type { OpenMediaSocket } from '@/lib/switch/media/relay/udp-socket';
import { Ear } from '@/tests/unit/switch/media/phone';
import { MemoryDisk } from './memory-disk';

const LOCAL = '127.0.0.1';
export const CALLER = 1;
export const CALLEE = 2;
export const TIMEOUT_MS = 30_000;

/** A relay on a clock of its own with phones at real sockets. */
export class RelayWorld {
  readonly clock = new ManualClock();
  readonly gates = new Int32Array([GATE_OPEN]);
  readonly told: FromWorker[] = [];
  /** What is captured. */
  readonly disk = new MemoryDisk();
  readonly relay: Relay;
  /** Packets that the relay has dealt with. */
  arrived = 0;
  private timers: { readonly run: () => void; readonly atMs: number }[] = [];
  private readonly ears: Ear[] = [];

  constructor(openSocket: OpenMediaSocket, portMin: number) {
    this.relay = new Relay({
      gates: this.gates,
      address: LOCAL,
      portMin,
      portMax: portMin + 99,
      quarantineMs: 10_000,
      inactivityTimeoutMs: TIMEOUT_MS,
      captureDisk: this.disk,
      restingPorts: [],
      clock: this.clock,
      setTimer: (run, delayMs) => {
        this.timers.push({ run, atMs: this.clock.monotonicMs() + delayMs });
      },
      randomBelow: (bound) => Math.floor(Math.random() * bound),
      openSocket: (options) =>
        openSocket({
          ...options,
          onPacket: (packet, from) => {
            options.onPacket(packet, from);
            this.arrived += 1;
          },
        }),
      emit: (message) => this.told.push(message),
    });
  }

  /** Timers that are set. */
  get waitingTimers(): number {
    return this.timers.length;
  }

  /** Moves time on, and runs what is due on the way. */
  pass(byMs: number): void {
    const untilMs = this.clock.monotonicMs() + byMs;
    for (;;) {
      const [next] = this.timers.sort((one, other) => one.atMs - other.atMs);
      if (!next || next.atMs > untilMs) break;
      this.clock.advance(Math.max(0, next.atMs - this.clock.monotonicMs()));
      this.timers.shift();
      next.run();
    }
    this.clock.advance(untilMs - this.clock.monotonicMs());
  }

  /** Moves time on as a busy loop does: what was due runs late, once. */
  stall(byMs: number): void {
    this.clock.advance(byMs);
    const due = this.timers.filter(({ atMs }) => atMs <= this.clock.monotonicMs());
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const { run } of due) run();
  }

  /** Resolves once the relay has dealt with so many packets. */
  async taken(count: number): Promise<void> {
    while (this.arrived < count) await new Promise((resolve) => setImmediate(resolve));
  }

  async ear(port?: number): Promise<Ear> {
    const opened = await Ear.open(LOCAL, port);
    this.ears.push(opened);
    return opened;
  }

  async bind(endpointId: number): Promise<number> {
    const isCaller = endpointId === CALLER;
    await this.relay.handle({ type: 'bind', endpointId, gateSlot: 0, isCaller });
    const bound = this.told.findLast((message) => message.type === 'bound');
    return bound?.endpointId === endpointId ? bound.port : 0;
  }

  agree(endpointId: number, phone: Ear, change: Partial<EndpointConfig> = {}): void {
    const rtcp = { address: LOCAL, port: phone.port + 1 };
    const config: EndpointConfig = {
      peerId: endpointId === CALLER ? CALLEE : CALLER,
      maySend: true,
      mayReceive: true,
      expectation: { remote: { address: LOCAL, port: phone.port, rtcp }, sources: [LOCAL] },
      renumber: [],
      types: [{ payloadType: 8, name: 'PCMA/8000', clockRateHz: 8_000 }],
      security: null,
      ...change,
    };
    void this.relay.handle({ type: 'configure', endpointId, config });
  }

  /** A caller and a callee, connected; with the ports that each is told. */
  async call(): Promise<{ a: Ear; b: Ear; toA: number; toB: number }> {
    const [a, b] = [await this.ear(), await this.ear()];
    const [toA, toB] = [await this.bind(CALLER), await this.bind(CALLEE)];
    this.agree(CALLER, a);
    this.agree(CALLEE, b);
    return { a, b, toA, toB };
  }

  figuresOf(endpointId: number): EndpointFigures {
    void this.relay.handle({ type: 'query', requestId: 1, endpointIds: [endpointId] });
    const message = this.told.pop();
    const [figures] = message?.type === 'figures' ? message.figures : [];
    if (!figures) throw new Error('no figures');
    return figures;
  }

  close(): void {
    this.relay.close();
    for (const ear of this.ears) ear.close();
  }
}

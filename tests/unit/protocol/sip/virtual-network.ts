import { ManualClock } from '@/lib/core/clock';
import { ManualTimers } from '@/lib/protocol/sip/timers';
import type {
  Timing,
  TransactionLayer,
  TransactionLayerOptions,
  TransactionUsers,
} from '@/lib/protocol/sip/transaction';
import { createTransactionLayer } from '@/lib/protocol/sip/transaction-layer';
import type { Endpoint, Flow, TransportName } from '@/lib/protocol/sip/transport';

/** What the network does to one packet: how often it arrives, and after which delays. */
export type Fate = (packet: { readonly index: number; readonly text: string }) => readonly number[];

/** Small, seeded, good enough for tests (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Loses, doubles and reorders by the given shares. */
export function rough(random: () => number, loss: number, duplication: number): Fate {
  return () => {
    if (random() < loss) return [];
    const delayMs = 1 + random() * 80;
    return random() < duplication ? [delayMs, delayMs + random() * 120] : [delayMs];
  };
}

/** A network in virtual time. Nothing here ever sleeps. */
export class VirtualNetwork {
  readonly timers = new ManualTimers();
  readonly clock = new ManualClock();
  /** Every packet sent, as text, in order; lost ones too. */
  readonly log: string[] = [];
  readonly errors: unknown[] = [];
  fate: Fate = () => [1];
  private readonly layers = new Map<string, TransactionLayer>();
  private tokens = 0;

  /** A host with a transaction layer on it. */
  host(
    name: string,
    users: Partial<TransactionUsers>,
    options: {
      readonly timing?: Partial<Timing>;
      readonly transport?: TransportName;
      readonly maxTransactions?: number;
      readonly openInvites?: TransactionLayerOptions['openInvites'];
    } = {},
  ): TransactionLayer {
    const layer = createTransactionLayer({
      transport: { send: (bytes, flow) => this.carry(bytes, flow) },
      timers: this.timers,
      clock: this.clock,
      randomToken: () => {
        this.tokens += 1;
        return `token${this.tokens}`;
      },
      users: {
        onRequest: (transaction) => transaction.respond(501),
        onAck: () => {},
        onStrayResponse: () => {},
        onError: (error) => this.errors.push(error),
        ...users,
      },
      ...(options.timing === undefined ? {} : { timing: options.timing }),
      ...(options.maxTransactions === undefined
        ? {}
        : { maxTransactions: options.maxTransactions }),
      ...(options.openInvites === undefined ? {} : { openInvites: options.openInvites }),
    } satisfies TransactionLayerOptions);
    this.layers.set(name, layer);
    return layer;
  }

  flow(from: string, to: string, transport: TransportName = 'udp'): Flow {
    const at = (address: string): Endpoint => ({ address, port: 5060 });
    return { transport, local: at(from), remote: at(to) };
  }

  /** Moves time on; packets and timers fire on the way. */
  advance(byMs: number): void {
    // In steps, so that the layers' clock keeps up with the timers.
    for (let leftMs = byMs; leftMs > 0; leftMs -= 10) {
      this.clock.advance(Math.min(leftMs, 10));
      this.timers.advance(Math.min(leftMs, 10));
    }
  }

  /** The start lines of the packets sent, in order. */
  startLines(): string[] {
    return this.log.map((text) => text.slice(0, text.indexOf('\r\n')));
  }

  private carry(bytes: Buffer, flow: Flow): boolean {
    const text = bytes.toString('latin1');
    const target = this.layers.get(flow.remote.address);
    if (flow.remote.address === 'unreachable') return false;
    this.log.push(text);
    const back: Flow = { ...flow, local: flow.remote, remote: flow.local };
    for (const delayMs of this.fate({ index: this.log.length - 1, text })) {
      this.timers.after(delayMs, () => target?.receive(bytes, back));
    }
    return true;
  }
}

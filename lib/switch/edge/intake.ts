import type { Clock } from '@/lib/core/clock';
import type { Flow, InboundMessage } from '@/lib/protocol/sip/transport';
import type { BanList } from './ban-list';
import type { RateLimiter } from './rate-limiter';
import { isDenied, type SourceBook } from './source';
import type { EdgeCounters } from './types';

/** Messages that go up together at most: the first of many that waited in the kernel is handled at once. */
const MAX_TOGETHER = 8;

/** The counters while they are counted. */
export type MutableEdgeCounters = { -readonly [Name in keyof EdgeCounters]: number };

/** The door: what is banned or too much is dropped before anybody parses it; the rest is batched. */
export class Intake {
  readonly counts: MutableEdgeCounters = {
    received: 0,
    sent: 0,
    bytesReceived: 0,
    bytesSent: 0,
    droppedBanned: 0,
    droppedRateLimited: 0,
    droppedMalformed: 0,
    droppedScanner: 0,
    sendFailures: 0,
    connections: 0,
    connectionsRefused: 0,
    bans: 0,
  };
  private batch: InboundMessage[] = [];
  private readonly sources: SourceBook;
  private readonly bans: BanList;
  private readonly limiter: RateLimiter;
  private readonly clock: Clock;
  private readonly onMessages: (batch: readonly InboundMessage[]) => void;

  constructor(options: {
    sources: SourceBook;
    bans: BanList;
    limiter: RateLimiter;
    clock: Clock;
    onMessages: (batch: readonly InboundMessage[]) => void;
  }) {
    this.sources = options.sources;
    this.bans = options.bans;
    this.limiter = options.limiter;
    this.clock = options.clock;
    this.onMessages = options.onMessages;
  }

  /** Whether an address may speak now; counts why not. */
  admits(address: string): boolean {
    const source = this.sources.of(address);
    if (source.isExempt) return true;
    const by = isDenied(source, this.clock.nowMs())
      ? source.denial?.id
      : this.bans.banOf(source.key);
    if (by !== undefined) {
      this.counts.droppedBanned += 1;
      this.bans.recordDrop(by);
      return false;
    }
    if (!this.limiter.take(source.key, this.clock.monotonicMs())) {
      this.counts.droppedRateLimited += 1;
      return false;
    }
    return true;
  }

  /** Takes an admitted message; what comes in one turn of the event loop goes up together, a few at a time. */
  accept(bytes: Buffer, flow: Flow): void {
    this.counts.received += 1;
    this.counts.bytesReceived += bytes.length;
    if (this.batch.length === 0) setImmediate(() => this.deliver());
    this.batch.push({ bytes, flow });
    if (this.batch.length >= MAX_TOGETHER) this.deliver();
  }

  /** Hands up what was accepted since the last time. */
  deliver(): void {
    const { batch } = this;
    if (batch.length === 0) return;
    this.batch = [];
    this.onMessages(batch);
  }
}

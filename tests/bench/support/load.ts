import { percentile } from './bench';
import type { BenchPhones } from './switch-under-test';

/** What a generator is asked to do, in a process of its own. */
export interface LoadJob {
  readonly kind: 'register' | 'call';
  readonly target: { readonly host: string; readonly port: number };
  readonly phones: BenchPhones;
  /** Where the phones are; 0: at any port. The same one twice: the same phones come again. */
  readonly port: number;
  /** Exchanges under way at once. */
  readonly inFlight: number;
  /** Exchanges begun a second, evenly; null: as fast as the answers come. */
  readonly perSecond: number | null;
  readonly warmUpMs: number;
  readonly measuredMs: number;
  /** Ends sooner, once so many were done since the start; null: only time ends it. */
  readonly total: number | null;
  /** Calls: whether INVITEs are to be challenged (a proxy may do without), and how long they stand. */
  readonly authenticate: boolean;
  readonly talkMs: number;
}

/** What came of it within the measured time. */
export interface LoadResult {
  readonly perSecond: number;
  /** From the request that was let in to its final answer, on the wire; what the phone called took is left out. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly done: number;
  /** How many were done within the measured time. */
  readonly measured: number;
  /** Exchanges without an answer in time, since the start. */
  readonly lost: number;
  /** Final answers that were not 200, by status, since the start. */
  readonly refused: Readonly<Record<string, number>>;
  readonly sockets: 'native' | 'plain';
}

/** An exchange that is not over by then is given up; loopback loses nothing but what is not read. */
const PATIENCE_MS = 3_000;
const SWEEP_MS = 250;
/** Exchanges of so long are begun together, and no more, however late the generator is. */
const AT_ONCE_MS = 3;
const MAX_SAMPLES = 2_000_000;

/** One exchange at a time: a phone registering, or a call. */
export interface Slot {
  readonly index: number;
  /** Tells exchanges of a slot apart: what answers an earlier one is not for this. */
  serial: number;
  /** 0: nothing under way. */
  begunMs: number;
}

/** What a kind of load does with its slots. */
export interface Exchange<S extends Slot> {
  newSlot(index: number): S;
  begin(slot: S): void;
}

/** Keeps slots busy, by demand or by the clock, and counts what came of it. */
export class LoadLoop<S extends Slot> {
  private readonly job: LoadJob;
  private readonly exchange: Exchange<S>;
  private readonly slots: S[];
  private readonly free: S[];
  private readonly refused: Record<string, number> = {};
  private readonly samples = new Float64Array(MAX_SAMPLES);
  private sampleCount = 0;
  private done = 0;
  private doneInAll = 0;
  private lost = 0;
  private owed = 0;
  private fromMs = 0;
  private untilMs = 0;
  private finish: () => void = () => undefined;

  constructor(job: LoadJob, exchange: Exchange<S>) {
    this.job = job;
    this.exchange = exchange;
    this.slots = Array.from({ length: job.inFlight }, (_, index) => exchange.newSlot(index));
    this.free = [...this.slots].reverse();
  }

  /** The slot of an answer; undefined for one that is not waited for any more. */
  slotOf(index: number, serial: number): S | undefined {
    const slot = this.slots[index];
    return slot !== undefined && slot.serial === serial && slot.begunMs > 0 ? slot : undefined;
  }

  /** An exchange went as it should; `tookMs` is what its caller waited for. */
  succeeded(slot: S, tookMs: number): void {
    const nowMs = performance.now();
    this.doneInAll += 1;
    if (nowMs >= this.fromMs && nowMs < this.untilMs) {
      this.done += 1;
      if (this.sampleCount < MAX_SAMPLES) {
        this.samples[this.sampleCount] = tookMs;
        this.sampleCount += 1;
      }
    }
    this.release(slot);
  }

  failed(slot: S, status: number): void {
    this.refused[status] = (this.refused[status] ?? 0) + 1;
    this.release(slot);
  }

  async run(sockets: 'native' | 'plain'): Promise<LoadResult> {
    const { warmUpMs, measuredMs, perSecond } = this.job;
    const beginMs = performance.now();
    this.fromMs = beginMs + warmUpMs;
    this.untilMs = this.fromMs + measuredMs;
    const sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    const ended = new Promise<void>((resolve) => {
      this.finish = resolve;
    });
    const end = setTimeout(() => this.finish(), warmUpMs + measuredMs);
    const begin = setTimeout(() => process.send?.('begins'), warmUpMs);
    const pacer = perSecond === null ? undefined : this.pace(perSecond);
    if (perSecond === null) for (const slot of this.free.splice(0)) this.begin(slot);
    await ended;
    process.send?.('ends');
    for (const timer of [sweeper, begin, end, pacer]) clearInterval(timer);
    const sorted = [...this.samples.subarray(0, this.sampleCount)];
    return {
      perSecond: (this.done * 1_000) / measuredMs,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      done: this.doneInAll,
      measured: this.done,
      lost: this.lost,
      refused: this.refused,
      sockets,
    };
  }

  private pace(perSecond: number): NodeJS.Timeout {
    const most = Math.max(1, (perSecond * AT_ONCE_MS) / 1_000);
    let lastMs = performance.now();
    return setInterval(() => {
      const nowMs = performance.now();
      // What a pause of our own left out is left out: begun all at once it would be another load.
      this.owed = Math.min(this.owed + ((nowMs - lastMs) * perSecond) / 1_000, most);
      lastMs = nowMs;
      for (; this.owed >= 1; this.owed -= 1) {
        const slot = this.free.pop();
        if (slot === undefined) return;
        this.begin(slot);
      }
    }, 1);
  }

  private begin(slot: S): void {
    slot.serial = (slot.serial + 1) % 1_000_000;
    slot.begunMs = performance.now();
    this.exchange.begin(slot);
  }

  private release(slot: S): void {
    slot.begunMs = 0;
    const { total, perSecond } = this.job;
    if (total !== null && this.doneInAll >= total) this.finish();
    else if (perSecond === null) this.begin(slot);
    else this.free.push(slot);
  }

  private sweep(): void {
    const nowMs = performance.now();
    for (const slot of this.slots) {
      if (slot.begunMs === 0 || nowMs - slot.begunMs < PATIENCE_MS + this.job.talkMs) continue;
      this.lost += 1;
      this.release(slot);
    }
  }
}

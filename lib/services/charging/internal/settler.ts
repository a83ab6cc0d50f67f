import type { CallResult, Settlement } from '@/lib/services/charging/types';
import { asAppError, isTransient } from './failures';
import { PatientGrouper } from './patient-grouper';
import { type SettleContext, settleGroup } from './settlements';
import { walletIds } from './wallet-locks';

export interface SettlerOptions {
  readonly context: SettleContext;
  readonly maxGroup: number;
  readonly maxDelayMs: number;
  readonly enough?: number;
  readonly leastPart?: number;
  /** Settlements that may wait for an absent database; beyond that they are given up. */
  readonly maxWaiting: number;
  isCommon(error: unknown): boolean;
  keyOf(result: CallResult): string;
  touchesOf(result: CallResult): readonly string[];
  onError(error: unknown, callId: string): void;
}

/**
 * Groups under way at once: while one waits for the disk the next does its inserts; wallets are
 * locked only at its end.
 */
const LANES = 2;
/** First and longest pause before a settlement is tried again while the database is away. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Sees that every call that ended gets settled, however long the database is away. */
export class Settler {
  private readonly options: SettlerOptions;
  private readonly grouper: PatientGrouper<CallResult, Settlement>;
  private underWay = 0;
  private idleWaiters: (() => void)[] = [];
  private readonly sleepers = new Set<() => void>();
  private closing = false;

  constructor(options: SettlerOptions) {
    this.options = options;
    this.grouper = new PatientGrouper({
      ...options,
      lanes: LANES,
      pool: options.context.pool,
      locksOf: (result) => [result.callId, ...walletIds(options.context.chart, result.facts.hops)],
      run: (results, lockWaitMs) => settleGroup(options.context, results, lockWaitMs),
    });
  }

  /** Settlements that are not done yet. */
  get waitingCount(): number {
    return this.underWay;
  }

  /** Settles a call once; rejects only where that can't be written at all, or at `close`. */
  async settle(result: CallResult): Promise<Settlement> {
    this.underWay += 1;
    try {
      return await this.persist(result);
    } catch (error) {
      this.options.onError(error, result.callId);
      throw asAppError(error);
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) for (const tell of this.idleWaiters.splice(0)) tell();
    }
  }

  /** Waits for what is under way; what waits for an absent database is tried once more. */
  async close(): Promise<void> {
    this.closing = true;
    for (const wake of this.sleepers) wake();
    if (this.underWay > 0) await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  private async persist(result: CallResult): Promise<Settlement> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const last = this.closing;
      try {
        return await this.grouper.submit(result);
      } catch (error) {
        const full = this.underWay > this.options.maxWaiting;
        if (last || full || !isTransient(error)) throw error;
        await this.pause(pauseMs);
      }
    }
  }

  private async pause(pauseMs: number): Promise<void> {
    if (this.closing) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, pauseMs);
      this.sleepers.add(wake);
    });
  }
}

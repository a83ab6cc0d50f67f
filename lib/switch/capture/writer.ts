import type { Logger } from '@/lib/infra/log';
import type { ServicesDatabase } from '@/lib/services/database';
import type { CallTrace } from '@/lib/services/traces/types';
import { writeTraces } from '@/lib/services/traces/write-traces';

/** Traces written together at most. */
const MAX_GROUP = 50;
/** Traces that wait while the database is away; beyond, the newest are given up. */
const MAX_WAITING = 1_000;
const RETRY_MS = 2_000;

/** Writes traces behind the calls, in groups; a trace is never worth a call. */
export class TraceWriter {
  private readonly database: ServicesDatabase;
  private readonly log: Logger;
  private waiting: CallTrace[] = [];
  private running: Promise<void> | undefined;
  private closed = false;
  private lost = 0;

  constructor(options: { database: ServicesDatabase; log: Logger }) {
    this.database = options.database;
    this.log = options.log;
  }

  /** Traces that were given up since the start. */
  get dropped(): number {
    return this.lost;
  }

  add(trace: CallTrace): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.lost += 1;
      return;
    }
    this.waiting.push(trace);
    this.running ??= this.run();
  }

  /** Writes what waits, if the database takes it. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    // Those that end in the same turn of the loop go together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting.slice(0, MAX_GROUP);
      try {
        await writeTraces(this.database, group);
        this.waiting = this.waiting.slice(group.length);
      } catch (error) {
        this.log.warn('trace.write', { waiting: this.waiting.length, error });
        if (this.closed) break;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.running = undefined;
  }
}

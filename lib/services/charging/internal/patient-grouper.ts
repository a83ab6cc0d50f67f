import type { Pool } from 'pg';
import { Grouper, type GrouperOptions } from '@/lib/services/charging/grouper';
import { isLockedOut } from './failures';
import { timed } from './transaction';

/**
 * Wallets and calls are locked for a few milliseconds at a time. One that can't be had for this long
 * is held by somebody (an operator's session, say): what needs it then waits by itself.
 */
const LOCK_WAIT_MS = 100;
/** Groups that wait at once for what somebody holds. */
const PATIENT_LANES = 2;

/** $1 ids of wallets and calls. Those of them that exist and that nobody holds at the moment. */
const FIND_UNLOCKED = {
  name: 'charging.find-unlocked',
  text: `
  WITH wallets AS (
    SELECT id FROM wallet WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED
  ), calls AS (
    SELECT id FROM live_call WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED
  )
  SELECT id FROM wallets UNION ALL SELECT id FROM calls`,
};

const LOCKED_OUT = Symbol('locked out');

export interface PatientGrouperOptions<T, R> extends Omit<GrouperOptions<T, R>, 'run'> {
  readonly pool: Pool;
  /** The wallets and live calls that an item locks, by id. */
  locksOf(item: T): readonly string[];
  /**
   * Does a whole group in one transaction, as of a Grouper. A row that somebody holds is waited for
   * `lockWaitMs`, then throws an error of `isLockedOut`; not given: as long as a statement may take.
   */
  run(items: readonly T[], lockWaitMs?: number): Promise<readonly R[]>;
}

/**
 * A Grouper whose groups don't wait for rows that somebody else holds: the few that need those leave
 * their group and wait with others of their kind, while their neighbours go on.
 */
export class PatientGrouper<T, R> {
  private readonly options: PatientGrouperOptions<T, R>;
  private readonly quick: Grouper<T, R | typeof LOCKED_OUT>;
  private readonly patient: Grouper<T, R>;

  constructor(options: PatientGrouperOptions<T, R>) {
    this.options = options;
    this.quick = new Grouper({ ...options, run: (items) => this.runUnlocked(items) });
    this.patient = new Grouper({
      ...options,
      lanes: PATIENT_LANES,
      run: (items) => options.run(items),
    });
  }

  /** As of a Grouper. */
  async submit(item: T): Promise<R> {
    const result = this.patient.isInTheWayOf(item) ? LOCKED_OUT : await this.quick.submit(item);
    return result === LOCKED_OUT ? await this.patient.submit(item) : result;
  }

  /** Resolves when nothing waits and no group is under way. */
  async idle(): Promise<void> {
    await this.quick.idle();
    await this.patient.idle();
  }

  private async runUnlocked(items: readonly T[]): Promise<readonly (R | typeof LOCKED_OUT)[]> {
    try {
      return await this.options.run(items, LOCK_WAIT_MS);
    } catch (error) {
      if (!isLockedOut(error)) throw error;
    }
    const free = items.length === 1 ? [] : await this.findUnlocked(items);
    // Held a moment ago by somebody who let go since: as rare as it is, they may as well wait.
    const isSmaller = free.length > 0 && free.length < items.length;
    const done = isSmaller ? await this.runUnlocked(free) : [];
    const results = new Map(free.map((item, index) => [item, done[index] ?? LOCKED_OUT] as const));
    return items.map((item) => results.get(item) ?? LOCKED_OUT);
  }

  private async findUnlocked(items: readonly T[]): Promise<readonly T[]> {
    const { pool, locksOf } = this.options;
    const ids = [...new Set(items.flatMap((item) => locksOf(item)))];
    const { rows } = await pool.query<{ readonly id: string }>(timed(FIND_UNLOCKED, [ids]));
    const unlocked = new Set(rows.map((row) => row.id));
    return items.filter((item) => locksOf(item).every((id) => unlocked.has(id)));
  }
}

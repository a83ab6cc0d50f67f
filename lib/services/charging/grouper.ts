import { AppError } from '@/lib/core/errors';
import { TextTable } from '@/lib/core/text-table.server';

/** What became of one item of a group. */
export type Outcome<R> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly error: unknown };

export interface GrouperOptions<T, R> {
  /** Items in one group at most. */
  readonly maxGroup: number;
  /** How long a lane that is free waits for company before it starts. */
  readonly maxDelayMs: number;
  /**
   * So many are company enough: a lane that is free then waits only until a turn of the loop brings
   * no further one. Not given: it waits for a full group, or as long as it may.
   */
  readonly enough?: number;
  /**
   * While a further lane is free, a group of twice as many is parted where nothing in one part locks
   * what the other does, each of at least so many: the database then works at both. Not given: never.
   */
  readonly leastPart?: number;
  /** Groups under way at once. */
  readonly lanes: number;
  /** Items that may wait; beyond that `submit` refuses. */
  readonly maxWaiting: number;
  /** Items with the same key are about the same thing and never share a group: one after the other. */
  keyOf(item: T): string;
  /** What an item locks (the wallets): a further lane leaves alone what a group under way may lock. */
  touchesOf(item: T): readonly string[];
  /** Does a whole group in one transaction: a result for each item in order, or throws for all. */
  run(items: readonly T[]): Promise<readonly R[]>;
  /** Whether a group's error is nobody's own fault (the database is away): then none is tried alone. */
  isCommon(error: unknown): boolean;
}

interface Waiting<T, R> {
  readonly item: T;
  resolve(value: R): void;
  reject(error: unknown): void;
}

/**
 * Gathers what is asked at about the same time and does it as a group. While a group is under way
 * the next one gathers by itself, so that groups grow with the load; a further lane takes only what
 * would not wait for the locks of the first, unless enough for a full group has gathered. A group that fails is done
 * again item by item: one that can't be done never fails its neighbours.
 */
export class Grouper<T, R> {
  private readonly options: GrouperOptions<T, R>;
  private waiting: Waiting<T, R>[] = [];
  private busyLanes = 0;
  /** What the groups under way touch, and how many of them do. */
  private readonly touched = new TextTable<number>();
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  private isWatched = false;
  private idleWaiters: (() => void)[] = [];

  constructor(options: GrouperOptions<T, R>) {
    this.options = options;
  }

  /** Items that wait or are under way in no group yet. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Adds an item to the next group. Throws UNAVAILABLE when too many wait already. */
  submit(item: T): Promise<R> {
    if (this.waiting.length >= this.options.maxWaiting) {
      return Promise.reject(
        new AppError('UNAVAILABLE', 'Too much waits for the database; try again in a moment.'),
      );
    }
    return new Promise<R>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  /** Whether a group under way may hold locks that the item needs. */
  isInTheWayOf(item: T): boolean {
    return this.busyLanes > 0 && this.locksOf(item).some((what) => this.touched.has(what));
  }

  /** Resolves when nothing waits and no group is under way. */
  async idle(): Promise<void> {
    if (this.waiting.length === 0 && this.busyLanes === 0) return;
    await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  private schedule(): void {
    if (this.busyLanes >= this.options.lanes) return;
    if (this.waiting.length >= this.options.maxGroup) {
      this.start();
      return;
    }
    if (this.timer === null && this.waiting.some((each) => !this.isInTheWayOf(each.item))) {
      const start = () => {
        this.timer = null;
        this.start();
      };
      const { maxDelayMs } = this.options;
      this.timer = maxDelayMs > 0 ? setTimeout(start, maxDelayMs) : setImmediate(start);
    }
    if (this.hasCompany && !this.isWatched) this.watch();
  }

  private get hasCompany(): boolean {
    const { enough } = this.options;
    return enough !== undefined && this.waiting.length >= enough;
  }

  /** Starts a group in the first turn of the loop that brings nothing more. */
  private watch(): void {
    const count = this.waiting.length;
    this.isWatched = true;
    setImmediate(() => {
      this.isWatched = false;
      if (this.busyLanes >= this.options.lanes || !this.hasCompany) return;
      if (this.waiting.length === count) this.start();
      else this.watch();
    });
  }

  private start(): void {
    if (this.busyLanes >= this.options.lanes) return;
    const group = this.takeGroup();
    if (group.length > 0) for (const part of this.part(group)) this.launch(part);
  }

  private launch(group: readonly Waiting<T, R>[]): void {
    this.busyLanes += 1;
    this.touch(group, 1);
    void this.work(group).then(() => {
      this.busyLanes -= 1;
      this.touch(group, -1);
      if (this.waiting.length > 0) this.schedule();
      else if (this.busyLanes === 0) for (const tell of this.idleWaiters.splice(0)) tell();
    });
  }

  /** The group, or two of it that lock nothing in common. */
  private part(group: readonly Waiting<T, R>[]): readonly (readonly Waiting<T, R>[])[] {
    const { leastPart, lanes } = this.options;
    const isWhole =
      leastPart === undefined || lanes - this.busyLanes < 2 || group.length < 2 * leastPart;
    if (isWhole) return [group];
    const half = Math.ceil(group.length / 2);
    const one = group.slice(0, half);
    let other = group.slice(half);
    const locked = new Set<string>();
    // Those that share a lock with the one part come to it, with all that share one with them.
    for (let more = one; more.length > 0; ) {
      for (const { item } of more) for (const what of this.locksOf(item)) locked.add(what);
      const shares = ({ item }: Waiting<T, R>) =>
        this.locksOf(item).some((what) => locked.has(what));
      more = other.filter(shares);
      other = other.filter((each) => !shares(each));
      one.push(...more);
    }
    return other.length < leastPart ? [group] : [one, other];
  }

  private locksOf(item: T): readonly string[] {
    return [this.options.keyOf(item), ...this.options.touchesOf(item)];
  }

  private touch(group: readonly Waiting<T, R>[], by: number): void {
    for (const { item } of group) {
      for (const what of this.locksOf(item)) {
        const count = (this.touched.get(what) ?? 0) + by;
        if (count === 0) this.touched.delete(what);
        else this.touched.set(what, count);
      }
    }
  }

  private takeGroup(): readonly Waiting<T, R>[] {
    const { maxGroup, keyOf } = this.options;
    const full = this.waiting.length >= maxGroup;
    const group = new Map<string, Waiting<T, R>>();
    const later: Waiting<T, R>[] = [];
    let taken = 0;
    for (const each of this.waiting) {
      if (group.size >= maxGroup) break;
      taken += 1;
      const key = keyOf(each.item);
      if (group.has(key) || (!full && this.isInTheWayOf(each.item))) later.push(each);
      else group.set(key, each);
    }
    this.waiting = [...later, ...this.waiting.slice(taken)];
    return [...group.values()];
  }

  private async work(group: readonly Waiting<T, R>[]): Promise<void> {
    const outcomes = await this.attempt(group.map((each) => each.item));
    for (const [index, each] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome?.ok) each.resolve(outcome.value);
      else each.reject(outcome?.error ?? new AppError('INTERNAL', 'a group lost one of its items'));
    }
  }

  private async attempt(items: readonly T[]): Promise<readonly Outcome<R>[]> {
    try {
      const values = await this.options.run(items);
      return values.map((value) => ({ ok: true, value }));
    } catch (error) {
      if (items.length === 1 || this.options.isCommon(error)) {
        return items.map(() => ({ ok: false, error }));
      }
      const outcomes: Outcome<R>[] = [];
      for (const item of items) outcomes.push(...(await this.attempt([item])));
      return outcomes;
    }
  }
}

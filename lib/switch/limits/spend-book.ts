import { billingDay } from '@/lib/core/billing-day';
import type { RuledSubject } from '@/lib/core/call-plan/call-rules';
import { fullPrice } from '@/lib/core/call-plan/limit-prices';
import type { LimitSubjectKind, VelocityKey, VelocityUsage } from '@/lib/core/call-plan/views';
import type { Clock } from '@/lib/core/clock';
import type { FraudProfile } from '@/lib/core/fraud/profile';
import type { E164 } from '@/lib/core/phone-number';
import type { AnswerFacts, CallResult, HoldRequest } from '@/lib/services/charging/types';
import type { NodeSpend, SpendQuestion } from '@/lib/services/limits/types';
import type { CallObserver } from '@/lib/switch/call/observed-charging';
import type { SpendCounters } from '@/lib/switch/call/usage';
import type { SpendSubject } from '@/lib/switch/directory/rule-book';
import { BoundedMap } from '@/lib/switch/edge/bounded-map';
import { SlidingWindow } from './sliding-window';
import { type SpendingCall, spendersOf } from './spend-prices';

/** Beginnings of numbers that are counted at a time; the longest unused are forgotten. */
const MAX_WINDOWS = 50_000;
/** Calls in progress are priced as if they lasted this much longer: they are cut before, not after. */
const AHEAD_SECONDS = 2;
/** What other nodes spent is asked for every so many beats, and whenever there is news to tell. */
const EXCHANGE_BEATS = 5;
/** Others may have written a moment before it could be seen. */
const OVERLAP_MS = 30_000;
const MINUTE_MS = 60_000;

/** What the book reads of the directory. */
export interface SpendRules {
  spendSubjects(): Iterable<SpendSubject>;
  limitsOf(kind: RuledSubject, id: string): { maxDailySpendMicro: bigint | null } | undefined;
  profileOf(accountId: string): FraudProfile | undefined;
}

export interface SpendBookOptions {
  readonly rules: SpendRules;
  readonly clock: Clock;
  timeZoneOf(accountId: string): string;
  numberId(number: E164): string | undefined;
  /** What this node's settled calls cost, from the charges. */
  load(questions: readonly SpendQuestion[]): Promise<readonly NodeSpend[]>;
  /** Tells the other nodes and learns from them. */
  exchange(news: {
    changed: readonly NodeSpend[];
    withinMs: number | null;
  }): Promise<readonly NodeSpend[]>;
  /** Ends a call that would spend more than somebody may. */
  cut(callId: string, why: CutReason): void;
}

/** Whose rule ended a call; no profile where it is a limit of the subject itself. */
export interface CutReason {
  readonly rule: 'daily_spend' | 'velocity_spend';
  readonly profileAccountId: string | null;
}

interface Entry {
  readonly subject: SpendSubject;
  day: string;
  /** Calls that ended from here on are counted here; earlier ones are loaded. */
  sinceMs: number;
  loadedMicro: bigint;
  endedMicro: bigint;
  othersMicro: bigint;
  runningMicro: bigint;
  /** What the other nodes were told last. */
  toldMicro: bigint;
  isLoaded: boolean;
}

interface Running extends SpendingCall {
  readonly callId: string;
  readonly answeredMs: number | null;
  /** What of it the windows have counted, and the seconds that it was priced at for the day. */
  readonly counted: { micro: bigint; seconds: number };
}

/**
 * What everybody whose spending is limited has spent today, by all nodes, calls in progress too; and
 * how fast calls follow each other. Counted in memory as calls are held, answered and ended; written
 * behind. Nobody else is counted.
 */
export class SpendBook implements CallObserver, SpendCounters {
  private readonly options: SpendBookOptions;
  private readonly entries = new Map<string, Entry>();
  private readonly running = new Map<string, Running>();
  private readonly windows = new BoundedMap<SlidingWindow>(MAX_WINDOWS);
  private beats = 0;
  /** In which minute it was last looked for who is limited. */
  private watchedMinute = -1;
  /** When the other nodes were last asked (monotonic); null = everything is to be asked for. */
  private exchangedAtMs: number | null = null;

  constructor(options: SpendBookOptions) {
    this.options = options;
  }

  spentTodayMicro(kind: LimitSubjectKind, id: string): bigint {
    if (this.entries.size === 0) return 0n;
    const entry = this.entries.get(`${kind} ${id}`);
    return entry ? entry.othersMicro + ownMicro(entry) : 0n;
  }

  velocity(key: VelocityKey): VelocityUsage {
    const window = this.windows.get(windowKey(key));
    return window?.usage(this.options.clock.monotonicMs()) ?? { calls: 0, spentMicro: 0n };
  }

  /** A released account or extension begins anew: what led to its block does not count again. */
  forgive(callerAccountId: string): void {
    for (const [key] of [...this.windows]) {
      if (key.split(' ')[1] === callerAccountId) this.windows.delete(key);
    }
  }

  held({ callId, facts, legs }: HoldRequest): void {
    for (const key of facts.velocity ?? []) this.count(key, 1, 0n);
    const isWatched = this.entries.size > 0 || facts.velocity !== undefined;
    if (!isWatched || facts.hops.length === 0) return;
    const fromTrunkId = facts.fromExtensionId === null ? (legs[0]?.trunkId ?? null) : null;
    const call: Running = {
      ...{ callId, facts, fromTrunkId, toTrunkId: null, buy: null, answeredMs: null },
      counted: { micro: 0n, seconds: 1 },
    };
    this.running.set(callId, call);
    // What it costs at the least is spent at once: calls that come together see each other.
    for (const { entry, micro } of this.spent(call, 1)) entry.runningMicro += micro;
  }

  answered({ callId, trunkId: toTrunkId, buy }: AnswerFacts): void {
    const call = this.running.get(callId);
    if (!call || call.answeredMs !== null) return;
    const answeredMs = this.options.clock.monotonicMs();
    this.running.set(callId, { ...call, toTrunkId, buy, answeredMs });
  }

  ended({ callId, facts, legs, trunkId, buy, answeredAtMs, ratedSeconds }: CallResult): void {
    const begun = this.running.get(callId);
    this.running.delete(callId);
    const seconds = answeredAtMs === null ? 0 : ratedSeconds;
    if (begun) {
      this.countWindows(begun, seconds);
      for (const { entry, micro } of this.spent(begun, begun.counted.seconds)) {
        entry.runningMicro = entry.runningMicro > micro ? entry.runningMicro - micro : 0n;
      }
    }
    if (seconds === 0 || this.entries.size === 0) return;
    const fromTrunkId = facts.fromExtensionId === null ? (legs[0]?.trunkId ?? null) : null;
    const call: SpendingCall = { facts, fromTrunkId, toTrunkId: trunkId, buy };
    for (const { entry, micro } of this.spent(call, seconds)) entry.endedMicro += micro;
  }

  /** Reads what was spent before this book began; must be done before calls are taken. */
  async start(): Promise<void> {
    this.watch();
    await this.loadAll([...this.entries.values()]);
    if (this.entries.size > 0) await this.exchange([]);
  }

  /** Once a second: prices what is in progress, ends what spends too much, tells the other nodes. */
  async beat(): Promise<void> {
    // Whoever is limited only now was told of by the configuration; days begin with a minute.
    if (Math.floor(this.options.clock.nowMs() / MINUTE_MS) !== this.watchedMinute) this.watch();
    this.priceRunning();
    this.cutSpenders();
    await this.loadAll(this.unread);
    this.beats += 1;
    const changed = [...this.entries.values()].filter(
      (entry) => entry.isLoaded && ownMicro(entry) !== entry.toldMicro,
    );
    if (this.entries.size === 0) return;
    if (changed.length === 0 && this.beats % EXCHANGE_BEATS !== 0) return;
    await this.exchange(changed);
  }

  /** Calls in progress that somebody counts; none must be left when all calls have ended. */
  get watchedCalls(): number {
    return this.running.size;
  }

  /** Takes up who is limited now and drops who no longer is; a new day begins at nothing. */
  watch(): void {
    const { rules, clock, timeZoneOf } = this.options;
    const nowMs = clock.nowMs();
    this.watchedMinute = Math.floor(nowMs / MINUTE_MS);
    const wanted = new Set<string>();
    for (const subject of rules.spendSubjects()) {
      const key = `${subject.kind} ${subject.id}`;
      wanted.add(key);
      const day = billingDay(timeZoneOf(subject.accountId), nowMs);
      const known = this.entries.get(key);
      if (!known) {
        this.entries.set(key, entryOf(subject, day, nowMs));
        this.exchangedAtMs = null;
      } else if (known.day !== day) {
        Object.assign(known, { ...entryOf(subject, day, nowMs), isLoaded: true });
      }
    }
    for (const key of [...this.entries.keys()]) if (!wanted.has(key)) this.entries.delete(key);
  }

  /** Those whose day is not read yet; whatever ended before they began is settled a moment later. */
  private get unread(): readonly Entry[] {
    const nowMs = this.options.clock.nowMs();
    return [...this.entries.values()].filter((entry) => !entry.isLoaded && entry.sinceMs < nowMs);
  }

  /** Asks the charges again, for what was settled meanwhile of calls before this book began. */
  async reload(): Promise<void> {
    await this.loadAll([...this.entries.values()]);
  }

  private async loadAll(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const { load, timeZoneOf } = this.options;
    const questions = entries.map(({ subject, day, sinceMs }): SpendQuestion => {
      const { kind, id, accountId } = subject;
      return { kind, id, accountId, day, timeZone: timeZoneOf(accountId), beforeMs: sinceMs };
    });
    const spends = new Map((await load(questions)).map((spend) => [keyOfSpend(spend), spend]));
    for (const entry of entries) {
      entry.loadedMicro = spends.get(keyOfEntry(entry))?.amountMicro ?? 0n;
      entry.isLoaded = true;
    }
  }

  private async exchange(changed: readonly Entry[]): Promise<void> {
    const nowMs = this.options.clock.monotonicMs();
    const told = changed.map((entry) => ({ entry, amountMicro: ownMicro(entry) }));
    const since = this.exchangedAtMs;
    // Until it is done, whoever comes newly in asks for everything again.
    this.exchangedAtMs = nowMs;
    const others = await this.options
      .exchange({
        changed: told.map(({ entry: { subject, day }, amountMicro }) => ({
          ...{ kind: subject.kind, id: subject.id, day, amountMicro },
        })),
        withinMs: since === null ? null : nowMs - since + OVERLAP_MS,
      })
      .catch((error: unknown) => {
        this.exchangedAtMs = null;
        throw error;
      });
    for (const { entry, amountMicro } of told) entry.toldMicro = amountMicro;
    for (const { kind, id, day, amountMicro } of others) {
      const entry = this.entries.get(`${kind} ${id}`);
      if (entry?.day === day) entry.othersMicro = amountMicro;
    }
  }

  private priceRunning(): void {
    for (const entry of this.entries.values()) entry.runningMicro = 0n;
    for (const call of this.running.values()) {
      const seconds = this.secondsOf(call);
      this.countWindows(call, seconds);
      call.counted.seconds = seconds + AHEAD_SECONDS;
      for (const { entry, micro } of this.spent(call, call.counted.seconds)) {
        entry.runningMicro += micro;
      }
    }
  }

  /** Ends the calls of whoever spends too much, and those to numbers on which too much is spent. */
  private cutSpenders(): void {
    for (const entry of [...this.entries.values()]) {
      const limit = this.limitOf(entry.subject);
      const over = limit ? entry.othersMicro + ownMicro(entry) - limit.maxMicro : 0n;
      if (limit && over > 0n) this.cutUntil(entry, limit, over);
    }
    for (const call of [...this.running.values()]) {
      const broken = (call.facts.velocity ?? []).find((each) => this.isTooFast(each));
      if (!broken || call.answeredMs === null) continue;
      const { profileAccountId } = broken;
      this.options.cut(call.callId, { rule: 'velocity_spend', profileAccountId });
    }
  }

  /**
   * The calls that came last, and are about to cost more, are ended first, until the rest fits; where
   * even that is too much, because somebody lowered the limit, all are.
   */
  private cutUntil(entry: Entry, limit: CutReason, over: bigint): void {
    let left = over;
    const costing = [...this.running.values()].reverse().flatMap((call) => {
      if (call.answeredMs === null) return [];
      const priceAt = (seconds: number): bigint => {
        const mine = [...this.spent(call, seconds)].filter((each) => each.entry === entry);
        return mine.reduce((sum, { micro }) => sum + micro, 0n);
      };
      const seconds = this.secondsOf(call);
      const micro = priceAt(seconds + AHEAD_SECONDS);
      return micro === 0n ? [] : [{ callId: call.callId, saved: micro - priceAt(seconds) }];
    });
    for (const { callId, saved } of costing) {
      if (left <= 0n) return;
      if (saved === 0n) continue;
      left -= saved;
      this.options.cut(callId, limit);
    }
    if (left > 0n) for (const { callId } of costing) this.options.cut(callId, limit);
  }

  private isTooFast(key: VelocityKey): boolean {
    const profile = this.options.rules.profileOf(key.profileAccountId);
    const max = profile?.velocity?.maxSpendMicro ?? null;
    return profile?.mode === 'enforce' && max !== null && this.velocity(key).spentMicro > max;
  }

  /** The tighter of a subject's own limit and its profile's, where that is enforced. */
  private limitOf({ kind, id }: SpendSubject): (CutReason & { maxMicro: bigint }) | undefined {
    const { rules } = this.options;
    const own = rules.limitsOf(kind, id)?.maxDailySpendMicro ?? null;
    const profile = kind === 'account' ? rules.profileOf(id) : undefined;
    const ofProfile = profile?.mode === 'enforce' ? profile.maxDailySpendMicro : null;
    const rule = 'daily_spend';
    if (ofProfile !== null && (own === null || ofProfile < own)) {
      return { rule, profileAccountId: id, maxMicro: ofProfile };
    }
    return own === null ? undefined : { rule, profileAccountId: null, maxMicro: own };
  }

  private *spent(
    call: SpendingCall,
    seconds: number,
  ): Generator<{ readonly entry: Entry; readonly micro: bigint }> {
    for (const { kind, id, rate } of spendersOf(call, this.options.numberId)) {
      const entry = this.entries.get(`${kind} ${id}`);
      if (entry) yield { entry, micro: fullPrice(rate, seconds) };
    }
  }

  private secondsOf({ answeredMs }: Running): number {
    if (answeredMs === null) return 0;
    return Math.ceil((this.options.clock.monotonicMs() - answeredMs) / 1_000);
  }

  private countWindows(call: Running, seconds: number): void {
    const { facts, counted } = call;
    const rate = facts.hops[0]?.rate;
    if (!rate || facts.velocity === undefined) return;
    const micro = fullPrice(rate, seconds);
    if (micro <= counted.micro) return;
    for (const key of facts.velocity) this.count(key, 0, micro - counted.micro);
    counted.micro = micro;
  }

  private count(key: VelocityKey, calls: number, micro: bigint): void {
    const text = windowKey(key);
    let window = this.windows.get(text);
    if (!window) {
      window = new SlidingWindow(key.windowSeconds);
      this.windows.set(text, window);
    }
    window.add(this.options.clock.monotonicMs(), calls, micro);
  }
}

function entryOf(subject: SpendSubject, day: string, nowMs: number): Entry {
  return {
    ...{ subject, day, sinceMs: nowMs, isLoaded: false },
    ...{ loadedMicro: 0n, endedMicro: 0n, othersMicro: 0n, runningMicro: 0n, toldMicro: 0n },
  };
}

function ownMicro({ loadedMicro, endedMicro, runningMicro }: Entry): bigint {
  return loadedMicro + endedMicro + runningMicro;
}

const keyOfSpend = ({ kind, id, day }: NodeSpend): string => `${kind} ${id} ${day}`;
const keyOfEntry = ({ subject: { kind, id }, day }: Entry): string => `${kind} ${id} ${day}`;

function windowKey(key: VelocityKey): string {
  const { profileAccountId, callerAccountId, windowSeconds, prefix } = key;
  return `${profileAccountId} ${callerAccountId} ${windowSeconds} ${prefix}`;
}

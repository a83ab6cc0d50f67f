import type { Clock } from '@/lib/core/clock';
import { BoundedMap } from './bounded-map';
import { NameGuard } from './name-guard';
import type { SourceBook } from './source';

/**
 * Why a source was shut out by the switch itself. wrong_secret: it answered challenges wrongly, again
 * and again. name_guessed: it guessed at a name that many others guess at. scanner: it said over a
 * connection (so it is who it seems) that it is a tool of attackers.
 */
export const BAN_REASONS = ['wrong_secret', 'name_guessed', 'scanner'] as const;
export type BanReason = (typeof BAN_REASONS)[number];

/** A source that the switch has shut out. */
export interface Ban {
  readonly id: string;
  /** An IPv4 address or an IPv6 /64. */
  readonly source: string;
  /** Unix milliseconds. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly reason: BanReason;
  /** What helps to judge it: the names that were guessed at, or how the scanner called itself. */
  readonly detail: string;
  /** How many times in a row it was banned; each lasts twice as long. */
  readonly level: number;
  /** Failures that led to it. */
  readonly attempts: number;
}

/** What happened since the last time it was asked for. */
export interface BanChanges {
  readonly made: readonly Ban[];
  /** Messages dropped, by the id of the ban or the denial that dropped them. */
  readonly attempts: ReadonlyMap<string, number>;
}

/** A challenge that was answered wrongly. */
export interface Failure {
  /** The name guessed at: "101@acme.test". */
  readonly name: string;
  /**
   * Whether the name's own phone is registered from that address: then a guess from there must not
   * lock the phone out, and only the usual patience applies.
   */
  readonly isHome: boolean;
}

/** Who is shut out by the switch, and why. In memory, bounded; written behind by its owner. */
export interface BanList {
  /**
   * A *completed* challenge failed (never a bare first request: UDP sources are forged). True when
   * this failure banned the source.
   */
  recordFailure(address: string, failure: Failure): boolean;
  /** A challenge was passed: one failure is forgiven. */
  recordSuccess(address: string): void;
  /** A scanner on a connection gave itself away: banned at once. False for exempt addresses. */
  recordScanner(address: string, userAgent: string): boolean;
  /** A message was dropped because of a ban, or a denial, of this id. */
  recordDrop(id: string): void;
  /** Ends a ban; its level is forgotten too. False where there is none of this id. */
  lift(id: string): boolean;
  /** The id of the ban that a source (see SourceBook) is under now. */
  banOf(key: string): string | undefined;
  list(): readonly Ban[];
  /** What an earlier life had, expired bans too: their level counts for a day. */
  restore(bans: readonly Ban[]): void;
  /** Takes what has to be written. */
  takeChanges(): BanChanges;
}

/** Failures that a source may have before it is banned. */
const TOLERATED_FAILURES = 8;
/** One failure is forgotten in this time: a phone with a wrong password that retries is no scanner. */
const FORGET_FAILURE_MS = 30_000;
/** facts: attacks. */
const FIRST_BAN_MS = 5 * 60_000;
const LONGEST_BAN_MS = 24 * 3_600_000;
/** A source that behaved for so long after a ban starts again at the first level. */
const FORGET_LEVEL_MS = 24 * 3_600_000;
/** Names kept for a ban's detail; beyond, there are "many". */
const MAX_NAMES = 5;
const MAX_DETAIL_CHARS = 200;

interface Suspect {
  failures: number;
  failedAtMs: number;
  readonly names: Set<string>;
}

class Bans implements BanList {
  private readonly suspects: BoundedMap<Suspect>;
  /** Apart from the suspects, so that no crowd of those makes us forget a ban. */
  private readonly records: BoundedMap<Ban>;
  private readonly names: NameGuard;
  private made: Ban[] = [];
  private attempts = new Map<string, number>();
  private readonly options: BanListOptions;

  constructor(options: BanListOptions) {
    this.options = options;
    this.suspects = new BoundedMap(options.maxSources);
    this.records = new BoundedMap(options.maxSources);
    this.names = new NameGuard(options.maxSources);
  }

  recordFailure(address: string, { name, isHome }: Failure): boolean {
    const source = this.options.sources.of(address);
    if (source.isExempt) return false;
    const nowMs = this.options.clock.nowMs();
    const suspect = this.suspectOf(source.key, nowMs);
    const forgotten = Math.floor((nowMs - suspect.failedAtMs) / FORGET_FAILURE_MS);
    suspect.failures = Math.max(suspect.failures - forgotten, 0) + 1;
    suspect.failedAtMs = nowMs;
    if (suspect.failures === 1) suspect.names.clear();
    if (suspect.names.size <= MAX_NAMES) suspect.names.add(name);
    const isGuessing = this.names.recordFailure(name, nowMs) && !isHome;
    if (this.banOf(source.key) !== undefined) return false;
    const isTooMuch = suspect.failures > TOLERATED_FAILURES;
    if (!isTooMuch && !isGuessing) return false;
    this.shutOut(source.key, nowMs, {
      reason: isTooMuch ? 'wrong_secret' : 'name_guessed',
      detail: detailOf(suspect.names),
      attempts: suspect.failures,
    });
    suspect.failures = 0;
    return true;
  }

  recordSuccess(address: string): void {
    if (this.suspects.size === 0) return;
    const suspect = this.suspects.get(this.options.sources.of(address).key);
    if (suspect !== undefined && suspect.failures > 0) suspect.failures -= 1;
  }

  recordScanner(address: string, userAgent: string): boolean {
    const source = this.options.sources.of(address);
    if (source.isExempt || this.banOf(source.key) !== undefined) return false;
    const detail = userAgent.slice(0, MAX_DETAIL_CHARS);
    const nowMs = this.options.clock.nowMs();
    this.shutOut(source.key, nowMs, { reason: 'scanner', detail, attempts: 1 });
    return true;
  }

  recordDrop(id: string): void {
    this.attempts.set(id, (this.attempts.get(id) ?? 0) + 1);
  }

  lift(id: string): boolean {
    for (const [key, ban] of this.records) {
      if (ban.id !== id) continue;
      this.suspects.delete(key);
      this.records.delete(key);
      return true;
    }
    return false;
  }

  banOf(key: string): string | undefined {
    if (this.records.size === 0) return undefined;
    const ban = this.records.get(key);
    return ban !== undefined && ban.untilMs > this.options.clock.nowMs() ? ban.id : undefined;
  }

  list(): readonly Ban[] {
    const nowMs = this.options.clock.nowMs();
    const bans: Ban[] = [];
    for (const [, ban] of this.records) if (ban.untilMs > nowMs) bans.push(ban);
    return bans;
  }

  restore(bans: readonly Ban[]): void {
    for (const ban of bans) {
      const { key } = this.options.sources.of(ban.source);
      const known = this.records.get(key);
      if (known === undefined || known.untilMs < ban.untilMs) {
        this.records.set(key, { ...ban, source: key });
      }
    }
  }

  takeChanges(): BanChanges {
    const { made, attempts } = this;
    this.made = [];
    this.attempts = new Map();
    return { made, attempts };
  }

  private suspectOf(key: string, nowMs: number): Suspect {
    const known = this.suspects.get(key);
    if (known !== undefined) return known;
    const suspect: Suspect = { failures: 0, failedAtMs: nowMs, names: new Set() };
    this.suspects.set(key, suspect);
    return suspect;
  }

  private shutOut(
    source: string,
    nowMs: number,
    why: Pick<Ban, 'reason' | 'detail' | 'attempts'>,
  ): void {
    const before = this.records.get(source);
    const isRecent = before !== undefined && nowMs - before.untilMs <= FORGET_LEVEL_MS;
    const level = isRecent ? before.level + 1 : 1;
    const lastsMs = Math.min(FIRST_BAN_MS * 2 ** (level - 1), LONGEST_BAN_MS);
    const ban: Ban = {
      id: this.options.newId(nowMs),
      source,
      sinceMs: nowMs,
      untilMs: nowMs + lastsMs,
      level,
      ...why,
    };
    this.records.set(source, ban);
    this.made.push(ban);
    this.options.onBan(ban);
  }
}

function detailOf(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, MAX_NAMES).join(', ');
  return `${shown}${names.size > MAX_NAMES ? ', …' : ''}`.slice(0, MAX_DETAIL_CHARS);
}

/** What a ban list is made of. */
export interface BanListOptions {
  readonly sources: SourceBook;
  readonly clock: Clock;
  readonly maxSources: number;
  readonly newId: (nowMs: number) => string;
  /** A source was shut out just now. */
  readonly onBan: (ban: Ban) => void;
}

/** Makes an empty ban list. */
export function createBanList(options: BanListOptions): BanList {
  return new Bans(options);
}

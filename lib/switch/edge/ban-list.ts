import type { Clock } from '@/lib/core/clock';
import { BoundedMap } from './bounded-map';
import type { SourceBook } from './source';

/** A source that is shut out. */
export interface Ban {
  /** An IPv4 address or an IPv6 /64. */
  readonly source: string;
  /** Unix milliseconds. */
  readonly untilMs: number;
  readonly reason: string;
  /** How many times in a row it was banned for failures; 0 for a ban by hand. */
  readonly level: number;
  readonly manual: boolean;
}

/** Who is shut out, and why. In memory; bounded. Addresses of any spelling. */
export interface BanList {
  /**
   * A *completed* challenge failed (never a bare first request: UDP sources are forged). True when
   * this failure banned the source.
   */
  recordFailure(address: string, reason: string): boolean;
  /** A challenge was passed: one failure is forgiven. */
  recordSuccess(address: string): void;
  /** Shuts out by hand. False for exempt addresses. */
  ban(address: string, options: { readonly reason: string; readonly durationMs: number }): boolean;
  unban(address: string): boolean;
  isBanned(address: string): boolean;
  list(): readonly Ban[];
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

interface Record {
  failures: number;
  failedAtMs: number;
  level: number;
  untilMs: number;
  reason: string;
  manual: boolean;
}

class Bans implements BanList {
  private readonly records: BoundedMap<Record>;
  private readonly sources: SourceBook;
  private readonly clock: Clock;
  private readonly onBan: (ban: Ban) => void;

  constructor(options: BanListOptions) {
    this.records = new BoundedMap(options.maxSources);
    this.sources = options.sources;
    this.clock = options.clock;
    this.onBan = options.onBan;
  }

  recordFailure(address: string, reason: string): boolean {
    const source = this.sources.of(address);
    if (source.isExempt) return false;
    const nowMs = this.clock.nowMs();
    const record = this.current(source.key, nowMs);
    const forgotten = Math.floor((nowMs - record.failedAtMs) / FORGET_FAILURE_MS);
    record.failures = Math.max(record.failures - forgotten, 0) + 1;
    record.failedAtMs = nowMs;
    this.records.set(source.key, record);
    if (record.failures <= TOLERATED_FAILURES || record.untilMs > nowMs) return false;
    record.failures = 0;
    record.level += 1;
    record.reason = reason;
    record.manual = false;
    record.untilMs = nowMs + Math.min(FIRST_BAN_MS * 2 ** (record.level - 1), LONGEST_BAN_MS);
    this.onBan({ source: source.key, ...publicPart(record) });
    return true;
  }

  recordSuccess(address: string): void {
    const record = this.records.get(this.sources.of(address).key);
    if (record !== undefined && record.failures > 0) record.failures -= 1;
  }

  ban(address: string, options: { reason: string; durationMs: number }): boolean {
    const source = this.sources.of(address);
    if (source.isExempt) return false;
    const nowMs = this.clock.nowMs();
    const record = this.current(source.key, nowMs);
    record.untilMs = nowMs + options.durationMs;
    record.reason = options.reason;
    record.manual = true;
    this.records.set(source.key, record);
    this.onBan({ source: source.key, ...publicPart(record) });
    return true;
  }

  unban(address: string): boolean {
    const { key } = this.sources.of(address);
    const wasBanned = this.isBannedKey(key);
    this.records.delete(key);
    return wasBanned;
  }

  isBanned(address: string): boolean {
    return this.records.size > 0 && this.isBannedKey(this.sources.of(address).key);
  }

  list(): readonly Ban[] {
    const nowMs = this.clock.nowMs();
    const bans: Ban[] = [];
    for (const [source, record] of this.records) {
      if (record.untilMs > nowMs) bans.push({ source, ...publicPart(record) });
    }
    return bans;
  }

  private isBannedKey(key: string): boolean {
    const record = this.records.get(key);
    return record !== undefined && record.untilMs > this.clock.nowMs();
  }

  /** The record of a source, its level forgotten after good conduct. */
  private current(key: string, nowMs: number): Record {
    const known = this.records.get(key);
    if (known === undefined) {
      return { failures: 0, failedAtMs: nowMs, level: 0, untilMs: 0, reason: '', manual: false };
    }
    if (nowMs - known.untilMs > FORGET_LEVEL_MS) known.level = 0;
    return known;
  }
}

function publicPart({ untilMs, reason, level, manual }: Record): Omit<Ban, 'source'> {
  return { untilMs, reason, level: manual ? 0 : level, manual };
}

/** What a ban list is made of. */
export interface BanListOptions {
  readonly sources: SourceBook;
  readonly clock: Clock;
  readonly maxSources: number;
  /** A source was shut out just now. */
  readonly onBan: (ban: Ban) => void;
}

/** Makes an empty ban list. */
export function createBanList(options: BanListOptions): BanList {
  return new Bans(options);
}

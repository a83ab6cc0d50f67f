import type { Clock } from '@/lib/core/clock';
import type { DnsAnswer, DnsRecordType, DnsSource } from './types';

/** Answers kept; the one that was asked for longest ago makes room. */
const MAX_ENTRIES = 4_096;
/** What is kept of an answer whose source tells no time to live. */
const DEFAULT_TTL_SECONDS = 60;
/** A carrier that moves is found again within the hour, whatever its zone says. */
const MAX_TTL_SECONDS = 3_600;
/** "There is none" (RFC 2308 §5 wants it cached; the SOA's minimum is not seen here). */
const NEGATIVE_TTL_SECONDS = 30;
/** A name server that does not answer is not asked by every call. */
const FAILURE_TTL_SECONDS = 5;
/** An old answer is better than none while name servers are away (RFC 8767 §4). */
const MAX_STALE_MS = 24 * 3_600_000;

interface Entry {
  readonly answer: DnsAnswer<DnsRecordType>;
  readonly freshUntilMs: number;
  readonly usableUntilMs: number;
}

/**
 * Keeps answers for their time to live, "none" for half a minute, and outlives name servers that
 * fail. Questions asked at once are asked once.
 */
export class CachedDns implements DnsSource {
  private readonly source: DnsSource;
  private readonly clock: Clock;
  private readonly entries = new Map<string, Entry>();
  private readonly failures = new Map<string, { readonly untilMs: number; error: unknown }>();
  private readonly asking = new Map<string, Promise<DnsAnswer<DnsRecordType>>>();

  constructor(source: DnsSource, clock: Clock) {
    this.source = source;
    this.clock = clock;
  }

  /** How many answers are kept. */
  get size(): number {
    return this.entries.size;
  }

  async query<Type extends DnsRecordType>(type: Type, name: string): Promise<DnsAnswer<Type>> {
    const key = `${type} ${name}`;
    const nowMs = this.clock.monotonicMs();
    const known = this.entries.get(key);
    // Filed under its own type: an answer to a question is of the question's type.
    if (known && known.freshUntilMs > nowMs) return known.answer as DnsAnswer<Type>;
    const failed = this.failures.get(key);
    if (failed && failed.untilMs > nowMs) return this.lastResort<Type>(known, failed.error);
    const asking = this.asking.get(key) ?? this.ask(type, name, key);
    try {
      return (await asking) as DnsAnswer<Type>;
    } catch (error) {
      return this.lastResort<Type>(known, error);
    }
  }

  private ask(type: DnsRecordType, name: string, key: string): Promise<DnsAnswer<DnsRecordType>> {
    const asked = this.source
      .query(type, name)
      .then((answer) => {
        this.failures.delete(key);
        this.keep(key, answer);
        return answer;
      })
      .catch((error: unknown) => {
        if (this.failures.size >= MAX_ENTRIES) this.failures.clear();
        const untilMs = this.clock.monotonicMs() + FAILURE_TTL_SECONDS * 1000;
        this.failures.set(key, { untilMs, error });
        throw error;
      })
      .finally(() => this.asking.delete(key));
    this.asking.set(key, asked);
    return asked;
  }

  private keep(key: string, answer: DnsAnswer<DnsRecordType>): void {
    const ttlSeconds =
      answer.records.length === 0
        ? NEGATIVE_TTL_SECONDS
        : Math.min(Math.max(answer.ttlSeconds ?? DEFAULT_TTL_SECONDS, 1), MAX_TTL_SECONDS);
    const freshUntilMs = this.clock.monotonicMs() + ttlSeconds * 1000;
    this.entries.delete(key);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size < MAX_ENTRIES) break;
      this.entries.delete(oldest);
    }
    this.entries.set(key, { answer, freshUntilMs, usableUntilMs: freshUntilMs + MAX_STALE_MS });
  }

  private lastResort<Type extends DnsRecordType>(
    known: Entry | undefined,
    error: unknown,
  ): DnsAnswer<Type> {
    if (known && known.answer.records.length > 0) {
      if (known.usableUntilMs > this.clock.monotonicMs()) return known.answer as DnsAnswer<Type>;
    }
    throw error;
  }
}

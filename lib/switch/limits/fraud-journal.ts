import type { Clock } from '@/lib/core/clock';
import type { ClassifiedNumber } from '@/lib/core/destinations/classes';
import {
  FLAG_PREFIX_DIGITS,
  type FraudFlag,
  type FraudProfile,
  type FraudRule,
} from '@/lib/core/fraud/profile';
import { newId } from '@/lib/core/ids.server';
import type { Logger } from '@/lib/infra/log';
import type { CallFacts, CallResult, HoldRequest } from '@/lib/services/charging/types';
import type { FraudBatch, FraudBlockRecord, FraudEventRecord } from '@/lib/services/fraud/types';
import type { CallObserver } from '@/lib/switch/call/observed-charging';

/** What waits to be written at the most: an attack shall not fill the memory with its own record. */
const MAX_WAITING = 10_000;

export interface FraudJournalOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules: {
    profileOf(accountId: string): FraudProfile | undefined;
    classOf(digits: string): ClassifiedNumber;
    block(kind: 'account' | 'extension', id: string, rule: string): void;
  };
  write(batch: FraudBatch): Promise<void>;
}

/**
 * Writes down what fraud profiles find, and blocks whoever breaks a rule that blocks: at once in this
 * node's memory, then in the database, which tells the other nodes and whoever is to be told.
 */
export class FraudJournal implements CallObserver {
  private readonly options: FraudJournalOptions;
  private events: FraudEventRecord[] = [];
  private blocks: FraudBlockRecord[] = [];
  private dropped = 0;

  constructor(options: FraudJournalOptions) {
    this.options = options;
  }

  /** A call that goes on: what profiles in shadow mode would have refused it for. */
  held({ callId, facts }: HoldRequest): void {
    for (const flag of facts.flags ?? []) this.note(callId, facts, flag);
  }

  ended({ callId, facts, refusal, answeredAtMs, durationMs }: CallResult): void {
    if (refusal) {
      for (const flag of facts.flags ?? []) {
        this.note(callId, facts, flag);
        if (flag.blocks) this.block(callId, facts, flag);
      }
    }
    if (answeredAtMs !== null) this.noteLength(callId, facts, durationMs);
  }

  /** A call was ended in progress by a profile's rule. */
  cut(callId: string, facts: CallFacts, why: { rule: FraudRule; profileAccountId: string }): void {
    const blocks = why.rule === 'velocity_spend' && this.blocksByItself(why.profileAccountId);
    const flag = this.flagOf(facts, { ...why, isShadow: false, blocks });
    this.note(callId, facts, flag);
    if (blocks) this.block(callId, facts, flag);
  }

  /** What waits to be written. */
  get waiting(): number {
    return this.events.length + this.blocks.length;
  }

  /** Writes what waits; what can't be written is tried again. */
  async flush(): Promise<void> {
    if (this.dropped > 0) {
      this.options.log.warn('fraud.dropped', { events: this.dropped });
      this.dropped = 0;
    }
    if (this.waiting === 0) return;
    const batch = { events: this.events, blocks: this.blocks };
    this.events = [];
    this.blocks = [];
    try {
      await this.options.write(batch);
    } catch (error) {
      this.events = [...batch.events, ...this.events].slice(0, MAX_WAITING);
      this.blocks = [...batch.blocks, ...this.blocks].slice(0, MAX_WAITING);
      throw error;
    }
  }

  private blocksByItself(accountId: string): boolean {
    return this.options.rules.profileOf(accountId)?.blocksByItself ?? false;
  }

  /** Calls that are as long as a profile lets them be were ended by it, longer ones only watched. */
  private noteLength(callId: string, facts: CallFacts, durationMs: number): void {
    for (const { buyerAccountId } of facts.hops) {
      const profile = this.options.rules.profileOf(buyerAccountId);
      const longest = profile?.longCallSeconds ?? null;
      if (!profile || longest === null || durationMs < longest * 1_000) continue;
      const isShadow = profile.mode === 'shadow';
      const what = { rule: 'long_call', profileAccountId: buyerAccountId, isShadow } as const;
      this.note(callId, facts, this.flagOf(facts, { ...what, blocks: false }));
    }
  }

  private flagOf(
    facts: CallFacts,
    what: Pick<FraudFlag, 'rule' | 'profileAccountId' | 'isShadow' | 'blocks'>,
  ): FraudFlag {
    const digits = facts.toNumber.replace(/^\+/, '');
    const { class: kind, country } = this.options.rules.classOf(digits);
    return { ...what, class: kind, country, prefix: digits.slice(0, FLAG_PREFIX_DIGITS) };
  }

  private note(callId: string, facts: CallFacts, flag: FraudFlag): void {
    if (this.events.length >= MAX_WAITING) {
      this.dropped += 1;
      return;
    }
    const atMs = this.options.clock.nowMs();
    const { profileAccountId, rule, isShadow, class: kind, country, prefix } = flag;
    this.events.push({
      ...{ id: newId(atMs), profileAccountId, rule, isShadow, country, prefix, callId, atMs },
      class: kind,
      callerAccountId: facts.accountId,
      tenantId: facts.tenantId,
      extensionId: facts.fromExtensionId,
    });
  }

  private block(callId: string, facts: CallFacts, flag: FraudFlag): void {
    const { fromExtensionId, accountId } = facts;
    const subject = fromExtensionId === null ? 'account' : 'extension';
    const subjectId = fromExtensionId ?? accountId;
    const { rule, profileAccountId, prefix } = flag;
    const atMs = this.options.clock.nowMs();
    this.options.rules.block(subject, subjectId, rule);
    this.blocks.push({
      ...{ id: newId(atMs), accountId, subject, subjectId, rule, profileAccountId, prefix },
      ...{ callId, atMs },
    });
    this.options.log.warn('fraud.blocked', { callId, accountId, subject, subjectId, rule });
  }
}

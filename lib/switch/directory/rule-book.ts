import type { CallRules, RuledSubject } from '@/lib/core/call-plan/call-rules';
import type { CallLimits } from '@/lib/core/call-plan/views';
import type { ClassifiedNumber, DestinationClass } from '@/lib/core/destinations/classes';
import { classify } from '@/lib/core/destinations/classify';
import type { FraudProfile } from '@/lib/core/fraud/profile';
import type { E164 } from '@/lib/core/phone-number';
import type {
  ConfigCallLimit,
  ConfigDestinationPrefix,
  ConfigFraudBlock,
  ConfigFraudProfile,
  ConfigVerifiedNumber,
} from '@/lib/services/configuration/types';

/** One rule and its kind. */
export type RuleRecord =
  | { readonly kind: 'call_limit'; readonly record: ConfigCallLimit }
  | { readonly kind: 'destination_prefix'; readonly record: ConfigDestinationPrefix }
  | { readonly kind: 'fraud_profile'; readonly record: ConfigFraudProfile }
  | { readonly kind: 'fraud_block'; readonly record: ConfigFraudBlock }
  | { readonly kind: 'verified_number'; readonly record: ConfigVerifiedNumber };

/** A subject whose spending is limited, by its own limits or by a profile. */
export interface SpendSubject {
  readonly kind: RuledSubject;
  readonly id: string;
  /** Whose billing time zone says when a day begins. */
  readonly accountId: string;
}

const keyOf = (kind: string, id: string): string => `${kind} ${id}`;

/** What is ruled about calls, by whom it is asked for. The directory writes, everybody else reads. */
export class RuleBook implements CallRules {
  private readonly byId = new Map<string, RuleRecord>();
  private readonly limits = new Map<string, ConfigCallLimit>();
  private readonly profiles = new Map<string, FraudProfile>();
  private readonly blocks = new Map<string, ConfigFraudBlock>();
  /** Blocks that this node found and that are not read back yet, by subject. */
  private readonly ownBlocks = new Map<string, string>();
  private readonly prefixes = new Map<string, DestinationClass>();
  private readonly verified = new Set<string>();
  private readonly numberId: (number: E164) => string | undefined;

  constructor(numberId: (number: E164) => string | undefined) {
    this.numberId = numberId;
  }

  get hasLimits(): boolean {
    return this.limits.size > 0;
  }

  limitsOf(kind: RuledSubject, id: string): CallLimits | undefined {
    // Most installations have none: no key is made to find nothing.
    return this.limits.size === 0 ? undefined : this.limits.get(keyOf(kind, id))?.limits;
  }

  limitsOfNumber(number: E164): { readonly id: string; readonly limits: CallLimits } | undefined {
    if (this.limits.size === 0) return undefined;
    const id = this.numberId(number);
    const found = id === undefined ? undefined : this.limitsOf('number', id);
    return id !== undefined && found ? { id, limits: found } : undefined;
  }

  profileOf(accountId: string): FraudProfile | undefined {
    const profile = this.profiles.size === 0 ? undefined : this.profiles.get(accountId);
    return profile?.mode === 'off' ? undefined : profile;
  }

  blockOf(kind: 'account' | 'extension', id: string): { readonly rule: string } | undefined {
    if (this.blocks.size === 0 && this.ownBlocks.size === 0) return undefined;
    const key = keyOf(kind, id);
    const own = this.ownBlocks.get(key);
    return this.blocks.get(key) ?? (own === undefined ? undefined : { rule: own });
  }

  isVerified(tenantId: string, number: E164): boolean {
    return this.verified.size > 0 && this.verified.has(keyOf(tenantId, number));
  }

  classOf(digits: string): ClassifiedNumber {
    return classify(digits, this.prefixes);
  }

  /** Blocks a subject at once; what is read back of it takes over. */
  block(kind: 'account' | 'extension', id: string, rule: string): void {
    this.ownBlocks.set(keyOf(kind, id), rule);
  }

  /** Everybody whose spending of the day is limited. */
  *spendSubjects(): Generator<SpendSubject> {
    for (const { subject, subjectId, accountId, limits } of this.limits.values()) {
      if (limits.maxDailySpendMicro !== null) yield { kind: subject, id: subjectId, accountId };
    }
    for (const { accountId, mode, maxDailySpendMicro } of this.profiles.values()) {
      if (mode === 'off' || maxDailySpendMicro === null) continue;
      yield { kind: 'account', id: accountId, accountId };
    }
  }

  put(rule: RuleRecord): void {
    this.byId.set(rule.record.id, rule);
    const { kind, record } = rule;
    switch (kind) {
      case 'call_limit':
        this.limits.set(keyOf(record.subject, record.subjectId), record);
        return;
      case 'destination_prefix':
        this.prefixes.set(record.prefix, record.class);
        return;
      case 'fraud_profile':
        this.profiles.set(record.profile.accountId, record.profile);
        return;
      case 'fraud_block':
        this.ownBlocks.delete(keyOf(record.subject, record.subjectId));
        if (!record.isReleased) this.blocks.set(keyOf(record.subject, record.subjectId), record);
        return;
      case 'verified_number':
        this.verified.add(keyOf(record.tenantId, record.e164));
        return;
    }
  }

  /** Takes a rule out; unknown ones are no matter. */
  remove(id: string): void {
    const rule = this.byId.get(id);
    if (!rule) return;
    this.byId.delete(id);
    const { kind, record } = rule;
    switch (kind) {
      case 'call_limit':
        this.limits.delete(keyOf(record.subject, record.subjectId));
        return;
      case 'destination_prefix':
        this.prefixes.delete(record.prefix);
        return;
      case 'fraud_profile':
        this.profiles.delete(record.profile.accountId);
        return;
      case 'fraud_block': {
        // An older block of the same subject, released since, must not free a newer one.
        const key = keyOf(record.subject, record.subjectId);
        if (this.blocks.get(key)?.id === record.id) this.blocks.delete(key);
        return;
      }
      case 'verified_number':
        this.verified.delete(keyOf(record.tenantId, record.e164));
        return;
    }
  }
}

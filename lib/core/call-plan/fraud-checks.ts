import { type ClassifiedNumber, forbidsClass } from '@/lib/core/destinations/classes';
import type { ErrorCode } from '@/lib/core/errors';
import {
  BLOCKING_RULES,
  FLAG_PREFIX_DIGITS,
  type FraudFlag,
  type FraudProfile,
  type FraudRule,
} from '@/lib/core/fraud/profile';
import type { Rate } from '@/lib/core/rating/rate';
import type { CallRules } from './call-rules';
import type { Side } from './chain';
import { rateOf } from './limit-checks';
import { dearerNano, feeMicro, leastMicro } from './limit-prices';
import type { PlannedHop, RefusedCall } from './plan';
import { refuse } from './refusal';
import type { AccountView, ExtensionView, Limits, VelocityKey } from './views';

/** Which code tells a rule's refusal. */
const CODE_OF_RULE: Readonly<Record<FraudRule, ErrorCode>> = {
  country: 'DESTINATION_BLOCKED',
  class: 'DESTINATION_BLOCKED',
  rate: 'LIMIT_RATE',
  connect_fee: 'LIMIT_CONNECT_FEE',
  daily_spend: 'LIMIT_DAILY_SPEND',
  velocity_calls: 'LIMIT_VELOCITY',
  velocity_spend: 'LIMIT_VELOCITY',
  long_call: 'LIMIT_DAILY_SPEND',
};

const WORDS_OF_RULE: Readonly<Record<FraudRule, string>> = {
  country: 'calls to this country are not allowed',
  class: 'calls to this class of number are not allowed',
  rate: 'a minute costs more than is allowed',
  connect_fee: 'the connect fee is more than is allowed',
  daily_spend: 'the spending of the day is used up',
  velocity_calls: 'too many calls to numbers that begin alike',
  velocity_spend: 'too much spent on numbers that begin alike',
  long_call: 'the call is too long',
};

/** An account that watches a call, with its profile. */
interface Watcher {
  readonly account: AccountView;
  readonly profile: FraudProfile;
}

/** A call as fraud profiles look at it; collects what those in shadow mode find. */
export class FraudWatch {
  private readonly rules: CallRules | undefined;
  private readonly side: Side;
  private readonly digits: string;
  private readonly watchers: readonly Watcher[];
  private found: ClassifiedNumber | undefined;
  private readonly shadows: FraudFlag[] = [];

  /** `digits` bear no "+". */
  constructor(rules: CallRules | undefined, side: Side, digits: string) {
    this.rules = rules;
    this.side = side;
    this.digits = digits;
    this.watchers = rules ? watchersOf(rules, side) : NOBODY;
  }

  /** Whether the extension, or an account above it, is blocked from calling out. */
  checkBlocks(extension: ExtensionView | null): RefusedCall | null {
    const { rules, side } = this;
    if (!rules) return null;
    const own = extension ? rules.blockOf('extension', extension.id) : undefined;
    if (own && extension) return blocked(side.account, `extension ${extension.number}`, own.rule);
    for (const account of side.chain) {
      const block = rules.blockOf('account', account.id);
      if (block) return blocked(account, account.name, block.rule);
    }
    return null;
  }

  /** Countries and classes. */
  checkDestination(): RefusedCall | null {
    return this.ask(({ profile }) => {
      const { countries, blockedClasses } = profile;
      if (blockedClasses.length > 0 && forbidsClass(blockedClasses, this.number.class)) {
        return 'class';
      }
      const { country } = this.number;
      const isForeign = country === null || !countries?.includes(country);
      return countries !== null && isForeign ? 'country' : null;
    });
  }

  /** Price, spending and how fast calls follow each other, once it is known what the call costs. */
  checkPrice(limits: Limits, hops: readonly PlannedHop[]): RefusedCall | null {
    return this.ask(({ account, profile }) => {
      // The operator buys from carriers by route; what it is paid stands for what a call is worth.
      const rate = rateOf({ kind: 'account', id: account.id }, hops) ?? hops.at(-1)?.rate;
      return this.priceRule(limits, profile, rate) ?? this.velocityRule(limits, profile);
    });
  }

  /** The longest that the profiles let it last; null = no matter how long. */
  get longestSeconds(): number | null {
    const lengths = this.watchers.flatMap(({ profile }) =>
      profile.mode === 'enforce' && profile.longCallSeconds !== null
        ? [profile.longCallSeconds]
        : [],
    );
    return lengths.length === 0 ? null : Math.min(...lengths);
  }

  /** What belongs into the plan of a call that goes on. */
  get marks(): { flags?: readonly FraudFlag[]; velocity?: readonly VelocityKey[] } {
    if (this.watchers.length === 0) return NOTHING;
    const velocity = this.watchers.flatMap(({ profile }) => this.keyOf(profile) ?? NOBODY);
    return {
      ...(this.shadows.length > 0 ? { flags: this.shadows } : {}),
      ...(velocity.length > 0 ? { velocity } : {}),
    };
  }

  private get number(): ClassifiedNumber {
    this.found ??= this.rules?.classOf(this.digits) ?? UNKNOWN;
    return this.found;
  }

  /** Asks every profile, from the caller's account upwards; the first that is enforced refuses. */
  private ask(judge: (watcher: Watcher) => FraudRule | null): RefusedCall | null {
    for (const watcher of this.watchers) {
      const rule = judge(watcher);
      if (rule === null) continue;
      const flag = this.flag(watcher.profile, rule);
      if (!flag.isShadow) return this.refusal(watcher, flag);
      this.shadows.push(flag);
    }
    return null;
  }

  private flag({ accountId, mode, blocksByItself }: FraudProfile, rule: FraudRule): FraudFlag {
    const isShadow = mode === 'shadow';
    return {
      profileAccountId: accountId,
      rule,
      isShadow,
      blocks: !isShadow && blocksByItself && BLOCKING_RULES.has(rule),
      class: this.number.class,
      country: this.number.country,
      prefix: this.digits.slice(0, FLAG_PREFIX_DIGITS),
    };
  }

  private refusal({ account }: Watcher, flag: FraudFlag): RefusedCall {
    return refuse({
      code: CODE_OF_RULE[flag.rule],
      hop: account,
      message: `The fraud profile of ${account.name}: ${WORDS_OF_RULE[flag.rule]}`,
      detail: { profile: account.name, rule: flag.rule, class: flag.class, country: flag.country },
      flags: [...this.shadows, flag],
    });
  }

  private priceRule(
    limits: Limits,
    profile: FraudProfile,
    rate: Rate | undefined,
  ): FraudRule | null {
    const { maxPerMinuteNano, maxConnectFeeMicro, maxDailySpendMicro, accountId } = profile;
    if (rate && maxPerMinuteNano !== null && dearerNano(rate) > maxPerMinuteNano) return 'rate';
    if (rate && maxConnectFeeMicro !== null && feeMicro(rate) > maxConnectFeeMicro) {
      return 'connect_fee';
    }
    if (maxDailySpendMicro === null) return null;
    const { spentTodayMicro } = limits.usage('account', accountId);
    const next = rate ? leastMicro(rate) : 0n;
    return spentTodayMicro + next > maxDailySpendMicro ? 'daily_spend' : null;
  }

  private velocityRule(limits: Limits, profile: FraudProfile): FraudRule | null {
    const key = this.keyOf(profile);
    const used = key && limits.velocity?.(key);
    if (!used) return null;
    const { maxCalls, maxSpendMicro } = profile.velocity ?? NO_VELOCITY;
    if (maxCalls !== null && used.calls >= maxCalls) return 'velocity_calls';
    return maxSpendMicro !== null && used.spentMicro >= maxSpendMicro ? 'velocity_spend' : null;
  }

  private keyOf({ accountId, velocity }: FraudProfile): VelocityKey | undefined {
    if (velocity === null) return undefined;
    return {
      profileAccountId: accountId,
      callerAccountId: this.side.account.id,
      prefix: this.digits.slice(0, velocity.digits),
      windowSeconds: velocity.windowSeconds,
    };
  }
}

function watchersOf(rules: CallRules, { chain }: Side): readonly Watcher[] {
  return chain.flatMap((account): readonly Watcher[] => {
    const profile = rules.profileOf(account.id);
    return profile ? [{ account, profile }] : NOBODY;
  });
}

const NOBODY: readonly never[] = [];
const NOTHING = {};
const NO_VELOCITY = { maxCalls: null, maxSpendMicro: null };
const UNKNOWN: ClassifiedNumber = { class: 'unknown', prefix: '', country: null };

function blocked(hop: AccountView, who: string, rule: string): RefusedCall {
  return refuse({
    code: 'OUTBOUND_BLOCKED',
    hop,
    message: `${who} is blocked from calling out until it is released`,
    detail: { blocked: who, rule },
  });
}

import type { CallRules, RuledSubject } from '@/lib/core/call-plan/call-rules';
import type { CallPlan, CallRequest } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import type { CallLimits, VelocityKey, VelocityUsage } from '@/lib/core/call-plan/views';
import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { classify } from '@/lib/core/destinations/classify';
import type { FraudProfile } from '@/lib/core/fraud/profile';
import type { E164 } from '@/lib/core/phone-number';
import { Lab } from './lab';

const OFF: FraudProfile = {
  accountId: '',
  mode: 'enforce',
  countries: null,
  blockedClasses: [],
  maxPerMinuteNano: null,
  maxConnectFeeMicro: null,
  maxDailySpendMicro: null,
  longCallSeconds: null,
  velocity: null,
  blocksByItself: true,
};

/** The lab with limits beside the objects, fraud profiles, blocks and proven numbers. */
export class RuledLab extends Lab {
  private readonly set = new Map<string, CallLimits>();
  private readonly profiles = new Map<string, FraudProfile>();
  readonly blocks = new Map<string, { rule: string }>();
  readonly verified = new Set<string>();
  /** By prefix. */
  readonly velocities = new Map<string, VelocityUsage>();
  readonly asked: VelocityKey[] = [];

  private readonly rules: CallRules = {
    hasLimits: true,
    limitsOf: (kind, id) => this.set.get(`${kind} ${id}`),
    limitsOfNumber: (number) => {
      const limits = this.set.get(`number ${number}`);
      return limits ? { id: number, limits } : undefined;
    },
    profileOf: (id) => this.profiles.get(id),
    blockOf: (kind, id) => this.blocks.get(`${kind} ${id}`),
    isVerified: (tenantId, number) => this.verified.has(`${tenantId} ${number}`),
    classOf: (digits) => classify(digits),
  };

  /** What is not said is not limited. */
  limit(kind: RuledSubject, id: string | E164, limits: Partial<CallLimits>): void {
    this.set.set(`${kind} ${id}`, { ...NO_LIMITS, ...limits });
  }

  profile(accountId: string, profile: Partial<FraudProfile>): void {
    this.profiles.set(accountId, { ...OFF, accountId, ...profile });
  }

  override request(request: CallRequest, atMs: number = Date.UTC(2026, 5, 1, 12)): CallPlan {
    const directory = { ...this.directory, rules: this.rules };
    const limits = {
      usage: this.limits.usage,
      velocity: (key: VelocityKey): VelocityUsage => {
        this.asked.push(key);
        return this.velocities.get(key.prefix) ?? { calls: 0, spentMicro: 0n };
      },
    };
    return planCall({ directory, decks: this.decks, limits }, request, atMs);
  }
}

import { NUMBER_COUNTRIES } from '@/lib/core/destinations/countries';
import { parseMicro, parsePerMinute } from '@/lib/core/money';
import { reaches } from '@/lib/services/access/authorize';
import type { Actor } from '@/lib/services/context';
import type { SetFraudProfileData, SetFraudProfileInput } from './schemas';

/** An account as far as it matters who stands above it. */
interface AccountPlace {
  readonly id: string;
  readonly parentId: string | null;
  readonly path: string;
}

/** Whether the caller stands above an account; the operator stands above itself. */
export function isAbove(actor: Actor, account: AccountPlace): boolean {
  if (actor.kind === 'system') return true;
  if (account.id === actor.accountId) return account.parentId === null;
  return reaches(actor, account.path);
}

/**
 * What a new customer may do until somebody who sells to it says more: call its own country, nothing
 * that is dear, little a day, and not in bursts.
 */
export function startingProfile(country: string): SetFraudProfileInput {
  return {
    mode: 'enforce',
    countries: NUMBER_COUNTRIES.includes(country) ? [country] : [],
    blockedClasses: ['premium', 'satellite', 'high_risk', 'unknown'],
    maxPerMinute: '0.50',
    maxConnectFee: '0.50',
    maxDailySpend: '50',
    longCallSeconds: 14_400,
    velocity: { windowSeconds: 600, digits: 6, maxCalls: 30, maxSpend: '10' },
    blocksByItself: true,
  };
}

/** A profile as its row has it. */
export function profileColumns(data: SetFraudProfileData) {
  const { velocity } = data;
  return {
    mode: data.mode,
    anyCountry: data.countries === null,
    countries: data.countries ?? [],
    blockedClasses: data.blockedClasses,
    maxPerMinuteNano: data.maxPerMinute === null ? null : parsePerMinute(data.maxPerMinute),
    maxConnectFeeMicro: data.maxConnectFee === null ? null : parseMicro(data.maxConnectFee),
    maxDailySpendMicro: data.maxDailySpend === null ? null : parseMicro(data.maxDailySpend),
    longCallSeconds: data.longCallSeconds,
    ...(velocity
      ? { velocityWindowSeconds: velocity.windowSeconds, velocityDigits: velocity.digits }
      : {}),
    velocityMaxCalls: velocity?.maxCalls ?? null,
    velocityMaxSpendMicro: velocity?.maxSpend == null ? null : parseMicro(velocity.maxSpend),
    blocksByItself: data.blocksByItself,
  };
}

import { formatMicro, formatPerMinute } from '@/lib/core/money';
import { roleMay } from '@/lib/services/access/roles';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import { isAbove } from '@/lib/services/fraud/rules';
import type { WireFraudProfile } from '@/lib/services/fraud/schemas';
import type { Prisma } from '@/prisma/generated/client';

type AccountRow = Prisma.AccountGetPayload<object>;
type ProfileRow = Prisma.FraudProfileGetPayload<object>;

/** An account's profile as the API shows it; one that nobody has set is off. */
export async function toWireProfile(
  context: ServiceContext,
  account: AccountRow,
  row: ProfileRow | null,
): Promise<WireFraudProfile> {
  const { actor } = context;
  const observed = await readObserved(context, 'fraud_profile', row ? [row.id] : []);
  const isAllowed =
    actor.kind === 'system' || roleMay('fraud.write', actor.role, actor.accountKind);
  return {
    accountId: account.id,
    currency: account.currency,
    mode: row?.mode ?? 'off',
    countries: row && !row.anyCountry ? row.countries : null,
    blockedClasses: row?.blockedClasses ?? [],
    maxPerMinute: row?.maxPerMinuteNano == null ? null : formatPerMinute(row.maxPerMinuteNano),
    maxConnectFee: amountOf(row?.maxConnectFeeMicro),
    maxDailySpend: amountOf(row?.maxDailySpendMicro),
    longCallSeconds: row?.longCallSeconds ?? null,
    velocity: row ? velocityOf(row) : null,
    blocksByItself: row?.blocksByItself ?? true,
    mayChange: isAllowed && isAbove(actor, account),
    generation: Number(row?.generation ?? 0n),
    status: observed.statusOf(row?.id ?? '', row?.generation ?? 0n),
  };
}

function velocityOf(row: ProfileRow): WireFraudProfile['velocity'] {
  const { velocityMaxCalls: maxCalls, velocityMaxSpendMicro: maxSpendMicro } = row;
  if (maxCalls === null && maxSpendMicro === null) return null;
  return {
    windowSeconds: row.velocityWindowSeconds,
    digits: row.velocityDigits,
    maxCalls,
    maxSpend: amountOf(maxSpendMicro),
  };
}

function amountOf(micro: bigint | null | undefined): string | null {
  return micro == null ? null : formatMicro(micro);
}

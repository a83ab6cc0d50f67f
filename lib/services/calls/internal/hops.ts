import { toWireMoney } from '@/lib/core/money';
import type { RateSnapshot } from '@/lib/core/rating/snapshot';
import { seesHop, seesMargin, shareOf } from '@/lib/services/calls/rules';
import type { WireHop } from '@/lib/services/calls/schemas';
import type { Actor, ServiceContext } from '@/lib/services/context';
import type { ChargeRow } from './view';

/** A charge, or one that would be. */
export type HopCharge = Pick<
  ChargeRow,
  | 'hop'
  | 'buyerAccountId'
  | 'sellerAccountId'
  | 'carrierId'
  | 'currency'
  | 'amountMicro'
  | 'ratedSeconds'
  | 'billedSeconds'
> & { readonly snapshot: unknown };

interface Names {
  readonly accounts: ReadonlyMap<string, string>;
  readonly carriers: ReadonlyMap<string, string>;
}

/** "Why this price": the hops of a call that the viewer may see, from the payer up. */
export async function explainHops(
  { database: { prisma }, actor }: ServiceContext,
  charges: readonly HopCharge[],
): Promise<WireHop[]> {
  const seen = charges.filter((charge) => seesHop(actor, charge));
  const accountIds = seen.flatMap(({ buyerAccountId, sellerAccountId }) =>
    sellerAccountId === null ? [buyerAccountId] : [buyerAccountId, sellerAccountId],
  );
  const carrierIds = seen.flatMap(({ carrierId }) => (carrierId === null ? [] : [carrierId]));
  const named = { select: { id: true, name: true } } as const;
  const accounts = await prisma.account.findMany({ where: { id: { in: accountIds } }, ...named });
  const carriers = await prisma.carrier.findMany({ where: { id: { in: carrierIds } }, ...named });
  const names = {
    accounts: new Map(accounts.map((one) => [one.id, one.name])),
    carriers: new Map(carriers.map((one) => [one.id, one.name])),
  };
  return seen.map((charge) => toWireHop(charge, charges, { names, actor }));
}

function toWireHop(
  charge: HopCharge,
  all: readonly HopCharge[],
  { names, actor }: { readonly names: Names; readonly actor: Actor },
): WireHop {
  const { hop, buyerAccountId, sellerAccountId, carrierId, amountMicro, currency } = charge;
  const payeeId = sellerAccountId ?? carrierId ?? buyerAccountId;
  return {
    hop,
    payer: { id: buyerAccountId, name: names.accounts.get(buyerAccountId) ?? '' },
    payee:
      sellerAccountId === null
        ? { kind: 'carrier', id: payeeId, name: names.carriers.get(payeeId) ?? '' }
        : { kind: 'account', id: payeeId, name: names.accounts.get(payeeId) ?? '' },
    amount: toWireMoney(amountMicro, currency),
    ratedSeconds: charge.ratedSeconds,
    billedSeconds: charge.billedSeconds,
    rate: toWireRate(charge.snapshot),
    keeps: seesMargin(actor, charge) ? keptOf(charge, all) : null,
  };
}

/** What the payee keeps: what it gets less what it pays at the next hop of the same call. */
function keptOf(charge: HopCharge, all: readonly HopCharge[]): WireHop['keeps'] {
  if (charge.sellerAccountId === null) return null;
  const next = all.filter((one) => one.buyerAccountId === charge.sellerAccountId);
  if (next.some((one) => one.currency !== charge.currency)) return null;
  const kept = next.reduce((left, one) => left - one.amountMicro, charge.amountMicro);
  return {
    amount: toWireMoney(kept, charge.currency),
    share: shareOf(kept, charge.amountMicro),
  };
}

/** What lib/core/rating stored; anything else shows as no rate. */
function isSnapshot(value: unknown): value is RateSnapshot {
  return typeof value === 'object' && value !== null && 'v' in value && value.v === 1;
}

function toWireRate(snapshot: unknown): WireHop['rate'] {
  if (!isSnapshot(snapshot)) return null;
  return {
    deckName: snapshot.deckName,
    deckVersion: snapshot.deckVersion,
    prefix: snapshot.prefix,
    destination: snapshot.destination,
    firstPerMinute: snapshot.firstPerMinute,
    perMinute: snapshot.nextPerMinute,
    first: snapshot.firstSeconds,
    next: snapshot.nextSeconds,
    connectFee: snapshot.connectFee,
    minimum: snapshot.minimum,
    rounding: snapshot.rounding,
    beatenPrefixes: [...snapshot.beatenPrefixes],
  };
}

import { formatPerMinute, toWireMoney } from '@/lib/core/money';
import { priceParts } from '@/lib/core/rating/price';
import { type RateSnapshot, rateFromSnapshot, replayCharge } from '@/lib/core/rating/snapshot';
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
> &
  Partial<Pick<ChargeRow, 'id' | 'callId' | 'kind'>> & { readonly snapshot: unknown };

interface Names {
  readonly accounts: ReadonlyMap<string, string>;
  readonly carriers: ReadonlyMap<string, string>;
}

/** "Why this price": the hops of a call that the viewer may see, from the payer up. */
export async function explainHops(
  { database: { prisma }, actor }: ServiceContext,
  charges: readonly HopCharge[],
): Promise<WireHop[]> {
  const corrections = await readCorrections(prisma, charges);
  const reversed = new Set(corrections.map(({ chargeId }) => chargeId));
  const seen = charges.filter(
    (charge) =>
      charge.kind !== 'reversal' && !reversed.has(charge.id ?? '') && seesHop(actor, charge),
  );
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
  return seen.map((charge) => toWireHop(charge, charges, { names, actor, corrections }));
}

type Corrections = Awaited<ReturnType<typeof readCorrections>>;

/** Few calls have any. */
async function readCorrections(
  prisma: ServiceContext['database']['prisma'],
  charges: readonly HopCharge[],
) {
  const callId = charges.find(({ kind = 'call' }) => kind !== 'call')?.callId;
  return callId === undefined ? [] : await prisma.chargeCorrection.findMany({ where: { callId } });
}

function correctionOf(
  charge: HopCharge,
  all: readonly HopCharge[],
  corrections: Corrections,
): WireHop['correction'] {
  const correction = corrections.find(({ replacementId }) => replacementId === charge.id);
  const before = all.find(({ id }) => id === correction?.chargeId);
  if (!correction || !before) return null;
  return {
    was: toWireMoney(before.amountMicro, before.currency),
    reason: correction.reason,
    correctedAt: correction.createdAt.toISOString(),
  };
}

function toWireHop(
  charge: HopCharge,
  all: readonly HopCharge[],
  view: { readonly names: Names; readonly actor: Actor; readonly corrections: Corrections },
): WireHop {
  const { names, actor } = view;
  const { hop, buyerAccountId, sellerAccountId, carrierId, amountMicro, currency } = charge;
  const payeeId = sellerAccountId ?? carrierId ?? buyerAccountId;
  const snapshot = isSnapshot(charge.snapshot) ? charge.snapshot : null;
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
    rate: snapshot && toWireRate(snapshot, seesMargin(actor, charge)),
    parts: snapshot ? toWireParts(snapshot, charge.billedSeconds) : [],
    replays: snapshot && replays(snapshot, charge),
    correction: correctionOf(charge, all, view.corrections),
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
  if (typeof value !== 'object' || value === null || !('v' in value)) return false;
  return value.v === 1 || value.v === 2;
}

/** A mark-up tells what the payee pays itself: not for the payer to see. */
function toWireRate(snapshot: RateSnapshot, seesMarkup: boolean): NonNullable<WireHop['rate']> {
  const { v } = snapshot;
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
    noChargeSeconds: snapshot.noChargeSeconds,
    rounding: snapshot.rounding,
    beatenPrefixes: [...snapshot.beatenPrefixes],
    reverseBilled: v === 2 && snapshot.reverseBilled,
    markup: v === 2 && seesMarkup ? snapshot.markup : null,
    fx: (v === 2 ? snapshot.fx : null) ?? null,
  };
}

function toWireParts(snapshot: RateSnapshot, billedSeconds: number): WireHop['parts'] {
  return priceParts(rateFromSnapshot(snapshot), billedSeconds).map((part) => ({
    kind: part.kind,
    seconds: part.seconds,
    perMinute: formatPerMinute(part.perMinuteNano),
    band: part.band,
  }));
}

function replays(snapshot: RateSnapshot, charge: HopCharge): boolean {
  const again = replayCharge(snapshot, charge.ratedSeconds);
  return again.amountMicro === charge.amountMicro && again.billedSeconds === charge.billedSeconds;
}

import { AppError, assert } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Rate } from '@/lib/core/rating/rate';
import { rateFromSnapshot } from '@/lib/core/rating/snapshot';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import {
  type LedgerEntry,
  type LedgerLine,
  POST_LEDGER_SQL,
  postLedgerValues,
} from '@/lib/services/ledger/entries';
import { parseInput } from '@/lib/services/parse';
import { CORRECTED, LOCK_FUNDS, WRITE_CORRECTIONS } from './internal/replay-sql';
import { chargeRow, type JsonRow } from './internal/settle-rows';
import { ensureHops, linesOf } from './internal/settlements';
import { storedRate } from './internal/stored-facts';
import type { ChargeDifference, StandingCharge } from './replay-rules';
import type { PricedHop } from './rules';
import { type CorrectionInput, correctionSchema } from './schemas';

/** Charges in one transaction at most. */
export const MAX_CORRECTIONS = 200;

/** One run at a time: what one of them corrects, another must see. */
const LOCK_RUNS = `SELECT pg_advisory_xact_lock(hashtext('tollbridge.correct_charges'))`;

/** What became of a batch. */
export interface Corrected {
  readonly corrected: number;
  /** Corrected before: by an earlier try, or by another run. Nothing was changed. */
  readonly repeated: number;
  /** The buyer can't pay the difference; nothing was changed. */
  readonly unaffordable: readonly ChargeDifference[];
}

/** A difference with what stands for it in the books. */
interface Correction {
  readonly difference: ChargeDifference;
  readonly reversal: Posted;
  readonly replacement: Posted;
}

interface Posted {
  readonly id: string;
  readonly priced: PricedHop;
  readonly row: JsonRow;
  /** null where it moves no money. */
  readonly entry: LedgerEntry | null;
}

/**
 * Corrects charges that were rated wrongly: each is reversed and charged anew, in one transaction
 * with its postings, never edited; a charge once, however often it is tried. What a wallet can't
 * pay is left as it is and told. Only the operator's may; throws INVALID_INPUT for a difference
 * without a price.
 */
export async function correctCharges(
  context: ServiceContext,
  differences: readonly ChargeDifference[],
  input: CorrectionInput,
): Promise<Corrected> {
  authorize(context, 'charges.correct');
  const { reason } = parseInput(correctionSchema, input);
  if (differences.length > MAX_CORRECTIONS || differences.some((each) => each.now === null)) {
    const limit = `up to ${MAX_CORRECTIONS} charges at a time, each with its new price`;
    throw new AppError('INVALID_INPUT', `Corrections are made for ${limit}.`);
  }
  const chart = new ChartOfAccounts();
  await ensureHops(chart, context.database.pool, differences.flatMap(hopsOf));
  const prepared = differences.map((difference) => prepare(context, chart, { difference, reason }));
  return await context.database.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(LOCK_RUNS);
    const before = await correctedBefore(tx, differences);
    const open = prepared.filter(({ difference }) => !before.has(difference.charge.id));
    const { affordable, unaffordable } = await sift(tx, chart, open);
    await write(tx, context, { corrections: affordable, reason });
    return {
      corrected: affordable.length,
      repeated: prepared.length - open.length,
      unaffordable: unaffordable.map(({ difference }) => difference),
    };
  });
}

function hopsOf({ charge, now }: ChargeDifference): readonly PricedHop[] {
  const old = pricedHop(charge, { ...charge, rate: rateFromSnapshot(charge.snapshot) });
  return now ? [old, pricedHop(charge, now)] : [old];
}

function pricedHop(
  charge: StandingCharge,
  price: { readonly amountMicro: bigint; readonly billedSeconds: number; readonly rate: Rate },
): PricedHop {
  const { hop, buyerAccountId, sellerAccountId, carrierId, currency } = charge;
  const { amountMicro, billedSeconds, rate } = price;
  return {
    hop,
    buyerAccountId,
    sellerAccountId,
    carrierId,
    currency,
    amountMicro,
    billedSeconds,
    rate,
  };
}

function prepare(
  context: ServiceContext,
  chart: ChartOfAccounts,
  of: { readonly difference: ChargeDifference; readonly reason: string },
): Correction {
  const { charge, now } = of.difference;
  assert(now !== null, 'a correction has a price');
  const rate = rateFromSnapshot(charge.snapshot);
  const old = pricedHop(charge, { ...charge, rate });
  const post = (
    kind: 'reversal' | 'correction',
    priced: PricedHop,
    ratedSeconds: number,
  ): Posted => {
    const id = newId(context.clock.nowMs());
    const entry: LedgerEntry | null =
      priced.amountMicro === 0n
        ? null
        : {
            key: `${kind}:${charge.id}`,
            id: newId(context.clock.nowMs()),
            kind: 'correction',
            subjectId: charge.callId,
            actorId: context.actor.id,
            reason: of.reason,
            lines: kind === 'reversal' ? opposite(linesOf(chart, old)) : linesOf(chart, priced),
          };
    const { callId } = charge;
    const row = chargeRow(priced, {
      ...{ id, callId, ratedSeconds, transactionId: entry?.id ?? null },
      snapshot: storedRate(priced.rate),
    });
    return { id, priced, row: { ...row, kind }, entry };
  };
  const reversed = {
    amountMicro: -charge.amountMicro,
    billedSeconds: -charge.billedSeconds,
    rate,
  };
  return {
    difference: of.difference,
    reversal: post('reversal', pricedHop(charge, reversed), -charge.ratedSeconds),
    replacement: post('correction', pricedHop(charge, now), charge.ratedSeconds),
  };
}

/** What takes lines back, in the books in which they stand. */
function opposite(lines: readonly LedgerLine[]): readonly LedgerLine[] {
  return lines.map((line) => ({ ...line, amountMicro: -line.amountMicro }));
}

async function correctedBefore(
  tx: Tx,
  differences: readonly ChargeDifference[],
): Promise<ReadonlySet<string>> {
  const ids = differences.map(({ charge }) => charge.id);
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(CORRECTED, ids);
  return new Set(rows.map(({ id }) => id));
}

/** Those whose buyers can pay the difference, in order: a running sum for each wallet. */
async function sift(tx: Tx, chart: ChartOfAccounts, corrections: readonly Correction[]) {
  const walletOf = ({ difference: { charge } }: Correction) =>
    charge.carrierId === null
      ? chart.wallet(charge.buyerAccountId, charge.currency)?.walletId
      : undefined;
  const ids = new Set(corrections.flatMap((each) => walletOf(each) ?? []));
  const rows = await tx.$queryRawUnsafe<{ id: string; available: bigint }[]>(LOCK_FUNDS, [...ids]);
  const available = new Map(rows.map((row) => [row.id, row.available]));
  const affordable: Correction[] = [];
  const unaffordable: Correction[] = [];
  for (const correction of corrections) {
    const { reversal, replacement } = correction;
    const moreMicro = replacement.priced.amountMicro + reversal.priced.amountMicro;
    const walletId = walletOf(correction);
    const free = walletId === undefined ? moreMicro : (available.get(walletId) ?? 0n);
    if (moreMicro > 0n && free < moreMicro) {
      unaffordable.push(correction);
      continue;
    }
    affordable.push(correction);
    if (walletId !== undefined) available.set(walletId, free - moreMicro);
  }
  return { affordable, unaffordable };
}

async function write(
  tx: Tx,
  context: ServiceContext,
  of: { readonly corrections: readonly Correction[]; readonly reason: string },
): Promise<void> {
  const { corrections, reason } = of;
  if (corrections.length === 0) return;
  const posted = corrections.flatMap(({ reversal, replacement }) => [reversal, replacement]);
  const entries = posted.flatMap(({ entry }) => entry ?? []);
  const made = await tx.$queryRawUnsafe<{ id: string }[]>(
    POST_LEDGER_SQL,
    ...postLedgerValues(entries),
  );
  assert(
    made.length === entries.length,
    'a charge that was not corrected has no correction posted',
  );
  await tx.$executeRawUnsafe(
    WRITE_CORRECTIONS,
    JSON.stringify(posted.map(({ row }) => row)),
    JSON.stringify(
      corrections.map(({ difference: { charge }, reversal, replacement }) => ({
        charge_id: charge.id,
        call_id: charge.callId,
        reversal_id: reversal.id,
        replacement_id: replacement.id,
      })),
    ),
    context.actor.id,
    reason,
  );
  await recordAudit(tx, context, {
    verb: 'charges.correct',
    objectKind: 'charge',
    objectId: corrections[0]?.difference.charge.id ?? null,
    accountId: context.actor.accountId,
    detail: { charges: corrections.length, reason },
  });
}

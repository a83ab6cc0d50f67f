import { billingPeriod } from '@/lib/core/billing-period';
import type { Clock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import type { Tx } from '@/lib/infra/db/client';
import type { ServicesDatabase } from '@/lib/services/database';
import { emitEvent } from '@/lib/services/outbox/emit-event';
import type { Prisma } from '@/prisma/generated/client';
import { ageNumber } from './internal/age-number';
import { chargePeriod } from './internal/charge-period';
import type { MoveContext } from './internal/move-number';
import { lockNumber } from './internal/view';
import { RETRY_MS, unpaidStage } from './rules';

/** Numbers looked at between two breaths. */
const BATCH = 100;

/** What a run did. */
export interface DueCharges {
  /** Months charged, at all their hops. */
  charged: number;
  unpaid: number;
  suspended: number;
  resumed: number;
  released: number;
}

export interface ChargeContext {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
}

const rentalInclude = {
  hops: { orderBy: { hop: 'asc' } },
  account: { select: { id: true, path: true, kind: true } },
} satisfies Prisma.NumberRentalInclude;
type RentalRow = Prisma.NumberRentalGetPayload<{ include: typeof rentalInclude }>;

/**
 * Charges every month of a number that has begun, the missed ones too, each once (facts: recurring
 * fees missed or doubled after downtime). Where somebody on the way up can't pay, nobody is charged:
 * the number goes on for GRACE_DAYS, then calls to it are refused, and after SUSPENDED_DAYS more it
 * goes back to its stock. Paying in between brings it back within RETRY_MS. The days count from the first
 * try that failed, so that a standstill of ours is never the customer's fault.
 */
export async function chargeDueNumbers(context: ChargeContext): Promise<DueCharges> {
  const { database, clock } = context;
  const done: DueCharges = { charged: 0, unpaid: 0, suspended: 0, resumed: 0, released: 0 };
  const nowMs = clock.nowMs();
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const due = await database.prisma.numberRental.findMany({
      where: {
        id: { gt: after },
        endedAt: null,
        nextDueAt: { lte: new Date(nowMs) },
        OR: [{ retryAt: null }, { retryAt: { lte: new Date(nowMs) } }],
      },
      select: { id: true },
      orderBy: { id: 'asc' },
      take: BATCH,
    });
    // A month at a time, each a transaction of its own: what is charged stays charged.
    for (const { id } of due) {
      while (await step(context, { rentalId: id, nowMs, done })) done.charged += 1;
    }
    const last = due.at(-1);
    if (due.length < BATCH || last === undefined) return done;
    after = last.id;
  }
}

interface Step {
  readonly rentalId: string;
  readonly nowMs: number;
  readonly done: DueCharges;
}

/** Charges the next month of a rental if it has begun; whether it did. */
async function step(context: ChargeContext, { rentalId, nowMs, done }: Step): Promise<boolean> {
  const { database } = context;
  return await database.prisma.$transaction(async (tx) => {
    // The number first, as everywhere, then its rental.
    const { numberId } = await tx.numberRental.findUniqueOrThrow({ where: { id: rentalId } });
    const number = await lockNumber(tx, numberId);
    await tx.$queryRaw`SELECT 1 FROM number_rental WHERE id = ${rentalId}::uuid FOR UPDATE`;
    const rental = await tx.numberRental.findUniqueOrThrow({
      where: { id: rentalId },
      include: rentalInclude,
    });
    if (number === null || rental.endedAt !== null || rental.nextDueAt.getTime() > nowMs) {
      return false;
    }
    const period = rental.nextPeriod;
    const anchor = { startedAtMs: rental.startedAt.getTime(), timeZone: rental.timeZone };
    const { startMs, endMs } = billingPeriod(anchor, period);
    const charge = { rentalId, numberId, period, startMs, endMs, hops: rental.hops };
    const outcome = await chargePeriod(tx, database, { ...charge, actorId: null, nowMs });
    if (outcome.kind === 'short') {
      await unpaid(tx, context, { rental, number, nowMs, done });
      return false;
    }
    await tx.numberRental.update({
      where: { id: rentalId },
      data: {
        nextPeriod: period + 1,
        nextDueAt: new Date(endMs),
        unpaidSince: endMs > nowMs ? null : rental.unpaidSince,
        retryAt: null,
      },
    });
    if (number.suspendedAt !== null && endMs > nowMs) {
      await tx.phoneNumber.update({ where: { id: numberId }, data: { suspendedAt: null } });
      await tell(tx, context, { topic: 'number.resumed', rental, e164: number.e164 });
      done.resumed += 1;
    }
    return true;
  });
}

interface Unpaid {
  readonly rental: RentalRow;
  readonly number: NonNullable<Awaited<ReturnType<typeof lockNumber>>>;
  readonly nowMs: number;
  readonly done: DueCharges;
}

async function unpaid(tx: Tx, context: ChargeContext, what: Unpaid): Promise<void> {
  const { rental, number, nowMs, done } = what;
  const since = rental.unpaidSince?.getTime() ?? nowMs;
  const stage = unpaidStage(since, nowMs);
  const about = { rental, e164: number.e164 };
  done.unpaid += 1;
  await tx.numberRental.update({
    where: { id: rental.id },
    data: { unpaidSince: new Date(since), retryAt: new Date(nowMs + RETRY_MS) },
  });
  if (rental.unpaidSince === null) await tell(tx, context, { topic: 'number.unpaid', ...about });
  if (stage === 'over') {
    await ageNumber(tx, systemContext(context, rental), { number, verb: 'numbers.takeBack' });
    await tell(tx, context, { topic: 'number.released', ...about });
    done.released += 1;
  } else if (stage === 'suspended' && number.suspendedAt === null) {
    const suspendedAt = new Date(nowMs);
    await tx.phoneNumber.update({ where: { id: number.id }, data: { suspendedAt } });
    await tell(tx, context, { topic: 'number.suspended', ...about });
    done.suspended += 1;
  }
}

interface Telling {
  readonly topic: 'number.unpaid' | 'number.suspended' | 'number.resumed' | 'number.released';
  readonly rental: RentalRow;
  readonly e164: string;
}

async function tell(tx: Tx, context: ChargeContext, { topic, rental, e164 }: Telling) {
  const { accountId, numberId } = rental;
  await emitEvent(tx, context, { topic, accountId, payload: { id: numberId, accountId, e164 } });
}

/** What is done by itself is done in the name of whoever has the number. */
function systemContext({ database, clock }: ChargeContext, rental: RentalRow): MoveContext {
  return {
    database,
    clock,
    actor: {
      kind: 'system',
      id: null,
      // Ids of ours are UUIDs.
      accountId: rental.accountId as Uuid,
      accountPath: rental.account.path,
      accountKind: rental.account.kind,
      role: 'owner',
      scopes: null,
      behindId: null,
      address: null,
      requestId: null,
    },
  };
}

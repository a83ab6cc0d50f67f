import { AppError } from '@/lib/core/errors';
import { toWireMoney } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { requireActiveChain } from '@/lib/services/accounts/require-active-chain';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { emitEvent } from '@/lib/services/outbox/emit-event';
import { parseInput } from '@/lib/services/parse';
import { Prisma } from '@/prisma/generated/client';
import { getSubscription } from './get-subscription';
import { chargeOrder, readOrderAccounts } from './internal/charge-order';
import {
  findOffer,
  findOrderTenant,
  insertSubscription,
  type OrderedVersion,
  type OrderingAccount,
  provisionExtensions,
} from './internal/order';
import {
  type OrderPlanData,
  type OrderPlanInput,
  orderPlanSchema,
  type WireSubscription,
} from './schemas';

interface Order {
  readonly account: OrderingAccount;
  readonly version: OrderedVersion;
  readonly data: OrderPlanData;
}

/**
 * Orders a plan: takes price and set-up fee from the wallet (where the portal bills), starts the
 * subscription and creates its extensions, all or nothing. Idempotent by `orderKey`: the same order
 * again gives the subscription that is there; another one under the same key is refused (CONFLICT).
 */
export async function orderPlan(
  context: ServiceContext,
  input: OrderPlanInput,
): Promise<WireSubscription> {
  authorize(context, 'subscriptions.order');
  const data = parseInput(orderPlanSchema, input);
  const { prisma } = context.database;
  const account = await findAccount(prisma, context, data.accountId ?? context.actor.accountId);
  const earlier = await findEarlier(prisma, account, data);
  if (earlier) return await getSubscription(context, earlier);
  await requireActiveChain(prisma, account);
  const order = { account, version: await findOffer(prisma, account, data.planId), data };
  try {
    return await getSubscription(context, await placeOrder(context, order));
  } catch (error) {
    // Two at once: the other one won, and its result is ours.
    const isTaken = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
    const winner = isTaken ? await findEarlier(prisma, account, data) : null;
    if (winner === null) throw error;
    return await getSubscription(context, winner);
  }
}

async function findEarlier(
  tx: Tx,
  account: OrderingAccount,
  { orderKey, planId }: OrderPlanData,
): Promise<string | null> {
  const earlier = await tx.subscription.findUnique({
    where: { accountId_orderKey: { accountId: account.id, orderKey } },
    include: { planVersion: { select: { planId: true } } },
  });
  if (earlier === null) return null;
  if (earlier.planVersion.planId === planId) return earlier.id;
  throw new AppError('CONFLICT', 'This order key was used for another plan.');
}

async function placeOrder(context: ServiceContext, order: Order): Promise<string> {
  const { account, version, data } = order;
  const amountMicro = version.pricePeriodMicro + version.setUpFeeMicro;
  const pays = account.billedBy === 'portal' && amountMicro > 0n;
  const { currency } = version;
  const accounts = pays
    ? await readOrderAccounts(context, new ChartOfAccounts(), { accountId: account.id, currency })
    : null;
  return await context.database.prisma.$transaction(async (tx) => {
    const tenantId =
      version.extensions > 0 ? await findOrderTenant(tx, account, data.tenantId) : null;
    const subscriptionId = await insertSubscription(tx, context, order);
    if (accounts) await chargeOrder(tx, context, { subscriptionId, amountMicro, ...accounts });
    const { extensions } = version;
    const { extensionName } = data;
    await provisionExtensions(tx, context, { subscriptionId, tenantId, extensions, extensionName });
    const charged = pays ? { ...toWireMoney(amountMicro, currency) } : null;
    await recordAudit(tx, context, {
      verb: 'subscriptions.order',
      objectKind: 'subscription',
      objectId: subscriptionId,
      accountId: account.id,
      detail: { planVersionId: version.id, charged, tenantId },
    });
    await emitEvent(tx, context, {
      topic: 'subscription.activated',
      accountId: account.id,
      payload: { id: subscriptionId, accountId: account.id, planVersionId: version.id },
    });
    return subscriptionId;
  });
}

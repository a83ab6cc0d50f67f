import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import { notFound } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { insertExtension } from '@/lib/services/extensions/insert-extension';
import type { OrderPlanData } from '@/lib/services/subscriptions/schemas';
import type { Prisma } from '@/prisma/generated/client';

export type OrderingAccount = Prisma.AccountGetPayload<object>;
export type OrderedVersion = Prisma.PlanVersionGetPayload<object>;

/** The version of a plan that is on offer to an account. Throws NOT_FOUND for any other plan. */
export async function findOffer(
  tx: Tx,
  account: OrderingAccount,
  planId: string,
): Promise<OrderedVersion> {
  const plan =
    account.parentId === null
      ? null
      : await tx.plan.findFirst({
          where: { id: planId, accountId: account.parentId, status: 'active' },
          include: { activeVersion: true },
        });
  if (plan?.activeVersion == null) throw notFound('plan on offer to this account');
  return plan.activeVersion;
}

/** The tenant that an order's extensions go to. */
export async function findOrderTenant(
  tx: Tx,
  account: OrderingAccount,
  tenantId: string | undefined,
): Promise<string> {
  const tenants = await tx.tenant.findMany({
    where: { accountId: account.id, ...(tenantId ? { id: tenantId } : {}) },
    orderBy: { id: 'asc' },
    take: 2,
  });
  const [first, second] = tenants;
  if (first === undefined && tenantId) throw notFound('tenant of this account');
  if (first === undefined) {
    throw new AppError('CONFLICT', 'The account has no tenant (SIP domain) yet: create one first.');
  }
  if (second !== undefined) {
    throw new AppError('INVALID_INPUT', 'The account has several tenants: say which one.', {
      meta: { issues: [{ path: 'tenantId', message: 'is needed' }] },
    });
  }
  return first.id;
}

export interface Provisioned {
  readonly subscriptionId: string;
  readonly tenantId: string | null;
  readonly extensions: number;
}

/** Creates the extensions that a version grants, with the lowest free numbers. */
export async function provisionExtensions(
  tx: Tx,
  context: ServiceContext,
  order: Provisioned & Pick<OrderPlanData, 'extensionName'>,
): Promise<void> {
  if (order.tenantId === null) return;
  for (let index = 0; index < order.extensions; index += 1) {
    await insertExtension(tx, context, {
      tenantId: order.tenantId,
      number: null,
      name: index === 0 && order.extensionName ? order.extensionName : 'New extension',
      secret: null,
      callerNumberId: null,
      subscriptionId: order.subscriptionId,
    });
  }
}

/** Claims the order's key; a second order with it breaks the unique constraint. */
export async function insertSubscription(
  tx: Tx,
  { clock }: ServiceContext,
  order: {
    readonly account: OrderingAccount;
    readonly version: OrderedVersion;
    readonly data: OrderPlanData;
  },
): Promise<string> {
  const now = clock.nowMs();
  const id = newId(now);
  await tx.subscription.create({
    data: {
      id,
      accountId: order.account.id,
      planVersionId: order.version.id,
      status: 'active',
      orderKey: order.data.orderKey,
      externalId: order.data.externalId ?? null,
      startedAt: new Date(now),
    },
  });
  return id;
}

import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { authorize, inSubtree, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getNumber } from './get-number';
import { findNumber } from './internal/view';
import { checkTransition } from './rules';
import { type AssignNumberInput, assignNumberSchema, type WireNumber } from './schemas';

interface Target {
  readonly accountId: string;
  readonly tenantId: string | null;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
}

/**
 * Puts a number into service at a tenant and an extension or PBX of it, or takes it out. A seller that gives a
 * number to a tenant below it hands it to that tenant's account.
 */
export async function assignNumber(
  context: ServiceContext,
  numberId: string,
  input: AssignNumberInput,
): Promise<WireNumber> {
  authorize(context, 'numbers.write');
  const data = parseInput(assignNumberSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const number = await findNumber(tx, context, numberId);
    const state = data.tenantId === null ? 'available' : 'in_service';
    checkTransition(number.state, state);
    const target: Target =
      data.tenantId === null
        ? { accountId: number.accountId, tenantId: null, extensionId: null, trunkId: null }
        : await findTarget(tx, context, { ...data, tenantId: data.tenantId });
    if (target.tenantId !== number.tenantId) await dropAsCallerNumber(tx, number.id);
    await tx.phoneNumber.update({ where: { id: number.id }, data: { ...target, state } });
    await recordAudit(tx, context, {
      verb: 'numbers.assign',
      objectKind: 'phone_number',
      objectId: number.id,
      accountId: target.accountId,
      detail: { ...target, state, fromTenantId: number.tenantId },
    });
  });
  return await getNumber(context, numberId);
}

async function findTarget(
  tx: Tx,
  { actor }: ServiceContext,
  wanted: AssignNumberInput & { readonly tenantId: string },
): Promise<Target> {
  const tenant = await tx.tenant.findFirst({
    where: { id: wanted.tenantId, account: inSubtree(actor) },
  });
  if (tenant === null) throw notFound('tenant');
  if (wanted.extensionId) {
    const extension = await tx.extension.findFirst({
      where: { id: wanted.extensionId, tenant: { account: inSubtree(actor) } },
    });
    if (extension === null) throw notFound('extension');
    if (extension.tenantId !== tenant.id) {
      throw new AppError('INVALID_INPUT', 'The extension belongs to another tenant.');
    }
  }
  if (wanted.trunkId) {
    const pbx = { id: wanted.trunkId, kind: 'pbx', tenantId: tenant.id } as const;
    if ((await tx.trunk.findFirst({ where: pbx })) === null) throw notFound('trunk');
    if (wanted.extensionId) {
      throw new AppError('INVALID_INPUT', 'A number leads to an extension or to a PBX, not both.');
    }
  }
  return {
    accountId: tenant.accountId,
    tenantId: tenant.id,
    extensionId: wanted.extensionId ?? null,
    trunkId: wanted.trunkId ?? null,
  };
}

/** Nobody goes on showing a number that has left their tenant. */
async function dropAsCallerNumber(tx: Tx, numberId: string): Promise<void> {
  await tx.extension.updateMany({
    where: { callerNumberId: numberId },
    data: { callerNumberId: null },
  });
}

import { AppError } from '@/lib/core/errors';
import type { Tx } from '@/lib/infra/db/client';
import { authorize, notFound } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import type { Prisma } from '@/prisma/generated/client';
import { checkForwarding, extensionCandidates } from './forwarding';
import { getExtension } from './get-extension';
import { findExtension, requireOwnNumber } from './internal/find';
import type { ExtensionRow } from './internal/view';
import {
  type UpdateExtensionInput,
  type UpdateForwarding,
  updateExtensionSchema,
  type WireExtension,
} from './schemas';

/**
 * Changes name, state, caller number, whose it is, how its media is protected or where calls are
 * forwarded; what is left out stays. Throws INVALID_INPUT for a forward that leads nowhere, back to itself or to an emergency number.
 */
export async function updateExtension(
  context: ServiceContext,
  extensionId: string,
  input: UpdateExtensionInput,
): Promise<WireExtension> {
  authorize(context, 'extensions.write');
  const data = parseInput(updateExtensionSchema, input);
  await context.database.prisma.$transaction(async (tx) => {
    const extension = await findExtension(tx, context, extensionId);
    if (data.callerNumberId) await requireOwnNumber(tx, extension.tenantId, data.callerNumberId);
    if (data.userId) await requireFreePerson(tx, extension, data.userId);
    const forwarding = data.forwarding && (await checked(tx, extension, data.forwarding));
    await tx.extension.update({
      where: { id: extension.id },
      data: {
        ...(data.name === undefined ? {} : { name: data.name }),
        ...(data.state === undefined ? {} : { status: data.state }),
        ...(data.callerNumberId === undefined ? {} : { callerNumberId: data.callerNumberId }),
        ...(data.userId === undefined ? {} : { userId: data.userId }),
        ...(data.mediaSecurity === undefined ? {} : { mediaSecurity: data.mediaSecurity }),
        ...(data.recording === undefined ? {} : { recording: data.recording }),
        ...(forwarding ? forwardingColumns(forwarding) : {}),
      },
    });
    await recordAudit(tx, context, {
      verb: 'extensions.update',
      objectKind: 'extension',
      objectId: extension.id,
      accountId: extension.tenant.accountId,
      detail: {
        changed: Object.keys(data),
        // Which cases, never where to: the audit holds no numbers.
        ...(forwarding ? { forwarding: Object.keys(forwarding) } : {}),
        ...(data.state === undefined ? {} : { from: extension.status, to: data.state }),
      },
    });
  });
  return await getExtension(context, extensionId);
}

/** Throws NOT_FOUND for whoever is not of the extension's account, CONFLICT for who has one in its tenant. */
async function requireFreePerson(tx: Tx, extension: ExtensionRow, userId: string): Promise<void> {
  const { accountId } = extension.tenant;
  const member = await tx.membership.findUnique({
    where: { userId_accountId: { userId, accountId } },
  });
  if (member === null) throw notFound('person in this account');
  const other = await tx.extension.findFirst({
    where: { tenantId: extension.tenantId, userId, id: { not: extension.id } },
    select: { number: true },
  });
  if (other !== null) {
    throw new AppError('CONFLICT', `Extension ${other.number} is theirs already: free it first.`);
  }
}

async function checked(
  tx: Tx,
  extension: ExtensionRow,
  wanted: UpdateForwarding,
): Promise<UpdateForwarding> {
  const neighbours = await tx.extension.findMany({
    where: { tenantId: extension.tenantId, number: { in: [...extensionCandidates(wanted)] } },
    select: { number: true },
  });
  const numbers = new Set(neighbours.map((one) => one.number));
  return checkForwarding(wanted, {
    country: extension.tenant.country,
    number: extension.number,
    ringingNumbers: extension.numbers.map((one) => one.e164),
    hasExtension: (number) => numbers.has(number),
  });
}

function forwardingColumns(forwarding: UpdateForwarding): Prisma.ExtensionUncheckedUpdateInput {
  const { always, busy, noAnswer, unreachable, noAnswerSeconds } = forwarding;
  return {
    ...(always === undefined ? {} : { forwardAlways: always }),
    ...(busy === undefined ? {} : { forwardBusy: busy }),
    ...(noAnswer === undefined ? {} : { forwardNoAnswer: noAnswer }),
    ...(unreachable === undefined ? {} : { forwardUnreachable: unreachable }),
    ...(noAnswerSeconds === undefined ? {} : { forwardNoAnswerSeconds: noAnswerSeconds }),
  };
}

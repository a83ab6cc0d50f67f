import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { authorize } from '@/lib/services/access/authorize';
import { findAccount } from '@/lib/services/accounts/find-account';
import { requireActiveChain } from '@/lib/services/accounts/require-active-chain';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getPortIn } from './get-port-in';
import { checkTarget } from './internal/check-target';
import { type CreatePortInInput, createPortInSchema, type WirePortIn } from './schemas';

/** Requests of one account that are not over, at most. */
const MAX_OPEN = 100;

/** Begins a request to bring numbers along from another carrier, as a draft. */
export async function createPortIn(
  context: ServiceContext,
  input: CreatePortInInput,
): Promise<WirePortIn> {
  authorize(context, 'portIns.write');
  const { accountId, wishedOn, ...form } = parseInput(createPortInSchema, input);
  const id = newId(context.clock.nowMs());
  await context.database.prisma.$transaction(async (tx) => {
    const account = await findAccount(tx, context, accountId ?? context.actor.accountId);
    await requireActiveChain(tx, account);
    const open = { accountId: account.id, state: { notIn: ['done', 'rejected', 'cancelled'] } } as {
      accountId: string;
      state: { notIn: ('done' | 'rejected' | 'cancelled')[] };
    };
    if ((await tx.portIn.count({ where: open })) >= MAX_OPEN) {
      throw new AppError(
        'USAGE_EXCEEDS_LIMIT',
        `An account has ${MAX_OPEN} open port-ins at most.`,
      );
    }
    await checkTarget(tx, account.id, form);
    await tx.portIn.create({
      data: { id, accountId: account.id, wishedOn: new Date(wishedOn), ...form },
    });
    await recordAudit(tx, context, {
      verb: 'portIns.create',
      objectKind: 'port_in',
      objectId: id,
      accountId: account.id,
      detail: { numbers: form.numbers.length },
    });
  });
  return await getPortIn(context, id);
}

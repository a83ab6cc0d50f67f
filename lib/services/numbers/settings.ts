import { withoutAbsent } from '@/lib/core/without-absent';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { settingsOf } from './internal/stock';
import {
  type NumberSettings,
  type UpdateNumberSettingsInput,
  updateNumberSettingsSchema,
} from './schemas';

/** How the caller's stock of numbers is kept: how long they rest, how long one may be reserved. */
export async function getNumberSettings(context: ServiceContext): Promise<NumberSettings> {
  authorize(context, 'numbers.sell');
  const { agingDays, reservationMinutes } = await settingsOf(
    context.database.prisma,
    context.actor.accountId,
  );
  return { agingDays, reservationMinutes };
}

/** Changes it, for what is reserved or comes back from now on. */
export async function updateNumberSettings(
  context: ServiceContext,
  input: UpdateNumberSettingsInput,
): Promise<NumberSettings> {
  authorize(context, 'numbers.sell');
  const data = withoutAbsent(parseInput(updateNumberSettingsSchema, input));
  const { accountId } = context.actor;
  await context.database.prisma.$transaction(async (tx) => {
    await tx.numberSettings.upsert({
      where: { accountId },
      create: { accountId, ...data },
      update: data,
    });
    await recordAudit(tx, context, {
      verb: 'numbers.settings',
      objectKind: 'account',
      objectId: accountId,
      accountId,
      detail: data,
    });
  });
  return await getNumberSettings(context);
}

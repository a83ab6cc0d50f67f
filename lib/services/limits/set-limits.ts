import type { ControlClient } from '@/lib/control/client';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { parseMicro, parsePerMinute } from '@/lib/core/money';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { getLimits } from './get-limits';
import { findSubject, type LimitedSubject } from './internal/subjects';
import type { AskedSubject } from './internal/view';
import { checkValues, whyNotLimit } from './rules';
import {
  type SetLimitsData,
  type SetLimitsInput,
  setLimitsSchema,
  type WireLimits,
} from './schemas';

/**
 * Sets limits of a subject; what is left out stays, null takes a limit away. Throws FORBIDDEN where
 * they were set from above, or are the caller's own account's.
 */
export async function setLimits(
  context: ServiceContext,
  control: ControlClient,
  { input, ...asked }: AskedSubject & { readonly input: SetLimitsInput },
): Promise<WireLimits> {
  authorize(context, 'limits.write');
  const data = parseInput(setLimitsSchema, input);
  checkValues(asked.subject, data);
  await context.database.prisma.$transaction(async (tx) => {
    const subject = await findSubject(tx, context, asked);
    await requireLimitable(tx, context, subject);
    const rest = await changeOwnRow(tx, subject, data);
    await changeBeside(tx, context, { subject, data: rest });
    await recordAudit(tx, context, {
      verb: 'limits.set',
      objectKind: asked.subject,
      objectId: subject.id,
      accountId: subject.account.id,
      detail: { ...data },
    });
  });
  return await getLimits(context, control, asked);
}

async function requireLimitable(
  tx: Tx,
  { actor }: ServiceContext,
  { subject, id, account }: LimitedSubject,
): Promise<void> {
  const row = await tx.callLimit.findUnique({
    where: { subject_subjectId: { subject, subjectId: id } },
  });
  const setter = row && (await tx.account.findUnique({ where: { id: row.setById } }));
  const setByPath = setter?.path ?? null;
  const isRoot = account.parentId === null;
  const why = whyNotLimit(actor, { subject, accountId: account.id, isRoot, setByPath });
  if (why !== null) throw new AppError('FORBIDDEN', why);
}

/** Calls at a time and a second of accounts and trunks have always stood in their own rows. */
async function changeOwnRow(
  tx: Tx,
  { subject, id, account }: LimitedSubject,
  data: SetLimitsData,
): Promise<SetLimitsData> {
  const { maxConcurrentCalls, maxConcurrentIn, maxConcurrentOut, maxCallsPerSecond, ...rest } =
    data;
  if (subject === 'account') {
    const own = { maxConcurrentCalls, maxCallsPerSecond };
    const columns = Object.fromEntries(
      Object.entries(own).filter((entry) => typeof entry[1] === 'number'),
    );
    await tx.account.update({ where: { id: account.id }, data: columns });
    return {
      ...rest,
      ...(maxConcurrentIn === undefined ? {} : { maxConcurrentIn }),
      ...(maxConcurrentOut === undefined ? {} : { maxConcurrentOut }),
    };
  }
  if (subject !== 'trunk') return data;
  await tx.trunk.update({
    where: { id },
    data: {
      ...(typeof maxConcurrentCalls === 'number' ? { maxChannels: maxConcurrentCalls } : {}),
      ...(maxConcurrentIn === undefined ? {} : { maxChannelsIn: maxConcurrentIn }),
      ...(maxConcurrentOut === undefined ? {} : { maxChannelsOut: maxConcurrentOut }),
      ...(maxCallsPerSecond === undefined ? {} : { maxCallsPerSecond }),
    },
  });
  return rest;
}

function parsed(text: string | null, parse: (text: string) => bigint): bigint | null {
  return text === null ? null : parse(text);
}

async function changeBeside(
  tx: Tx,
  { actor, clock }: ServiceContext,
  { subject: of, data }: { readonly subject: LimitedSubject; readonly data: SetLimitsData },
): Promise<void> {
  const { maxDailySpend: spend, maxPerMinute: rate, maxConnectFee: fee, ...counts } = data;
  const given = Object.entries(counts).filter(([, value]) => value !== undefined);
  const values = {
    ...Object.fromEntries(given),
    ...(spend === undefined ? {} : { maxDailySpendMicro: parsed(spend, parseMicro) }),
    ...(rate === undefined ? {} : { maxPerMinuteNano: parsed(rate, parsePerMinute) }),
    ...(fee === undefined ? {} : { maxConnectFeeMicro: parsed(fee, parseMicro) }),
  };
  if (Object.keys(values).length === 0) return;
  const key = { subject: of.subject, subjectId: of.id };
  const setById = actor.accountId;
  await tx.callLimit.upsert({
    where: { subject_subjectId: key },
    update: { ...values, setById },
    create: { id: newId(clock.nowMs()), accountId: of.account.id, ...key, setById, ...values },
  });
}

import type { ControlClient } from '@/lib/control/client';
import type { CommandResult } from '@/lib/control/commands';
import type { ConfigKind } from '@/lib/core/config-kinds';
import { assert, isAppError } from '@/lib/core/errors';
import { formatMicro, formatPerMinute, toWireMoney } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import { roleMay } from '@/lib/services/access/roles';
import { readObserved } from '@/lib/services/configuration/observed';
import type { ServiceContext } from '@/lib/services/context';
import { whyNotLimit } from '@/lib/services/limits/rules';
import type { LimitSubjectName, WireLimits, WireLimitValues } from '@/lib/services/limits/schemas';
import type { ObservedStatus } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import type { LimitedSubject } from './subjects';

type LimitRow = Prisma.CallLimitGetPayload<object>;
type Used = CommandResult<'limitUsage'>['usages'][number];

/** Views of subjects' limits, in the order given, with what is used of them now. */
export async function toWireLimits(
  context: ServiceContext,
  control: ControlClient,
  subjects: readonly LimitedSubject[],
): Promise<readonly WireLimits[]> {
  authorize(context, 'limits.read');
  const { prisma } = context.database;
  const ids = subjects.map(({ id }) => id);
  const rows = await prisma.callLimit.findMany({ where: { subjectId: { in: ids } } });
  const rowOf = new Map(rows.map((row) => [`${row.subject} ${row.subjectId}`, row]));
  const setters = await prisma.account.findMany({
    where: { id: { in: [...new Set(rows.map((row) => row.setById))] } },
    select: { id: true, path: true },
  });
  const paths = new Map(setters.map(({ id, path }) => [id, path]));
  const observed = await observations(context, subjects, rows);
  const used = await readUsed(context, control, subjects);
  const profiles = await prisma.fraudProfile.findMany({
    where: { accountId: { in: ids } },
    select: { accountId: true, mode: true },
  });
  const modes = new Map(profiles.map(({ accountId, mode }) => [accountId, mode]));
  return subjects.map((subject) => {
    const row = rowOf.get(`${subject.subject} ${subject.id}`) ?? null;
    const { account } = subject;
    return {
      subject: subject.subject,
      subjectId: subject.id,
      name: subject.name,
      accountId: account.id,
      accountName: account.name,
      currency: account.currency,
      depth: depthOf(account.path) - depthOf(context.actor.accountPath),
      limits: valuesOf(subject, row),
      fraudMode: subject.subject === 'account' ? (modes.get(account.id) ?? 'off') : null,
      mayChange: mayChange(context, subject, row ? (paths.get(row.setById) ?? null) : null),
      used: toUsed(used?.get(`${subject.subject} ${subject.id}`), account.currency, used !== null),
      generation: Number(row?.generation ?? subject.generation),
      status: observed(subject, row),
    };
  });
}

const depthOf = (path: string): number => path.split('/').length;

function mayChange(
  { actor }: ServiceContext,
  { subject, account }: LimitedSubject,
  setByPath: string | null,
): boolean {
  const isAllowed =
    actor.kind === 'system' || roleMay('limits.write', actor.role, actor.accountKind);
  const place = { subject, accountId: account.id, isRoot: account.parentId === null, setByPath };
  return isAllowed && whyNotLimit(actor, place) === null;
}

/** Limits of a subject wherever they stand: in its own row, or beside it. */
function valuesOf({ subject, account, trunk }: LimitedSubject, row: LimitRow | null) {
  const spend = row?.maxDailySpendMicro ?? null;
  const perMinute = row?.maxPerMinuteNano ?? null;
  const fee = row?.maxConnectFeeMicro ?? null;
  const values: WireLimitValues = {
    maxConcurrentCalls: row?.maxConcurrentCalls ?? null,
    maxConcurrentIn: row?.maxConcurrentIn ?? null,
    maxConcurrentOut: row?.maxConcurrentOut ?? null,
    maxCallsPerSecond: row?.maxCallsPerSecond ?? null,
    maxCallSeconds: row?.maxCallSeconds ?? null,
    maxDailySpend: spend === null ? null : formatMicro(spend),
    maxPerMinute: perMinute === null ? null : formatPerMinute(perMinute),
    maxConnectFee: fee === null ? null : formatMicro(fee),
    blockedClasses: row?.blockedClasses ?? [],
  };
  if (subject === 'account') {
    const { maxConcurrentCalls, maxCallsPerSecond } = account;
    return { ...values, maxConcurrentCalls, maxCallsPerSecond };
  }
  if (trunk === null) return values;
  return {
    ...values,
    maxConcurrentCalls: trunk.maxChannels,
    maxConcurrentIn: trunk.maxChannelsIn,
    maxConcurrentOut: trunk.maxChannelsOut,
    maxCallsPerSecond: trunk.maxCallsPerSecond,
  };
}

const KIND_OF = {
  account: 'account',
  tenant: 'tenant',
  extension: 'extension',
  trunk: 'trunk',
  number: 'phone_number',
} as const satisfies Record<LimitSubjectName, ConfigKind>;

/** What the switch has of the limits beside a subject; of one without any, what it has of the subject. */
async function observations(
  context: ServiceContext,
  subjects: readonly LimitedSubject[],
  rows: readonly LimitRow[],
) {
  const rowIds = rows.map((row) => row.id);
  const beside = await readObserved(context, 'call_limit', rowIds);
  const kinds = [...new Set(subjects.map(({ subject }) => subject))];
  const own = new Map(
    await Promise.all(
      kinds.map(async (kind) => {
        const ids = subjects.filter(({ subject }) => subject === kind).map(({ id }) => id);
        return [kind, await readObserved(context, KIND_OF[kind], ids)] as const;
      }),
    ),
  );
  return ({ subject, id, generation }: LimitedSubject, row: LimitRow | null): ObservedStatus => {
    if (row) return beside.statusOf(row.id, row.generation);
    const observed = own.get(subject);
    assert(observed !== undefined, 'every kind that is shown has been read');
    return observed.statusOf(id, generation);
  };
}

/** null: the switch does not answer. Limits are shown all the same. */
async function readUsed(
  { actor }: ServiceContext,
  control: ControlClient,
  subjects: readonly LimitedSubject[],
): Promise<ReadonlyMap<string, Used> | null> {
  if (subjects.length === 0) return new Map();
  try {
    const { usages } = await control.send('limitUsage', {
      scopePath: actor.accountPath,
      subjects: subjects.map(({ subject: kind, id, account }) => ({
        ...{ kind, id, accountId: account.id },
      })),
    });
    return new Map(usages.map((usage) => [`${usage.kind} ${usage.id}`, usage]));
  } catch (error) {
    if (isAppError(error) && (error.code === 'UNAVAILABLE' || error.code === 'TIMEOUT'))
      return null;
    throw error;
  }
}

function toUsed(used: Used | undefined, currency: string, answered: boolean): WireLimits['used'] {
  if (!used || !answered) return null;
  const { concurrentCalls, outgoingCalls } = used;
  return {
    concurrentCalls,
    concurrentIn: concurrentCalls - outgoingCalls,
    concurrentOut: outgoingCalls,
    callsPerSecond: used.callsThisSecond,
    dailySpend: toWireMoney(BigInt(used.spentTodayMicro), currency),
  };
}

/** What a verb is asked about. */
export interface AskedSubject {
  readonly subject: LimitSubjectName;
  readonly id: string;
}

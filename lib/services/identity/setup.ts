import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { hashPassword, hashToken, newToken } from '@/lib/infra/crypto';
import type { Tx } from '@/lib/infra/db/client';
import { recordAudit } from '@/lib/services/audit/record';
import type { Actor } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { throughPasswordGate } from './internal/password-gate';
import { type SetupInput, setupSchema } from './schemas';
import type { AnonymousContext } from './sign-in';

/** How long a set-up link works; each start of an empty installation makes a new one. */
const LINK_HOURS = 24;
/** Of the operator's own account: it is the root, so these bound the whole installation. */
const ROOT_LIMITS = { maxConcurrentCalls: 10_000, maxCallsPerSecond: 1_000 };
/** One set-up at a time: "is the database empty" and filling it are one step. */
const SETUP_LOCK = 7_034_911;

/**
 * Makes the one-time link by which the first operator sets up the installation, or null where that
 * has happened. Links made before no longer work. Only a hash of its token is kept.
 */
export async function createSetupLink(
  context: Pick<AnonymousContext, 'database' | 'clock'>,
  publicUrl: string,
): Promise<string | null> {
  const { prisma } = context.database;
  const nowMs = context.clock.nowMs();
  const token = newToken();
  return prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SETUP_LOCK})`;
    if (!(await isEmpty(tx))) return null;
    await tx.oneTimeToken.deleteMany({ where: { kind: 'operator_setup', usedAt: null } });
    await tx.oneTimeToken.create({
      data: {
        id: newId(nowMs),
        kind: 'operator_setup',
        tokenHash: hashToken(token),
        expiresAt: new Date(nowMs + LINK_HOURS * 3_600_000),
        createdAt: new Date(nowMs),
      },
    });
    return `${publicUrl}/setup?token=${token}`;
  });
}

/** What became of a set-up link: `done` where the installation has its operator already. */
export async function setupLinkState(
  context: Pick<AnonymousContext, 'database' | 'clock'>,
  token: string,
): Promise<'open' | 'invalid' | 'done'> {
  const { prisma } = context.database;
  if ((await prisma.account.count()) > 0) return 'done';
  const row = await prisma.oneTimeToken.findUnique({ where: { tokenHash: hashToken(token) } });
  const open = row?.kind === 'operator_setup' && row.usedAt === null;
  return open && row.expiresAt.getTime() > context.clock.nowMs() ? 'open' : 'invalid';
}

/**
 * Takes up a set-up link: the operator's account at the root of the tree, and its owner. Throws
 * GONE for a link that is unknown, used or expired, CONFLICT where there is an operator already.
 */
export async function completeSetup(
  context: AnonymousContext,
  input: SetupInput,
  from: { readonly address: string | null; readonly requestId: string },
): Promise<{ accountId: string; email: string }> {
  const data = parseInput(setupSchema, input);
  const nowMs = context.clock.nowMs();
  // Refused before the costly hash; decided again below, where nobody can come between.
  const state = await setupLinkState(context, data.token);
  if (state !== 'open') throw refusal(state);
  const passwordHash = await throughPasswordGate(() => hashPassword(data.password));
  const accountId = newId(nowMs);
  const userId = newId(nowMs);
  const accountPath = `/${accountId}/`;
  await context.database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SETUP_LOCK})`;
    if (!(await isEmpty(tx))) throw refusal('done');
    const used = await tx.oneTimeToken.updateMany({
      where: {
        tokenHash: hashToken(data.token),
        kind: 'operator_setup',
        usedAt: null,
        expiresAt: { gt: new Date(nowMs) },
      },
      data: { usedAt: new Date(nowMs), accountId },
    });
    if (used.count !== 1) throw refusal('invalid');
    const { currency, timeZone, country, company } = data;
    await tx.account.create({
      data: {
        id: accountId,
        path: accountPath,
        kind: 'operator',
        name: company,
        currency,
        timeZone,
        country,
        ...ROOT_LIMITS,
      },
    });
    const { email, name } = data;
    await tx.user.create({ data: { id: userId, email, name, passwordHash, timeZone } });
    await tx.membership.create({ data: { userId, accountId, role: 'owner' } });
    const who = { accountId, accountPath, accountKind: 'operator', role: 'owner' } as const;
    const actor: Actor = {
      ...who,
      ...from,
      kind: 'user',
      id: userId,
      scopes: null,
      behindId: null,
    };
    await recordAudit(
      tx,
      { ...context, actor },
      {
        verb: 'identity.completeSetup',
        objectKind: 'account',
        objectId: accountId,
        accountId,
        detail: { currency, timeZone, country },
      },
    );
  });
  return { accountId, email: data.email };
}

async function isEmpty(tx: Tx): Promise<boolean> {
  return (await tx.account.count()) === 0;
}

function refusal(state: 'invalid' | 'done'): AppError {
  if (state === 'done') {
    return new AppError('CONFLICT', 'This installation is set up already: sign in instead.');
  }
  const message = 'This set-up link is not valid any more. Restart Tollbridge to get a new one.';
  return new AppError('GONE', message);
}

import { AppError } from '@/lib/core/errors';
import { isUuid, type Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { verifyPassword } from '@/lib/infra/crypto';
import { recordAudit } from '@/lib/services/audit/record';
import type { Actor, ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import type { User } from '@/prisma/generated/client';
import { type Attempt, brake, forgive, release } from './internal/brake';
import { throughPasswordGate } from './internal/password-gate';
import { SESSION_SECONDS, signInSchema } from './schemas';
import { matchTotp } from './totp';

/** What verbs get while nobody is signed in. */
export type AnonymousContext = Pick<ServiceContext, 'database' | 'clock' | 'sealer'>;

export interface SignInRequest {
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
  readonly remember: boolean;
  /** The verified host it is made on. */
  readonly audience: string;
  /** On an account's own domain: its path. Only people of its subtree sign in there. */
  readonly withinPath: string | null;
  readonly address: string | null;
  readonly userAgent: string;
  readonly requestId: string;
}

export interface SignedIn {
  readonly sessionId: Uuid;
  readonly userId: Uuid;
  readonly email: string;
  readonly name: string;
  readonly expiresAtMs: number;
}

/** Sessions of one person at most; the longest unseen ends first. */
const MAX_SESSIONS = 50;
const MAX_USER_AGENT = 300;

/**
 * Opens a session. Throws UNAUTHENTICATED for a wrong name or password (after the same time and in
 * the same words for both), TWO_FACTOR_REQUIRED while a code is missing or wrong, RATE_LIMITED
 * after too many failures, UNAVAILABLE while too many people sign in at once.
 */
export async function signIn(context: AnonymousContext, request: SignInRequest): Promise<SignedIn> {
  const { email, password, code } = parseInput(signInSchema, {
    email: request.email,
    password: request.password,
    code: request.code,
    remember: request.remember,
  });
  const nowMs = context.clock.nowMs();
  const attempt: Attempt = { email, address: request.address, nowMs };
  const attemptId = await brake(context.database, attempt);
  const user = await context.database.prisma.user.findUnique({ where: { email } });
  const stored = user && user.disabledAt === null ? user.passwordHash : null;
  const right = await throughPasswordGate(() => verifyPassword(password, stored));
  const home = right && user ? await homeOf(context, user.id, request.withinPath) : null;
  if (!user || !home)
    throw new AppError('UNAUTHENTICATED', 'The mail address or password is wrong.');
  if (user.totpSealed) {
    // Asking for the code is no failure, a wrong code is; only the right one clears the count.
    if (code === undefined) await forgive(context.database, attemptId);
    await checkCode(context, user, code);
  }
  await release(context.database, attemptId, attempt);
  return openSession(context, { user, home }, request);
}

type Home = Pick<Actor, 'accountId' | 'accountPath' | 'accountKind' | 'role'>;

/** The account a person starts in: of those they belong to, the one nearest to the operator. */
async function homeOf(
  context: AnonymousContext,
  userId: string,
  withinPath: string | null,
): Promise<Home | null> {
  const memberships = await context.database.prisma.membership.findMany({
    where: {
      userId,
      account: { status: { not: 'terminated' }, path: { startsWith: withinPath ?? '/' } },
    },
    include: { account: { select: { id: true, path: true, kind: true } } },
  });
  const depth = (path: string): number => path.split('/').length;
  const [first] = memberships.toSorted(
    (left, right) =>
      depth(left.account.path) - depth(right.account.path) ||
      left.account.id.localeCompare(right.account.id),
  );
  if (!first || !isUuid(first.account.id)) return null;
  const { id, path, kind } = first.account;
  return { accountId: id, accountPath: path, accountKind: kind, role: first.role };
}

async function checkCode(
  context: AnonymousContext,
  user: User,
  code: string | undefined,
): Promise<void> {
  if (!user.totpSealed) return;
  if (code === undefined) {
    throw new AppError('TWO_FACTOR_REQUIRED', 'Type the code of your authenticator app.');
  }
  const secret = context.sealer.open(user.totpSealed, `user:${user.id}:totp`);
  const lastStep = user.totpLastStep;
  const step = matchTotp(secret, code, { nowMs: context.clock.nowMs(), lastStep });
  // Only one of two requests that show the same code spends its step.
  const spent =
    step !== null &&
    (await context.database.prisma.user.updateMany({
      where: { id: user.id, OR: [{ totpLastStep: null }, { totpLastStep: { lt: step } }] },
      data: { totpLastStep: step },
    }));
  if (spent && spent.count === 1) return;
  throw new AppError('TWO_FACTOR_REQUIRED', 'That code is not valid. Type the one shown now.', {
    meta: { wrong: true },
  });
}

async function openSession(
  context: AnonymousContext,
  { user, home }: { user: User; home: Home },
  request: SignInRequest,
): Promise<SignedIn> {
  const nowMs = context.clock.nowMs();
  const seconds = request.remember ? SESSION_SECONDS.long : SESSION_SECONDS.short;
  const expiresAtMs = nowMs + seconds * 1_000;
  const sessionId = newId(nowMs);
  const userId = userIdOf(user);
  const actor: Actor = {
    ...home,
    kind: 'user',
    id: userId,
    scopes: null,
    behindId: null,
    address: request.address,
    requestId: request.requestId,
  };
  await context.database.prisma.$transaction(async (tx) => {
    const live = await tx.authSession.findMany({
      where: { userId, endedAt: null },
      orderBy: { lastSeenAt: 'desc' },
      skip: MAX_SESSIONS - 1,
      select: { id: true },
    });
    await tx.authSession.updateMany({
      where: { id: { in: live.map(({ id }) => id) } },
      data: { endedAt: new Date(nowMs) },
    });
    await tx.authSession.create({
      data: {
        id: sessionId,
        userId,
        accountId: home.accountId,
        audience: request.audience,
        address: request.address ?? 'unknown',
        userAgent: request.userAgent.slice(0, MAX_USER_AGENT),
        createdAt: new Date(nowMs),
        lastSeenAt: new Date(nowMs),
        expiresAt: new Date(expiresAtMs),
      },
    });
    await recordAudit(
      tx,
      { ...context, actor },
      {
        verb: 'identity.signIn',
        objectKind: 'session',
        objectId: sessionId,
        accountId: home.accountId,
        detail: { host: request.audience },
      },
    );
  });
  return { sessionId, userId, email: user.email, name: user.name, expiresAtMs };
}

function userIdOf(user: User): Uuid {
  if (!isUuid(user.id)) throw new AppError('INTERNAL', 'a user has no UUID');
  return user.id;
}

import { heldPermissions } from '@/lib/services/access/held-permissions';
import type { ServiceContext } from '@/lib/services/context';
import type { Me, MembershipView } from './schemas';

/** Who asks, in which account, and what they may do there. */
export async function getMe(
  context: ServiceContext,
  withinPath: string | null = null,
): Promise<Me> {
  const { actor, database } = context;
  const account = await database.prisma.account.findUniqueOrThrow({
    where: { id: actor.accountId },
    include: { parent: { select: { name: true } } },
  });
  const person = actor.kind === 'user' && actor.id !== null ? actor.id : null;
  const user =
    person === null
      ? null
      : await database.prisma.user.findUniqueOrThrow({ where: { id: person } });
  return {
    kind: user ? 'user' : 'api_key',
    user: user && {
      id: user.id,
      name: user.name,
      email: user.email,
      locale: user.locale,
      timeZone: user.timeZone,
      twoFactor: user.totpSealed !== null,
    },
    account: {
      id: account.id,
      name: account.name,
      kind: account.kind,
      sellerName: account.parent?.name ?? null,
      status: account.status,
      currency: account.currency,
      timeZone: account.timeZone,
      country: account.country,
    },
    extension: user && (await extensionOf(context, user.id)),
    role: actor.role,
    permissions: [...heldPermissions(actor)],
    memberships: user ? await membershipsOf(context, user.id, withinPath) : [],
  };
}

/** The extension that is a person's in the account they are in. */
async function extensionOf({ actor, database }: ServiceContext, userId: string) {
  return await database.prisma.extension.findFirst({
    where: { userId, tenant: { accountId: actor.accountId } },
    select: { id: true, number: true, name: true },
    orderBy: { number: 'asc' },
  });
}

async function membershipsOf(
  context: ServiceContext,
  userId: string,
  withinPath: string | null,
): Promise<MembershipView[]> {
  const rows = await context.database.prisma.membership.findMany({
    where: {
      userId,
      account: { status: { not: 'terminated' }, path: { startsWith: withinPath ?? '/' } },
    },
    include: { account: { select: { name: true, kind: true } } },
    orderBy: { account: { path: 'asc' } },
  });
  return rows.map(({ accountId, account, role }) => ({
    accountId,
    accountName: account.name,
    accountKind: account.kind,
    role,
  }));
}

import type { Database } from '@/lib/infra/db/client';

/** A host name that an account has proved to own. */
export interface VerifiedDomain {
  readonly accountId: string;
  readonly accountPath: string;
  readonly accountName: string;
}

/** The account whose verified domain a host name (lower case, no port) is; null for any other. */
export async function findPortalDomain(
  database: Database,
  host: string,
): Promise<VerifiedDomain | null> {
  const row = await database.prisma.portalDomain.findUnique({
    where: { host },
    select: {
      accountId: true,
      verifiedAt: true,
      account: { select: { status: true, path: true, name: true } },
    },
  });
  if (!row || row.verifiedAt === null || row.account.status === 'terminated') return null;
  const { path, name } = row.account;
  return { accountId: row.accountId, accountPath: path, accountName: name };
}

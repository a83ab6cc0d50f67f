import type { Database } from '@/lib/infra/db/client';

/** Every host name that an account has proved to own, in lower case. */
export async function listPortalHosts(database: Database): Promise<readonly string[]> {
  const rows = await database.prisma.portalDomain.findMany({
    where: { verifiedAt: { not: null }, account: { status: { not: 'terminated' } } },
    select: { host: true },
  });
  return rows.map(({ host }) => host);
}

import type { ServicesDatabase } from '@/lib/services/database';

/** Which scenario this database was filled with; null: a real installation. */
export async function readScenario(database: ServicesDatabase): Promise<string | null> {
  const row = await database.prisma.installation.findUnique({ where: { id: 1 } });
  return row?.scenario ?? null;
}

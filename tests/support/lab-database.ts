import { systemClock } from '@/lib/core/clock';
import { createSealer } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import type { SeedContext } from '@/lib/server/seed-context';
import { connectServices } from '@/lib/services/database';
import { seedScenario } from '@/prisma/seed/index';
import { type FreshDatabase, freshDatabase, hasDatabase, keepAsTemplate } from './database';

/** What seals the secrets of every lab that tests start in their own process. */
export const LAB_SECRET_KEY = 'a key for tests, long enough to be one';
const TEMPLATE = 'template_lab';

/** A database with the lab in it: seeded by the first file of a run, copied by all the others. */
export async function labDatabase(): Promise<FreshDatabase> {
  if (await hasDatabase(TEMPLATE)) return await freshDatabase({ template: TEMPLATE });
  const fresh = await freshDatabase();
  const database = connectServices({
    url: fresh.appUrl,
    max: 8,
    applicationName: 'test',
    onIdleError: () => undefined,
  });
  const sealer = createSealer(LAB_SECRET_KEY);
  const seed = { database, sealer, clock: systemClock, env: null, log: silentLogger };
  // Seeds read nothing of the environment.
  await seedScenario('lab', seed as unknown as SeedContext);
  await database.close();
  await keepAsTemplate(fresh, TEMPLATE);
  return fresh;
}

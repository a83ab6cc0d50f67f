import { systemClock } from '@/lib/core/clock';
import { createSealer } from '@/lib/infra/crypto';
import { type Env, env, type Scenario } from '@/lib/infra/env';
import { createLogger } from '@/lib/infra/log';
import { refuseToStart } from '@/lib/infra/process';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { createSetupLink } from '@/lib/services/identity/setup';
import { seedScenario } from '@/prisma/seed/index';
import type { SeedContext } from './seed-context';

/**
 * Run once at every start, after the migrations: fills in a scenario where one was asked for and the
 * database is empty, and makes the link for the first operator where there is none. Reports what it
 * found (prepare-task.ts) and ends.
 */

/** Fills in what was asked for, or refuses: a scenario never meets somebody's own data. */
async function fillIn(scenario: Scenario, context: SeedContext): Promise<void> {
  try {
    await seedScenario(scenario, context);
  } catch (error) {
    context.log.debug('scenario.failed', { scenario, error });
    await refuseToStart(error instanceof Error ? error.message : String(error));
  }
}

async function prepare(settings: Env, database: ServicesDatabase) {
  const log = createLogger({
    process: 'prepare',
    level: settings.logLevel,
    format: settings.logFormat,
  });
  const { scenario } = settings;
  const sealer = createSealer(settings.secretKey);
  const context: SeedContext = { env: settings, database, sealer, clock: systemClock, log };
  if (scenario !== null) await fillIn(scenario, context);
  const installation = await database.prisma.installation.findUnique({ where: { id: 1 } });
  const setupUrl = await createSetupLink({ database, clock: systemClock }, settings.publicUrl);
  return { event: 'prepared', scenario: installation?.scenario ?? null, setupUrl };
}

const settings = env();
const database = connectServices({
  url: settings.databaseUrl,
  max: 8,
  applicationName: 'tollbridge prepare',
  onIdleError: () => undefined,
});
const report = await prepare(settings, database);
await database.close();
process.send?.(report, () => process.exit(0));

import { systemClock } from '@/lib/core/clock';
import { createSealer } from '@/lib/infra/crypto';
import { type Env, env, type Scenario } from '@/lib/infra/env';
import { createLogger } from '@/lib/infra/log';
import { refuseToStart } from '@/lib/infra/process';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { createSetupLink } from '@/lib/services/identity/setup';
import type { SeedContext, SeedScenario } from './seed-context';

/**
 * Run once at every start, after the migrations: fills in a scenario where one was asked for and the
 * database is empty, and makes the link for the first operator where there is none. Reports what it
 * found (prepare-task.ts) and ends.
 */

/** The seeds are a bundle of their own, beside this one: only a scenario loads them. */
async function loadSeeds(): Promise<SeedScenario> {
  const module: unknown = await import(new URL('./seed.mjs', import.meta.url).href);
  const found =
    typeof module === 'object' && module !== null && 'seedScenario' in module
      ? module.seedScenario
      : undefined;
  if (typeof found !== 'function') throw new Error('dist/seed.mjs has no seedScenario');
  return found as SeedScenario;
}

/** Fills in what was asked for, or refuses: a scenario never meets somebody's own data. */
async function fillIn(
  scenario: Scenario,
  found: string | null,
  context: SeedContext,
): Promise<void> {
  if (found === scenario) return;
  const { database, clock } = context;
  if (found !== null) await refuseToStart(`this database holds the ${found}, not the ${scenario}`);
  if ((await database.prisma.account.count()) > 0) {
    await refuseToStart(`this database is not empty: the ${scenario} needs one of its own`);
  }
  await (await loadSeeds())(scenario, context);
  await database.prisma.installation.upsert({
    where: { id: 1 },
    update: { scenario },
    create: { id: 1, scenario, createdAt: new Date(clock.nowMs()) },
  });
}

async function prepare(settings: Env, database: ServicesDatabase) {
  const log = createLogger({
    process: 'prepare',
    level: settings.logLevel,
    format: settings.logFormat,
  });
  const installation = await database.prisma.installation.findUnique({ where: { id: 1 } });
  const found = installation?.scenario ?? null;
  const { scenario } = settings;
  const sealer = createSealer(settings.secretKey);
  const context: SeedContext = { env: settings, database, sealer, clock: systemClock, log };
  if (scenario !== null) await fillIn(scenario, found, context);
  const setupUrl = await createSetupLink({ database, clock: systemClock }, settings.publicUrl);
  return { event: 'prepared', scenario: scenario ?? found, setupUrl };
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

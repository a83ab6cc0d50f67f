import type { Scenario } from '@/lib/infra/env';
import type { SeedContext } from '@/lib/server/seed-context';
import { seedDemo } from './demo';
import { seedLab } from './lab';

/**
 * Fills an empty, migrated database with a scenario's contents. On a database that holds it already
 * nothing happens; one that holds anything else is refused.
 */
export async function seedScenario(scenario: Scenario, context: SeedContext): Promise<void> {
  const { prisma } = context.database;
  const installation = await prisma.installation.findUnique({ where: { id: 1 } });
  if (installation?.scenario === scenario) return;
  if (installation?.scenario != null) {
    throw new Error(`this database holds the ${installation.scenario}, not the ${scenario}`);
  }
  if ((await prisma.account.count()) > 0) {
    throw new Error(`this database is not empty: the ${scenario} needs one of its own`);
  }
  switch (scenario) {
    case 'lab':
      await seedLab(context);
      break;
    case 'demo':
      await seedDemo(context);
      break;
  }
  await prisma.installation.upsert({
    where: { id: 1 },
    update: { scenario },
    create: { id: 1, scenario, createdAt: new Date(context.clock.nowMs()) },
  });
}

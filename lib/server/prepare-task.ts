import { z } from 'zod';
import { type Env, EnvError } from '@/lib/infra/env';
import { isLoopback } from './installation';
import type { Steps } from './steps.mjs';
import { runTask, type TaskOptions } from './task';

/** What prepare.ts found and did. */
const preparedSchema = z.object({
  event: z.literal('prepared'),
  /** The scenario in the database. */
  scenario: z.string().nullable(),
  /** Opens the set-up of the first operator, once; null where there is one. */
  setupUrl: z.string().nullable(),
});

export interface Prepared {
  readonly scenario: string | null;
  readonly setupUrl: string | null;
}

interface PrepareOptions extends TaskOptions {
  readonly env: Env;
  readonly steps: Steps;
}

/**
 * Fills the database where a scenario was asked for, and makes the first operator's link where there
 * is none yet: in a process of its own, which takes the services and Prisma with it when it ends.
 */
export async function prepareInstallation(options: PrepareOptions): Promise<Prepared> {
  const { env, steps } = options;
  const name = env.scenario === null ? 'looking at the database' : `filling in the ${env.scenario}`;
  const { scenario, setupUrl } = await steps.run(name, async () =>
    preparedSchema.parse(await runTask(options)),
  );
  const isExposed = ![env.bindAddress, ...env.sipBindAddresses].every(isLoopback);
  if (scenario !== null && isExposed) {
    throw new EnvError(
      `BIND_ADDRESS: this database holds the ${scenario}, whose secrets are well known: loopback only`,
    );
  }
  return { scenario, setupUrl };
}

import type { Clock } from '@/lib/core/clock';
import type { Sealer } from '@/lib/infra/crypto';
import type { Env } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import type { ServicesDatabase } from '@/lib/services/database';

/** What a scenario is filled in with; the database is migrated, empty, and the application's. */
export interface SeedContext {
  readonly env: Env;
  readonly database: ServicesDatabase;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly log: Logger;
}

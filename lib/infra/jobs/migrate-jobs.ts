import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';

export interface MigrateJobsOptions {
  /** Of the role that owns the tables. */
  readonly ownerUrl: string;
  /** The role that the processes work as; null where that is the owner. */
  readonly appRole: string | null;
}

const SCHEMA = 'graphile_worker';

/** The library's own log would break up the start's; refusals are thrown anyway. */
const quiet = new Logger(() => () => undefined);

/**
 * Brings the job queue's schema up to date and lets the application's role use it: its tables have
 * row security on, so that grants alone would leave them looking empty. Safe to repeat.
 */
export async function migrateJobs({ ownerUrl, appRole }: MigrateJobsOptions): Promise<void> {
  await runMigrations({ connectionString: ownerUrl, schema: SCHEMA, logger: quiet });
  if (appRole === null) return;
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: 'tollbridge-migrate',
  });
  await client.connect();
  try {
    await client.query(grantsFor(pg.escapeIdentifier(appRole), pg.escapeLiteral(appRole)));
  } finally {
    await client.end();
  }
}

function grantsFor(role: string, roleText: string): string {
  return `
    GRANT USAGE ON SCHEMA ${SCHEMA} TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO ${role};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${SCHEMA} TO ${role};
    DO $$
    DECLARE
      t regclass;
    BEGIN
      FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = '${SCHEMA}'::regnamespace
          AND c.relkind = 'r' AND c.relrowsecurity LOOP
        EXECUTE format('DROP POLICY IF EXISTS application ON %s', t);
        EXECUTE format('CREATE POLICY application ON %s TO %I USING (true) WITH CHECK (true)',
          t, ${roleText});
      END LOOP;
    END $$;`;
}

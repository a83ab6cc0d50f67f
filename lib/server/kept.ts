import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { newToken } from '@/lib/infra/crypto';

/**
 * A text that is made once and kept in the data directory, readable by nobody else. Whole or not
 * there at all: a start that is killed never leaves half a key.
 */
export function keepText(dataDir: string, name: string, make: () => string): string {
  const file = path.join(dataDir, name);
  if (!existsSync(file)) {
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, make(), { mode: 0o600 });
    try {
      linkSync(fresh, file);
    } finally {
      rmSync(fresh, { force: true });
    }
  }
  return readFileSync(file, 'utf8').trim();
}

const postgresSchema = z.object({
  port: z.number().int(),
  superuser: z.string(),
  owner: z.string(),
  app: z.string(),
  provisioner: z.string(),
});

/** The embedded server's port and everybody's password; for a server of your own the roles' alone. */
export type PostgresSecrets = z.infer<typeof postgresSchema>;

/** Reads postgres.json of the data directory, made with fresh passwords where it is missing. */
export function keepPostgresSecrets(dataDir: string, firstPort: number): PostgresSecrets {
  const fresh = (): PostgresSecrets => ({
    port: firstPort,
    superuser: newToken(24),
    owner: newToken(24),
    app: newToken(24),
    provisioner: newToken(24),
  });
  const text = keepText(dataDir, 'postgres.json', () => JSON.stringify(fresh()));
  return postgresSchema.parse(JSON.parse(text));
}

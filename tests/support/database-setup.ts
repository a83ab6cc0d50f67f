import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate } from '@/lib/infra/db/migrate';
import { prepareOwnServer, type RolePasswords } from '@/lib/infra/db/roles';
import { migrateJobs } from '@/lib/infra/jobs/migrate-jobs';
import { silentLogger } from '@/lib/infra/log';
import { type EmbeddedServer, SUPERUSER, startEmbedded } from '@/lib/server/embedded-postgres';
import { freeLoopbackPort } from '@/lib/server/ports';

/** The server of a test run, for tests/support/database.ts. */
export interface TestServer {
  readonly superuserUrl: string;
  /** Migrated and empty; nobody may be connected to it while it is copied. */
  readonly template: string;
  readonly passwords: RolePasswords;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer;
  }
}

const passwords: RolePasswords = { owner: 'owner', app: 'app', provisioner: 'provisioner' };
const template = 'template_tollbridge';

function endWithProcess(server: EmbeddedServer, directory: string): () => void {
  const end = (): void => {
    try {
      process.kill(server.pid, 'SIGQUIT');
    } catch {
      // ended already
    }
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', end);
  return () => process.off('exit', end);
}

/** One PostgreSQL for a whole run, with a migrated template that each test file gets a copy of. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-test-'));
  const server = await startEmbedded({
    directory: path.join(directory, 'postgres'),
    port: await freeLoopbackPort(),
    password: 'postgres',
    durable: false,
    log: silentLogger,
  });
  const forget = endWithProcess(server, directory);
  const superuserUrl = server.url(SUPERUSER, 'postgres', 'postgres');
  const roles = await prepareOwnServer(superuserUrl, template, passwords);
  await migrate({
    url: roles.ownerUrl,
    directory: path.resolve('prisma/migrations'),
    appRole: roles.appRole,
  });
  await migrateJobs(roles);
  project.provide('postgres', { superuserUrl, template, passwords });
  return async () => {
    forget();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

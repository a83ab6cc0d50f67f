import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate } from '@/lib/infra/db/migrate';
import { prepareOwnServer } from '@/lib/infra/db/roles';
import { silentLogger } from '@/lib/infra/log';
import { SUPERUSER, startEmbedded } from '@/lib/server/embedded-postgres';
import { freeLoopbackPort } from '@/lib/server/ports';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { treeCpuMsOf } from './processes';

/** A durable embedded PostgreSQL (fsync and synchronous_commit on) with a migrated database. */
export interface BenchPostgres {
  readonly database: ServicesDatabase;
  /** Of the role that owns the tables. */
  readonly ownerUrl: string;
  /** Of the role that the product's processes work under. */
  readonly appUrl: string;
  /** Its postmaster. */
  readonly pid: number;
  /** Processor time of the server and all its sessions so far; 0 where the system does not say. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** Starts the product's own PostgreSQL, as it ships, in a directory that is thrown away. */
export async function startBenchPostgres(maxConnections = 8): Promise<BenchPostgres> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-bench-'));
  chmodSync(directory, 0o711);
  const server = await startEmbedded({
    directory: path.join(directory, 'postgres'),
    port: await freeLoopbackPort(),
    password: 'postgres',
    durable: true,
    log: silentLogger,
  });
  const kill = () => {
    try {
      process.kill(server.pid, 'SIGQUIT');
    } catch {
      // ended already
    }
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', kill);
  const superuserUrl = server.url(SUPERUSER, 'postgres', 'postgres');
  const passwords = { owner: 'owner', app: 'app', provisioner: 'provisioner' };
  const roles = await prepareOwnServer(superuserUrl, 'bench', passwords);
  await migrate({
    url: roles.ownerUrl,
    directory: path.resolve('prisma/migrations'),
    appRole: roles.appRole,
  });
  const database = connectServices({
    url: roles.appUrl,
    max: maxConnections,
    applicationName: 'bench',
    onIdleError: () => undefined,
  });
  return {
    database,
    ownerUrl: roles.ownerUrl,
    appUrl: roles.appUrl,
    pid: server.pid,
    cpuMs: () => treeCpuMsOf(server.pid),
    async stop() {
      await database.close();
      process.off('exit', kill);
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

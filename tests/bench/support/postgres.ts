import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { migrate } from '@/lib/infra/db/migrate';
import { prepareOwnServer } from '@/lib/infra/db/roles';
import { silentLogger } from '@/lib/infra/log';
import { SUPERUSER, startEmbedded } from '@/lib/server/embedded-postgres';
import { freeLoopbackPort } from '@/lib/server/ports';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';

/** A durable embedded PostgreSQL (fsync and synchronous_commit on) with a migrated database. */
export interface BenchPostgres {
  readonly database: ServicesDatabase;
  /** Of the role that owns the tables. */
  readonly ownerUrl: string;
  /** Processor time of the server and all its sessions so far; 0 where the system does not say. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** Clock ticks of /proc/<pid>/stat are hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

function cpuMsOf(pid: number): number {
  if (process.platform !== 'linux') return 0;
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (name === String(pid) || fields[1] === String(pid)) {
        ticks += Number(fields[11]) + Number(fields[12]);
      }
    } catch {
      // ended meanwhile
    }
  }
  return ticks * TICK_MS;
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
    cpuMs: () => cpuMsOf(server.pid),
    async stop() {
      await database.close();
      process.off('exit', kill);
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

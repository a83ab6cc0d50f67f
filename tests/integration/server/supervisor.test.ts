import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isAlive } from '@/lib/server/holder.mjs';
import { freshDatabase } from '@/tests/support/database';
import { eventually } from '@/tests/support/eventually';
import { freePorts, freePortVariables } from '@/tests/support/ports';
import { makeStandInProject, removeFolder, type Started, startSupervisor } from './stand-in';

let root: string;
/** A migrated installation that was stopped; each test gets a copy. */
let installed: string;

beforeAll(async () => {
  root = await makeStandInProject();
  installed = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-data-'));
  const ports = await freePortVariables();
  const first = startSupervisor({ root, dataDir: installed, variables: ports });
  await first.ready();
  expect(await first.stop()).toBe(0);
});

afterAll(() => {
  removeFolder(installed);
  removeFolder(root);
});

let sites = 0;

/** A copy of the installation with ports of its own: tests run side by side, as most of them wait. */
class Site {
  readonly dataDir: string;
  readonly variables: Record<string, string>;
  private readonly running: Started[] = [];

  constructor(dataDir: string, variables: Record<string, string>) {
    this.dataDir = dataDir;
    this.variables = variables;
  }

  static async make(): Promise<Site> {
    sites += 1;
    const dataDir = `${installed}-copy-${sites}`;
    execFileSync('cp', ['-a', installed, dataDir]);
    const secrets = path.join(dataDir, 'postgres.json');
    const [port] = await freePorts(1);
    writeFileSync(secrets, JSON.stringify({ ...JSON.parse(readFileSync(secrets, 'utf8')), port }));
    return new Site(dataDir, await freePortVariables());
  }

  start(more: Record<string, string> = {}, args: string[] = [], project = root): Started {
    const { dataDir } = this;
    const variables = { ...this.variables, ...more };
    const started = startSupervisor({ root: project, dataDir, variables, args });
    this.running.push(started);
    return started;
  }

  async close(): Promise<void> {
    for (const started of this.running.splice(0)) await started.stop();
    removeFolder(this.dataDir);
  }
}

const it = test.extend<{ site: Site }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of what a fixture needs
  site: async ({}, use) => {
    const site = await Site.make();
    await use(site);
    await site.close();
  },
});

describe.concurrent('the supervisor', () => {
  it('brings everything up, says where, and stops it all within ten seconds', async ({ site }) => {
    const started = site.start();
    const ready = await started.ready();
    expect(started.stdout.trim().split('\n').at(-1)).toBe(JSON.stringify(ready));
    expect(ready).toMatchObject({
      event: 'ready',
      web: `http://127.0.0.1:${site.variables['PORT']}`,
      sip: {
        udp: `127.0.0.1:${site.variables['SIP_PORT']}`,
        ws: `ws://127.0.0.1:${site.variables['SIP_WS_PORT']}`,
      },
      dataDir: site.dataDir,
    });
    const before = started.processes();
    expect(Object.values(before).every((pid) => pid !== null && isAlive(pid))).toBe(true);
    const since = performance.now();
    expect(await started.stop('SIGINT')).toBe(0);
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(Object.values(before).some((pid) => pid !== null && isAlive(pid))).toBe(false);
    expect(existsSync(path.join(site.dataDir, 'postgres/postmaster.pid'))).toBe(false);
    expect(existsSync(path.join(site.dataDir, 'supervisor.lock'))).toBe(false);
  });

  it('keeps its secrets from other users', async ({ site }) => {
    await site.start().ready();
    for (const name of ['secret-key', 'postgres.json', 'node-id', 'tls/self-signed.key']) {
      expect(statSync(path.join(site.dataDir, name)).mode & 0o077, name).toBe(0);
    }
  });

  it('keeps data, secrets and node over a restart', async ({ site }) => {
    const first = site.start();
    await first.ready();
    const kept = () =>
      ['secret-key', 'node-id'].map((name) => readFileSync(path.join(site.dataDir, name), 'utf8'));
    const before = kept();
    await first.stop();
    await site.start().ready();
    expect(kept()).toEqual(before);
  });

  it('refuses a second start on the same data with one line and 1', async ({ site }) => {
    const first = site.start();
    await first.ready();
    const second = site.start(await freePortVariables());
    expect(await second.ended).toBe(1);
    expect(second.stderr.trim()).toBe(
      `tollbridge: already running on ${site.dataDir} (process ${first.process.pid}, http://127.0.0.1:${site.variables['PORT']})`,
    );
    expect(first.isRunning).toBe(true);
  });

  it('names the port that is taken, TCP or UDP, and starts nothing', async ({ site }) => {
    const tcp = createServer();
    await new Promise<void>((resolve) =>
      tcp.listen(Number(site.variables['SIP_WS_PORT']), '127.0.0.1', resolve),
    );
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) =>
      udp.bind(Number(site.variables['SIP_PORT']), '127.0.0.1', resolve),
    );
    const started = site.start();
    expect(await started.ended).toBe(1);
    expect(started.stderr).toContain(
      `port ${site.variables['SIP_WS_PORT']} (SIP_WS_PORT, TCP) is taken`,
    );
    expect(started.stderr).toContain(`port ${site.variables['SIP_PORT']} (SIP_PORT, UDP) is taken`);
    expect(started.stderr).toContain('--sip-ws-port');
    expect(started.stderr).not.toContain('PostgreSQL');
    tcp.close();
    udp.close();
  });

  it('refuses a bad setting with one line and 1', async ({ site }) => {
    const started = site.start({ SIP_TLS_PORT: 'abc' });
    expect(await started.ended).toBe(1);
    expect(started.stderr).toBe(
      'tollbridge: SIP_TLS_PORT is "abc" but must be a port, 1 to 65535\n',
    );
    const option = site.start({}, ['--sip-tls-prot', '5061']);
    expect(await option.ended).toBe(1);
    expect(option.stderr).toBe(
      'tollbridge: --sip-tls-prot: no such option (see the README for the list)\n',
    );
    const file = path.join(site.dataDir, 'node-id');
    const directory = site.start({}, ['--data-dir', file]);
    expect(await directory.ended).toBe(1);
    expect(directory.stderr).toMatch(/^tollbridge: DATA_DIR: [^\n]+ can't be used: [^\n]+\n$/);
  });

  it('brings a killed child back under another id, and says why', async ({ site }) => {
    const started = site.start();
    await started.ready();
    const before = started.processes()['switch'];
    process.kill(before ?? 0, 'SIGKILL');
    await eventually(() => {
      const now = started.processes()['switch'];
      return now !== null && now !== before;
    });
    expect(started.stderr).toMatch(/child\.died name=switch .*signal=SIGKILL/);
    expect(started.processes()['worker']).not.toBeNull();
  });

  it('brings a killed PostgreSQL back on the same port', async ({ site }) => {
    const started = site.start();
    await started.ready();
    const before = started.processes()['postgres'];
    process.kill(before ?? 0, 'SIGKILL');
    await eventually(() => started.processes()['postgres'] !== before);
    expect(started.stderr).toContain('postgres.died');
    expect(await started.stop()).toBe(0);
  });

  it('takes over after it was killed itself: lock, PostgreSQL and ports', async ({ site }) => {
    const first = site.start();
    await first.ready();
    const left = first.processes();
    await first.stop('SIGKILL');
    await site.start().ready();
    await eventually(() => !Object.values(left).some((pid) => pid !== null && isAlive(pid)));
  });

  it('leaves nobody behind when it is killed', async ({ site }) => {
    const started = site.start();
    await started.ready();
    const left = Object.values(started.processes());
    await started.stop('SIGKILL');
    await eventually(() => left.every((pid) => pid === null || !isAlive(pid)), 10_000);
  });

  it('ends a child that does not listen to being stopped', async ({ site }) => {
    const started = site.start({ TEST_DEAF: 'worker' });
    await started.ready();
    const { worker } = started.processes();
    const since = performance.now();
    expect(await started.stop()).toBe(0);
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(isAlive(worker ?? 0)).toBe(false);
  });

  it('stops at once at the second Ctrl-C', async ({ site }) => {
    const started = site.start({ TEST_DEAF: 'worker' });
    await started.ready();
    const all = Object.values(started.processes());
    started.process.kill('SIGINT');
    await eventually(() => started.stderr.includes('stopping'));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const since = performance.now();
    expect(await started.stop('SIGINT')).toBe(130);
    expect(performance.now() - since).toBeLessThan(2_000);
    await eventually(() => all.every((pid) => pid === null || !isAlive(pid)));
  });

  it('lets the switch drain at SIGTERM while everything else goes on', async ({ site }) => {
    const started = site.start({ TEST_DRAIN: '1500' });
    await started.ready();
    const { web } = started.processes();
    const since = performance.now();
    const ended = started.stop('SIGTERM');
    await eventually(() => started.stderr.includes('draining'));
    expect(isAlive(web ?? 0)).toBe(true);
    expect(await ended).toBe(0);
    expect(performance.now() - since).toBeGreaterThan(1_400);
  });

  it('drains no longer than DRAIN_SECONDS', async ({ site }) => {
    const started = site.start({ TEST_DRAIN: '60000', TEST_DEAF: 'switch', DRAIN_SECONDS: '0' });
    await started.ready();
    expect(await started.stop('SIGTERM')).toBe(0);
  });

  it('cuts the draining short at a second signal', async ({ site }) => {
    const started = site.start({ TEST_DRAIN: '60000' });
    await started.ready();
    started.process.kill('SIGTERM');
    await eventually(() => started.stderr.includes('draining'));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const since = performance.now();
    expect(await started.stop('SIGTERM')).toBe(0);
    expect(performance.now() - since).toBeLessThan(8_000);
  });

  it('takes a Ctrl-C that arrives twice as one', async ({ site }) => {
    const started = site.start();
    await started.ready();
    started.process.kill('SIGINT');
    expect(await started.stop('SIGINT')).toBe(0);
    expect(started.stderr).toContain('stopped');
  });

  it('works on a server of your own, with a role that can not change the ledger', async ({
    site,
  }) => {
    const database = await freshDatabase({ empty: true });
    const started = site.start({ DATABASE_URL: database.superuserUrl });
    await started.ready();
    expect(started.processes()['postgres']).toBeNull();
    expect(existsSync(path.join(site.dataDir, 'postgres/postmaster.pid'))).toBe(false);
    expect(started.stderr).not.toContain('database.single_role');
    await started.stop();
    await database.drop();
  });

  it('says so where the server lets it have one role only', async ({ site }) => {
    const database = await freshDatabase({ empty: true });
    const started = site.start({ DATABASE_URL: database.ownerUrl });
    await started.ready();
    expect(started.stderr).toMatch(/database\.single_role reason=.*permission denied/);
    await started.stop();
    await database.drop();
  });

  it('names the server that does not answer, without its password', async ({ site }) => {
    const started = site.start({ DATABASE_URL: 'postgresql://me:hunter2@127.0.0.1:1/none' });
    expect(await started.ended).toBe(1);
    expect(started.stderr).toContain('tollbridge: DATABASE_URL: no connection to 127.0.0.1:1: ');
    expect(started.stderr).not.toContain('hunter2');
  });

  it('passes on why a child refuses to start, and stops everything with 1', async ({ site }) => {
    const started = site.start({ TEST_REFUSE: 'switch' });
    expect(await started.ended).toBe(1);
    expect(started.stderr).toContain('tollbridge: switch: told to\n');
    expect(existsSync(path.join(site.dataDir, 'postgres/postmaster.pid'))).toBe(false);
  });

  it('gives up on a child that never starts, with its last words', async ({ site }) => {
    const started = site.start({ TEST_CRASH: 'worker' });
    expect(await started.ended).toBe(1);
    expect(started.stderr).toMatch(/worker: it does not start \(exit code 3\)\nboom/);
  });

  it('removes the data of a scenario that has no directory of its own', async ({ site }) => {
    const { variables } = site;
    const started = startSupervisor({ root, dataDir: '', variables, args: ['--scenario', 'lab'] });
    const ready = await started.ready();
    expect(ready.dataDir.startsWith(os.tmpdir())).toBe(true);
    expect(await started.stop()).toBe(0);
    expect(existsSync(ready.dataDir)).toBe(false);
  });

  it('fills a scenario into an empty database alone', async ({ site }) => {
    const first = site.start({}, ['--scenario', 'lab']);
    await first.ready();
    expect(first.stderr).toContain('THE LAB HAS WELL-KNOWN SECRETS');
    await first.stop();
    const again = site.start();
    await again.ready();
    expect(again.stderr).toContain('THE LAB HAS WELL-KNOWN SECRETS');
    await again.stop();
    const other = site.start({}, ['--scenario', 'demo']);
    expect(await other.ended).toBe(1);
    expect(other.stderr).toContain('tollbridge: this database holds the lab, not the demo\n');
    const outside = site.start({ BIND_ADDRESS: '0.0.0.0' });
    expect(await outside.ended).toBe(1);
    expect(outside.stderr).toContain('tollbridge: BIND_ADDRESS: this database holds the lab');
  });

  it('gives the first operator a link for as long as there is none', async ({ site }) => {
    const started = site.start();
    const ready = await started.ready();
    expect(ready.setupUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup\?token=[\w-]{43}$/);
    expect(started.stderr).toContain(ready.setupUrl);
  });

  it('never puts a scenario on the network', async ({ site }) => {
    const started = site.start({ BIND_ADDRESS: '0.0.0.0' }, ['--scenario', 'lab']);
    expect(await started.ended).toBe(1);
    expect(started.stderr).toContain('BIND_ADDRESS: the lab has well-known secrets');
  });

  it('backs up data before a migration, and refuses an edited one by its name', async ({
    site,
  }) => {
    expect(existsSync(path.join(site.dataDir, 'backups'))).toBe(false);
    const project = await makeStandInProject();
    const folder = path.join(project, 'prisma/migrations/29990101000000_more');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'migration.sql'), 'CREATE TABLE more (n int);');
    const second = site.start({}, [], project);
    await second.ready();
    expect(readdirSync(path.join(site.dataDir, 'backups'))).toEqual([
      expect.stringMatching(/^\d{8}T\d{6}Z-before-29990101000000_more$/),
    ]);
    await second.stop();

    writeFileSync(path.join(folder, 'migration.sql'), 'CREATE TABLE more (n bigint);');
    const third = site.start({}, [], project);
    expect(await third.ended).toBe(1);
    expect(third.stderr).toContain(
      'tollbridge: migration 29990101000000_more was edited after it was applied\n',
    );
    removeFolder(project);
  });
});

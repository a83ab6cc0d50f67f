import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@/lib/core/ids.server';
import { createSealer } from '@/lib/infra/crypto';
import { inheritedVariables, parseSettings, settledVariables } from '@/lib/infra/env';
import { ensureSelfSigned } from '@/lib/infra/tls/self-signed';
import { freeLoopbackPort } from '@/lib/server/ports';
import { SWITCH_NODE_ARGUMENTS } from '@/lib/server/switch-arguments';
import { sealExtensionSecret } from '@/lib/services/extensions/secret';
import { makeBuyers, makeOperator } from '@/tests/support/money-world';
import { type BenchPostgres, startBenchPostgres } from './postgres';
import { giveWay, pin } from './processes';

const SECRET_KEY = 'bench-secret-key-bench-secret-key';
const START_TIMEOUT_MS = 60_000;
const SETTLE_TIMEOUT_MS = 60_000;
/** 2,000 rows a statement: a parameter array of 1 MB. */
const ROWS = 2_000;

/** The domain and secret of every phone; numbers count up from the first. */
export interface BenchPhones {
  readonly domain: string;
  readonly secret: string;
  readonly firstNumber: number;
  readonly count: number;
}

export interface SwitchUnderTestOptions {
  readonly phones: number;
  /** Whether UDP may go by the native fast path. */
  readonly native: boolean;
  /** More for node: a profile. */
  readonly nodeArguments?: readonly string[];
}

/** The real switch on a data directory and database that are thrown away. */
export interface SwitchUnderTest {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly phones: BenchPhones;
  readonly postgres: BenchPostgres;
  /** What the heap holds once the garbage is gone, and what the process takes. */
  memory(): Promise<{ readonly heapBytes: number; readonly residentBytes: number }>;
  /** Calls in progress, as the database knows them. */
  liveCalls(): Promise<number>;
  /** CDRs of calls that were answered. */
  writtenCalls(): Promise<number>;
  /** Resolves when no call is in progress any more and all are written. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** The phones of a bench, whoever serves them. */
export function benchPhones(count: number): BenchPhones {
  return {
    domain: 'bench.test',
    secret: 'Bench-secret-of-a-phone',
    firstNumber: 200_000,
    count,
  };
}

/** A customer with one tenant and its phones, written as a restore would. */
async function makePhones(postgres: BenchPostgres, count: number): Promise<BenchPhones> {
  const { pool } = postgres.database;
  const operator = await makeOperator(postgres.database);
  const [customer] = await makeBuyers(postgres.database, operator, [
    { kind: 'customer', balance: '1000' },
  ]);
  if (!customer) throw new Error('no customer');
  const phones = benchPhones(count);
  // What is measured is the switch, not its limits.
  await pool.query(
    'UPDATE account SET max_concurrent_calls = 1000000, max_calls_per_second = 1000000',
  );
  const tenantId = newId();
  await pool.query(
    `INSERT INTO tenant (id, account_id, domain, country, updated_at) VALUES ($1, $2, $3, 'US', now())`,
    [tenantId, customer.id, phones.domain],
  );
  // Exempt from limits by source: all phones of the bench have one address.
  await pool.query(`INSERT INTO installation (id, scenario) VALUES (1, 'lab')`);
  const sealer = createSealer(SECRET_KEY);
  for (let first = 0; first < count; first += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, count - first) }, (_, index) => {
      const id = newId();
      const number = String(phones.firstNumber + first + index);
      const named = { id, number, domain: phones.domain };
      return { id, number, sealed: sealExtensionSecret(sealer, named, phones.secret) };
    });
    await pool.query(
      `INSERT INTO extension (id, tenant_id, number, name, secret_sealed, updated_at)
       SELECT id, $1, number, 'Phone ' || number, sealed, now()
         FROM unnest($2::uuid[], $3::text[], $4::bytea[]) AS e (id, number, sealed)`,
      [
        tenantId,
        rows.map(({ id }) => id),
        rows.map(({ number }) => number),
        rows.map(({ sealed }) => sealed),
      ],
    );
  }
  return phones;
}

/** The variables of an installation of its own, every port free. */
async function variablesOf(
  directory: string,
  postgres: BenchPostgres,
  native: boolean,
): Promise<Record<string, string>> {
  const free = async () => String(await freeLoopbackPort());
  const environment = {
    DATA_DIR: directory,
    DATABASE_URL: postgres.appUrl,
    PORT: await free(),
    SIP_PORT: await free(),
    SIP_TLS_PORT: await free(),
    SIP_WS_PORT: await free(),
    SIP_WSS_PORT: await free(),
    SIP_NATIVE: native ? 'on' : 'off',
    MEDIA: 'direct',
    SECRET_KEY,
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
  };
  const settings = parseSettings({ argv: [], environment, cwd: process.cwd() });
  return settledVariables({
    ...settings,
    databaseUrl: postgres.appUrl,
    secretKey: SECRET_KEY,
    controlPort: await freeLoopbackPort(),
    controlSecret: 'bench-control-secret-bench-control',
    nodeId: 'bench',
  });
}

async function ready(child: ChildProcess): Promise<void> {
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the switch ended while starting: ${code}`);
  });
  for (;;) {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    if (message?.event === 'ready') return;
    if (message?.event === 'refused') throw new Error(`the switch refuses: ${message.reason}`);
  }
}

/** Starts PostgreSQL, fills it, starts dist/switch.mjs on it and keeps both to their processors. */
export async function startSwitchUnderTest(
  options: SwitchUnderTestOptions,
): Promise<SwitchUnderTest> {
  for (const part of ['generate', 'bundle', 'native']) {
    execFileSync(process.execPath, ['lib/server/build.mjs', '--only', part], { stdio: 'ignore' });
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-bench-switch-'));
  mkdirSync(path.join(directory, 'tls'), { recursive: true });
  ensureSelfSigned(directory, ['127.0.0.1'], Date.now());
  const postgres = await startBenchPostgres();
  pin(postgres.pid, 'others');
  giveWay(postgres.pid);
  const phones = await makePhones(postgres, options.phones);
  const variables = await variablesOf(directory, postgres, options.native);
  const child = fork(path.resolve('dist/switch.mjs'), [], {
    env: { ...inheritedVariables(), ...variables, NODE_ENV: 'production' },
    execArgv: [
      '--import',
      path.resolve('tests/bench/support/inside-the-switch.mjs'),
      ...SWITCH_NODE_ARGUMENTS,
      ...(options.nodeArguments ?? []),
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const kill = () => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (child.exitCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await stop();
    throw error;
  }
  const pid = child.pid ?? 0;
  pin(pid, 'measured');
  const countOf = async (what: string): Promise<number> => {
    const { rows } = await postgres.database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${what}`,
    );
    return rows[0]?.n ?? 0;
  };
  return {
    host: '127.0.0.1',
    port: Number(variables['SIP_PORT']),
    pid,
    phones,
    postgres,
    async memory() {
      const answer = once(child, 'message');
      child.send({ bench: 'memory' });
      const [message] = await answer;
      return message.memory;
    },
    liveCalls: () => countOf('live_call'),
    writtenCalls: () => countOf('call WHERE answered_at IS NOT NULL'),
    async settled() {
      const signal = AbortSignal.timeout(SETTLE_TIMEOUT_MS);
      while ((await countOf('live_call')) > 0) await sleep(250, undefined, { signal });
    },
    stop,
  };
}

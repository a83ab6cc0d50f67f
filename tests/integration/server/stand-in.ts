import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';

/**
 * The real supervisor with a real PostgreSQL over small processes in the place of web, switch and
 * worker: what is tested is the keeping of processes, not what they do. The whole product is started
 * by the switch and e2e suites.
 */
const CHILD = `
import { createServer } from 'node:net';
const name = process.argv[1].match(/([a-z]+)\\.mjs$/)[1];
if (process.env.TEST_REFUSE === name) { process.send({ event: 'refused', reason: 'told to' }, () => process.exit(1)); }
else if (process.env.TEST_CRASH === name) { console.error('boom'); process.exit(3); }
else {
  console.log(JSON.stringify({ event: 'child.env', level: 'info', name, node: process.env.NODE_ID }));
  if (name === 'switch') createServer().listen(Number(process.env.SIP_PORT), process.env.BIND_ADDRESS);
  setInterval(() => {}, 1000);
  const leave = () => { if (process.env.TEST_DEAF !== name) process.exit(0); };
  process.on('SIGINT', leave);
  process.on('SIGTERM', () => {
    if (name === 'switch' && process.env.TEST_DRAIN) setTimeout(leave, Number(process.env.TEST_DRAIN));
    else leave();
  });
  process.on('disconnect', () => process.exit(0));
  process.send({ event: 'ready', details: {} });
}
`;

const WEB = `
const http = require('node:http');
const server = http.createServer((request, response) => {
  if (request.url === '/stream') return response.write('open');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ headers: request.headers, raw: request.rawHeaders }));
});
server.listen(Number(process.env.PORT), process.env.HOSTNAME);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.close(() => process.exit(143)));
`;

/** A project folder with the supervisor's bundles and the stand-ins; remove it when done. */
export async function makeStandInProject(): Promise<string> {
  const root = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-project-'));
  const here = process.cwd();
  await build({
    entryPoints: ['supervisor', 'web-preload', 'prepare'].map((name) => `lib/server/${name}.ts`),
    outdir: path.join(root, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    alias: { '@': here },
    logLevel: 'error',
  });
  for (const name of ['switch', 'worker'])
    writeFileSync(path.join(root, 'dist', `${name}.mjs`), CHILD);
  mkdirSync(path.join(root, '.next/standalone'), { recursive: true });
  writeFileSync(path.join(root, '.next/standalone/server.js'), WEB);
  mkdirSync(path.join(root, 'prisma'));
  cpSync(path.join(here, 'prisma/migrations'), path.join(root, 'prisma/migrations'), {
    recursive: true,
  });
  symlinkSync(path.join(here, 'node_modules'), path.join(root, 'node_modules'));
  return root;
}

/** A supervisor that runs, and what it has written so far. */
export class Started {
  readonly process: ChildProcess;
  readonly dataDir: string;
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | null>;

  constructor(child: ChildProcess, dataDir: string) {
    this.process = child;
    this.dataDir = dataDir;
    child.stdout?.on('data', (chunk) => {
      this.stdout += String(chunk);
    });
    child.stderr?.on('data', (chunk) => {
      this.stderr += String(chunk);
    });
    this.ended = new Promise((resolve) => child.once('close', resolve));
  }

  /** The ready line, or throws with everything written when the process ends before. */
  async ready(): Promise<{ web: string; dataDir: string; https?: string; setupUrl?: string }> {
    let code: number | null | undefined;
    void this.ended.then((value) => {
      code = value;
    });
    for (;;) {
      const line = this.stdout.split('\n').find((text) => text.startsWith('{"event":"ready"'));
      if (line !== undefined) return JSON.parse(line);
      if (code !== undefined) throw new Error(`ended with ${code}\n${this.stdout}${this.stderr}`);
      await sleep(20);
    }
  }

  /** Who runs under which id. */
  processes(): Record<string, number | null> {
    return JSON.parse(readFileSync(path.join(this.dataDir, 'processes.json'), 'utf8'));
  }

  get isRunning(): boolean {
    return existsSync(path.join(this.dataDir, 'processes.json'));
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }
}

export interface StartOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly variables: Record<string, string>;
  readonly args?: readonly string[];
}

/** Starts the supervisor of a stand-in project. */
export function startSupervisor({ root, dataDir, variables, args = [] }: StartOptions): Started {
  const file = path.join(root, 'dist/supervisor.mjs');
  const child = spawn(process.execPath, [file, '--json', ...args], {
    cwd: root,
    env: {
      NODE_ENV: 'production',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      DATA_DIR: dataDir,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Started(child, dataDir);
}

/** Removes a folder with everything in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isFresh, sourceHash, writeStamp } from './sources.mjs';
import { terminalSteps } from './steps.mjs';

/**
 * Makes what runs: Prisma's client, a bundle for each process, and the portal. `node build.mjs`
 * makes what is stale; `--only generate|bundle|next` one part; `--force` makes it in any case.
 */

const root = path.resolve(
  import.meta.dirname ?? path.dirname(fileURLToPath(import.meta.url)),
  '../..',
);

/** Bundles by name: dist/<name>.mjs. */
const ENTRIES = {
  supervisor: 'lib/server/supervisor.ts',
  'web-preload': 'lib/server/web-preload.ts',
  prepare: 'lib/server/prepare.ts',
  switch: 'lib/switch/main.ts',
  'media-worker': 'lib/switch/media/worker.ts',
  worker: 'lib/worker/main.ts',
};

/** Runs one of the packages' programs; its output is shown only when it fails. */
function run(script, args, variables = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules', script), ...args], {
      cwd: root,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(output);
      return reject(
        new Error(`${script} ${args.join(' ')}: ${signal ?? `exit code ${code}`}\n${output}`),
      );
    });
  });
}

async function generate() {
  // The schema engine is only needed to talk to databases; its download is not.
  await run('prisma/build/index.js', ['generate'], {
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  });
}

async function bundle() {
  const { build, stop } = await import('esbuild');
  const there = Object.entries(ENTRIES).filter(([, file]) => existsSync(path.join(root, file)));
  await build({
    absWorkingDir: root,
    entryPoints: there.map(([out, file]) => ({ out, in: file })),
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { '@': root },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  });
  // What the switch says itself lies beside it.
  cpSync(path.join(root, 'lib/switch/sounds/files'), path.join(root, 'dist/sounds'), {
    recursive: true,
  });
  // Its service would stay beside the supervisor for as long as that runs.
  await stop();
}

/**
 * The native fast path for UDP (lib/protocol/native). A machine without a compiler, or of another
 * system, does without: the switch then takes node:dgram, and this never fails the build.
 */
async function native() {
  const target = path.join(root, 'dist', 'udp.node');
  rmSync(target, { force: true });
  if (process.platform !== 'linux') return;
  const headers = await import('node-api-headers').then(
    (found) => found.default.include_dir,
    () => '',
  );
  const source = path.join(root, 'lib/protocol/native/udp.c');
  const made = `${target}.new`;
  const args = ['-O2', '-fPIC', '-shared', '-I', headers, '-o', made, source];
  const code = await new Promise((resolve) => {
    const child = spawn(process.env.CC || 'cc', args, { stdio: 'ignore' });
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  // Renamed into place: a process that runs the old one keeps its own file.
  if (code === 0) renameSync(made, target);
  else process.stderr.write('    no C compiler, or it failed: UDP goes without the fast path\n');
}

async function next() {
  await run('next/dist/bin/next', ['build'], {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  });
  const standalone = path.join(root, '.next', 'standalone');
  cpSync(path.join(root, '.next/static'), path.join(standalone, '.next/static'), {
    recursive: true,
  });
  if (existsSync(path.join(root, 'public'))) {
    cpSync(path.join(root, 'public'), path.join(standalone, 'public'), { recursive: true });
  }
}

const PARTS = [
  {
    name: 'generate',
    title: 'generating the database client',
    make: generate,
    results: ['prisma/generated/client.ts'],
  },
  {
    name: 'bundle',
    title: 'bundling the processes',
    make: bundle,
    results: ['dist/supervisor.mjs'],
  },
  {
    name: 'native',
    title: 'compiling the fast path for UDP',
    make: native,
    results: [],
  },
  {
    name: 'next',
    title: 'building the portal',
    make: next,
    results: ['.next/standalone/server.js', '.next/standalone/.next/static'],
  },
];

function holderAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** One build at a time in a project: the others wait and then find everything fresh. */
async function withBuildLock(work) {
  const file = path.join(root, 'dist', '.building');
  mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (holderAlive(file)) await sleep(250);
      else rmSync(file, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Makes the parts that are missing or stale (all of `only`, which defaults to every part). */
export async function buildIfStale({ only = PARTS.map((part) => part.name), force = false } = {}) {
  const stale = () =>
    PARTS.filter(
      (part) => only.includes(part.name) && (force || !isFresh(root, part.name, part.results)),
    );
  if (stale().length === 0) return;
  await withBuildLock(async () => {
    for (const part of stale()) {
      const hash = sourceHash(root, part.name);
      await terminalSteps.run(part.title, part.make);
      writeStamp(root, part.name, hash);
    }
  });
}

async function main() {
  const args = process.argv.slice(2);
  const at = args.indexOf('--only');
  const only = at < 0 ? undefined : [args[at + 1]];
  if (only !== undefined && !PARTS.some((part) => part.name === only[0])) {
    throw new Error(`--only takes ${PARTS.map((part) => part.name).join(', ')}`);
  }
  await buildIfStale({ ...(only === undefined ? {} : { only }), force: args.includes('--force') });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

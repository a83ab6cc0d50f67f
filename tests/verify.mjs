import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
// biome-ignore lint/style/noRestrictedImports: plain Node, which knows no aliases
import { installIfStale, nodeComplaint } from '../lib/server/install.mjs';
import { runProject } from './support/vitest.mjs';

/**
 * `npm run verify`: Biome, types, dead code and unit tests; no database, no build, under 30 s. What
 * fails prints what it has to say, the rest a line.
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

function tool(script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules', script), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function check(name, work) {
  const since = performance.now();
  const result = await work();
  process.stdout.write(`  ${result.code === 0 ? '✓' : '✗'} ${name} ${seconds(since)}\n`);
  if (result.code !== 0) process.stdout.write(`${result.output}\n`);
  return result;
}

/** Runs every check. Returns the unit tests' figures and whether all is well. */
export async function verify() {
  const biome = path.join('@biomejs', 'biome', 'bin', 'biome');
  const types = check('types', () => tool('typescript/bin/tsc', ['--noEmit']));
  const style = check('style and layers', () =>
    tool(biome, ['check', '--diagnostic-level=error', '.']),
  );
  const [typed, styled] = await Promise.all([types, style]);
  const unused = check('unused code', () => tool('knip/bin/knip.js', ['--no-progress']));
  const unit = check('unit tests', () => runProject(root, 'unit', { report: 'dots' }));
  const [used, tested] = await Promise.all([unused, unit]);
  const ok = [typed, styled, used, tested].every(({ code }) => code === 0);
  const failed = Object.entries({ types: typed, style: styled, 'unused code': used }).filter(
    ([, { code }]) => code !== 0,
  );
  const failures = failed.map(([name, { output }]) => ({ test: name, message: output }));
  return {
    ok,
    ...tested,
    failures: [...tested.failures, ...failures],
    failedChecks: failed.length,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const since = performance.now();
  const complaint = nodeComplaint();
  if (complaint !== null) throw new Error(complaint);
  await installIfStale(root);
  // biome-ignore lint/style/noRestrictedImports: plain Node, which knows no aliases
  const { buildIfStale } = await import('../lib/server/build.mjs');
  await buildIfStale({ only: ['generate', 'native'] });
  const result = await verify();
  process.stdout.write(
    `${result.passed} unit tests passed, ${result.failed} failed, ${result.skipped} skipped; ${seconds(since)}\n`,
  );
  process.exitCode = result.ok ? 0 : 1;
}

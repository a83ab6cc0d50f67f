import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
// biome-ignore lint/style/noRestrictedImports: plain Node, which knows no aliases
import { installIfStale, nodeComplaint } from '../lib/server/install.mjs';
import { installPeers, mayInstall, missingPeers } from './support/peers.mjs';
import { runProject } from './support/vitest.mjs';

/**
 * `npm test`: everything from a fresh clone to the last suite. The closing line counts all of it.
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const isCi = process.env.CI === 'true';
const say = (line) => process.stdout.write(`${line}\n`);
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function setUp() {
  const complaint = nodeComplaint();
  if (complaint !== null) throw new Error(complaint);
  await installIfStale(root);
  if (missingPeers().length > 0 && mayInstall()) {
    const names = missingPeers().map((peer) => peer.program);
    say(`  … installing ${names.join(', ')}`);
    const since = performance.now();
    const trouble = installPeers(missingPeers());
    say(trouble === null ? `  ✓ installed peers ${seconds(since)}` : `  ✗ peers: ${trouble}`);
  }
  // biome-ignore lint/style/noRestrictedImports: plain Node, which knows no aliases
  const { buildIfStale } = await import('../lib/server/build.mjs');
  await buildIfStale();
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function count(name, result, since) {
  total.passed += result.passed;
  total.failed += result.failed;
  total.skipped += result.skipped;
  failures.push(...result.failures);
  say(
    `── ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped; ${seconds(since)}`,
  );
}

async function runSuite(name, work) {
  say(`\n── ${name}`);
  const since = performance.now();
  count(name, await work(), since);
}

/** Runs a suite beside another one: what it has to say is said when it is over. */
async function runBeside(name, project, files = []) {
  const since = performance.now();
  const result = await runProject(root, project, { report: 'kept', files, name });
  say(`\n── ${name}, which ran beside\n${result.output}`);
  count(name, result, since);
}

/** Files of the switch suite by whether they speak for the lab's carriers, whose ports are fixed. */
function switchFiles() {
  const folder = path.join(root, 'tests/switch');
  const all = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const isCarrier = (file) =>
    /(?:CARRIER_\w+ =|localPort:) 509[02]\b/.test(readFileSync(path.join(folder, file), 'utf8'));
  const toPath = (file) => `tests/switch/${file}`;
  return {
    carriers: all.filter(isCarrier).map(toPath),
    others: all.filter((file) => !isCarrier(file)).map(toPath),
  };
}

/**
 * Most tests wait: for timers, for phones of other makers, for a browser. So they run in two rows
 * side by side. What shares ports (the lab's carriers, the phones of the browser's tests) stands in
 * one row.
 */
async function runInTwoRows() {
  const { carriers, others } = switchFiles();
  const beside = async () => {
    await runBeside('switch-carriers', 'switch', carriers);
    await runBeside('e2e', 'e2e');
  };
  const inFront = async () => {
    await runSuite('integration', () => runProject(root, 'integration'));
    await runSuite('switch', () => runProject(root, 'switch', { files: others }));
  };
  await Promise.all([inFront(), beside()]);
}

/** Tells again, where a cut log still shows it, what failed and how. */
function nameFailures() {
  for (const { test, message } of failures) {
    say(`\nfailed: ${test}`);
    for (const line of message.split('\n')) say(`  ${line}`);
  }
}

/** Names what was not tried, so that green never means "not looked at". */
function nameMissing() {
  const missing = missingPeers();
  for (const { program, packages, suites } of missing) {
    say(
      `not installed: ${program} (Debian: ${packages.join(' ')}); tests of ${suites.join(', ')} that need it were skipped`,
    );
  }
  if (missing.length > 0 && !isCi) {
    say('as root on Debian or Ubuntu, INSTALL_PEERS=1 npm test installs what is missing');
  }
  return missing.length;
}

async function main() {
  const since = performance.now();
  say('Tollbridge: installing, building, then every suite');
  await setUp();
  const { verify } = await import('./verify.mjs');
  await runSuite('verify', async () => {
    const result = await verify();
    return { ...result, failed: result.failed + result.failedChecks };
  });
  await runInTwoRows();
  nameFailures();
  const missing = nameMissing();
  say(`all of it in ${seconds(since)}`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  say(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed > 0 || total.passed === 0 || (isCi && missing > 0) ? 1 : 0;
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  say('0 passed, 1 failed');
  process.exitCode = 1;
});

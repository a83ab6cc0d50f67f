import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Runs one vitest project, or some of its files; its own report goes to the terminal, its figures
 * and what failed come back. `report`: shown as it comes, kept to be shown later, or dots that
 * nobody reads. Where a project is run in parts, each has a name of its own.
 */
export async function runProject(root, project, options = {}) {
  const { report = 'shown', files = [], name = project } = options;
  const isShown = report === 'shown';
  const file = path.join(root, 'tests/output', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const args = [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    `--project=${project}`,
    `--reporter=${report === 'dots' ? 'dot' : 'default'}`,
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...files,
  ];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', resolve);
  });
  const totals = readTotals(root, file);
  // A suite without a test, or one that could not even be collected, counts as a failure.
  const none = totals.passed + totals.failed + totals.skipped === 0;
  const unnamed = (code !== 0 || none) && totals.failed === 0;
  if (unnamed && totals.failures.length === 0) {
    const what = none ? 'ran no test' : `ended with exit code ${code} though no test failed`;
    totals.failures.push({ test: `the suite ${name}`, message: what });
  }
  return { ...totals, failed: unnamed ? 1 : totals.failed, code, output };
}

/** Lines of a failure that are told again at the end: what was expected, and where. */
const FAILURE_LINES = 12;

/** Every test that failed, and every file that could not be collected. */
function failuresOf(root, report) {
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [{ test: file, message }];
    return failed.map((test) => ({
      test: `${file} › ${test.fullName}`,
      message: messageOf(test),
    }));
  });
}

/** A test that ran out of time has a stack without a message in vitest's report: it is said here. */
function messageOf({ failureMessages, duration }) {
  const text = failureMessages.join('\n');
  const told = text.replace('STACK_TRACE_ERROR', `timed out after ${Math.round(duration)} ms`);
  return told.split('\n').slice(0, FAILURE_LINES).join('\n');
}

function readTotals(root, file) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0, failures: [] };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    failures: failuresOf(root, report),
  };
}

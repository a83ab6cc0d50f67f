import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lockFile, runningComplaint, startOf } from '@/lib/server/holder.mjs';

const HOLDER = {
  pid: process.pid,
  host: os.hostname(),
  startedAt: startOf(process.pid),
  web: 'http://127.0.0.1:3000',
};

test('nothing is installed or built under a run that goes on', () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-holder-'));
  const said = `already running on ${dataDir} (process ${process.pid}, ${HOLDER.web})`;
  try {
    expect(runningComplaint([], { DATA_DIR: dataDir })).toBeNull();
    writeFileSync(lockFile(dataDir), JSON.stringify(HOLDER));
    expect(runningComplaint([], { DATA_DIR: dataDir })).toBe(said);
    expect(runningComplaint(['--scenario', 'lab', '--data-dir', dataDir], {})).toBe(said);
    expect(runningComplaint([`--data-dir=${dataDir}`], { DATA_DIR: '/elsewhere' })).toBe(said);
    // A scenario of its own directory, a process that is gone, a lock that is none.
    expect(runningComplaint(['--scenario', 'lab'], {})).toBeNull();
    writeFileSync(lockFile(dataDir), JSON.stringify({ ...HOLDER, startedAt: '1' }));
    expect(runningComplaint([], { DATA_DIR: dataDir })).toBeNull();
    writeFileSync(lockFile(dataDir), '{');
    expect(runningComplaint([], { DATA_DIR: dataDir })).toBeNull();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

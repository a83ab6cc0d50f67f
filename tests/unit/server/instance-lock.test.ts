import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holderOf, takeInstanceLock } from '@/lib/server/instance-lock';

let folder: string;
const file = () => path.join(folder, 'supervisor.lock');
const WEB = 'http://127.0.0.1:3000';

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function left(holder: Record<string, unknown>): void {
  writeFileSync(
    file(),
    JSON.stringify({
      pid: process.pid,
      host: os.hostname(),
      startedAt: 'then',
      web: WEB,
      ...holder,
    }),
  );
}

describe('the lock of a data directory', () => {
  it('is held by one, and free again when that lets go', () => {
    const first = takeInstanceLock(folder, WEB);
    expect(first.ok).toBe(true);
    expect(takeInstanceLock(folder, WEB)).toMatchObject({
      ok: false,
      holder: { pid: process.pid, web: WEB },
    });
    if (first.ok) first.release();
    expect(holderOf(folder)).toBeNull();
    expect(existsSync(file())).toBe(false);
  });

  it('of a process that is gone is taken over', () => {
    left({ pid: 2 ** 22 - 3 });
    expect(takeInstanceLock(folder, WEB).ok).toBe(true);
  });

  it.runIf(process.platform === 'linux')(
    'of a process whose id somebody else got is taken over',
    () => {
      left({ startedAt: '1' });
      expect(takeInstanceLock(folder, WEB).ok).toBe(true);
    },
  );

  it('that was never finished is taken over', () => {
    writeFileSync(file(), '{"pid":');
    expect(takeInstanceLock(folder, WEB).ok).toBe(true);
  });

  it('of another machine counts while that keeps touching it', () => {
    left({ host: 'elsewhere' });
    expect(takeInstanceLock(folder, WEB).ok).toBe(false);
    const long = new Date(Date.now() - 60_000);
    utimesSync(file(), long, long);
    expect(takeInstanceLock(folder, WEB).ok).toBe(true);
  });
});

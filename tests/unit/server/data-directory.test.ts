import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseSettings } from '@/lib/infra/env';
import { openDataDirectory } from '@/lib/server/installation';

const settingsFor = (dataDir: string) =>
  parseSettings({ argv: ['--data-dir', dataDir], environment: {}, cwd: os.tmpdir() });

test('a data directory that cannot be made is refused at once, not tried for ever', () => {
  const file = path.join(process.execPath, 'below-a-file');
  expect(() => openDataDirectory(settingsFor(file))).toThrow(/DATA_DIR: .* can't be used/);
  expect(() => openDataDirectory(settingsFor(process.execPath))).toThrow(/can't be used: ENOTDIR/);
  if (process.platform !== 'linux') return;
  expect(() => openDataDirectory(settingsFor('/proc/nope'))).toThrow(/can't be used: ENOENT/);
});

test('a data directory is made with the folders above it, for us alone', () => {
  const base = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-unit-'));
  try {
    const { dataDir } = openDataDirectory(settingsFor(path.join(base, 'a', 'b')));
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isInstalled, nodeComplaint } from '@/lib/server/install.mjs';
import { isFresh, sourceHash, writeStamp } from '@/lib/server/sources.mjs';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-root-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, content: unknown): void {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

describe('packages', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b-sunos': { version: '2.0.0', optional: true, os: ['sunos'] },
    },
  };

  it('are those of the lock file, or are installed', () => {
    put('package-lock.json', lock);
    expect(isInstalled(root)).toBe(false);
    put('node_modules/.package-lock.json', {
      packages: { 'node_modules/a': { version: '0.9.0' } },
    });
    expect(isInstalled(root)).toBe(false);
    put('node_modules/.package-lock.json', {
      packages: { 'node_modules/a': { version: '1.0.0' } },
    });
    expect(isInstalled(root)).toBe(true);
  });

  it('are installed again when the lock file changes', () => {
    put('package-lock.json', lock);
    put('node_modules/.package-lock.json', {
      packages: { 'node_modules/a': { version: '1.0.0' } },
    });
    expect(isInstalled(root)).toBe(true);
    put('package-lock.json', {
      packages: { ...lock.packages, 'node_modules/c': { version: '1.0.0' } },
    });
    expect(isInstalled(root)).toBe(false);
  });
});

describe('Node', () => {
  it.each([
    ['20.18.1', false],
    ['18.20.0', false],
    ['20.19.0', true],
    ['22.0.0', true],
  ])('%s is fine: %s', (version, fine) => {
    expect(nodeComplaint(version) === null).toBe(fine);
  });
});

describe('a part of the build', () => {
  const made = () => isFresh(root, 'next', ['result']);

  beforeEach(() => {
    put('app/page.tsx', 'page');
    put('lib/switch/main.ts', 'switch');
    put('result', 'made');
    writeStamp(root, 'next', sourceHash(root, 'next'));
  });

  it('is fresh until something it is made of changes, comes or goes', () => {
    expect(made()).toBe(true);
    put('app/page.tsx', 'other');
    expect(made()).toBe(false);
    put('app/page.tsx', 'page');
    expect(made()).toBe(true);
    put('app/more.tsx', '');
    expect(made()).toBe(false);
  });

  it('is stale when its result is gone', () => {
    rmSync(path.join(root, 'result'));
    expect(made()).toBe(false);
  });

  it('stays fresh when another process changes', () => {
    put('lib/switch/main.ts', 'other');
    expect(made()).toBe(true);
  });
});

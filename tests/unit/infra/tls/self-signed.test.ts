import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ensureSelfSigned, makeSelfSigned, selfSignedFiles } from '@/lib/infra/tls/self-signed';

const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;
const NAMES = ['voice.example', 'localhost', '127.0.0.1', '::1', '2001:db8::a:1'];

describe('a self-signed pair', () => {
  const pair = makeSelfSigned(NAMES, NOW);
  const certificate = new X509Certificate(pair.cert);

  it('speaks for its names and addresses and for no other', () => {
    expect(certificate.checkHost('voice.example')).toBe('voice.example');
    expect(certificate.checkHost('other.example')).toBeUndefined();
    for (const address of ['127.0.0.1', '::1', '2001:db8::a:1']) {
      expect(certificate.checkIP(address), address).toBe(address);
    }
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('is signed by its own key, which goes with it', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
    expect(certificate.ca).toBe(false);
  });

  it('is valid from the day before for 397 days, also past 2049', () => {
    expect(Date.parse(certificate.validFrom)).toBe(NOW - DAY);
    expect(Date.parse(certificate.validTo)).toBe(NOW + 397 * DAY);
    const late = new X509Certificate(makeSelfSigned(['a'], Date.UTC(2049, 5, 1)).cert);
    expect(Date.parse(late.validTo)).toBe(Date.UTC(2049, 5, 1) + 397 * DAY);
  });

  it('has a number of its own', () => {
    expect(new X509Certificate(makeSelfSigned(NAMES, NOW).cert).serialNumber).not.toBe(
      certificate.serialNumber,
    );
  });
});

describe('the pair of a data directory', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'tollbridge-tls-'));
  const files = selfSignedFiles(folder);
  const made = (names: string[], nowMs: number): string => {
    ensureSelfSigned(folder, names, nowMs);
    return readFileSync(files.cert, 'utf8');
  };
  afterEach(() => rmSync(path.join(folder, 'tls'), { recursive: true, force: true }));

  it('is kept while it is good, and nobody else reads its key', () => {
    const first = made(['a.example'], NOW);
    expect(made(['a.example'], NOW + DAY)).toBe(first);
    expect(statSync(files.key).mode & 0o077).toBe(0);
  });

  it('is made anew before it runs out, and when it lacks a name', () => {
    const first = made(['a.example'], NOW);
    const second = made(['a.example', '192.0.2.1'], NOW);
    expect(second).not.toBe(first);
    expect(made(['a.example'], NOW + 370 * DAY)).not.toBe(second);
  });
});

import { describe, expect, it } from 'vitest';
import {
  createSealer,
  deriveKey,
  hashPassword,
  hashToken,
  newToken,
  safeEqual,
  verifyPassword,
} from '@/lib/infra/crypto';

const KEY = 'a secret key of at least 32 characters';
const OTHER = 'another secret key of 32 characters!!';

describe('sealing', () => {
  const sealer = createSealer(KEY);

  it('opens what it sealed, and never seals the same way twice', () => {
    const sealed = sealer.seal('lab-acme-101 ü', 'extension:1');
    expect(sealer.open(sealed, 'extension:1')).toBe('lab-acme-101 ü');
    expect(sealer.seal('lab-acme-101 ü', 'extension:1')).not.toEqual(sealed);
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('acme');
  });

  it('opens nothing that was moved to another place', () => {
    const sealed = sealer.seal('secret', 'extension:1');
    expect(() => sealer.open(sealed, 'extension:2')).toThrow('does not belong here');
  });

  it('opens nothing that was changed, whichever byte', () => {
    const sealed = sealer.seal('secret', 'x');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => sealer.open(changed, 'x'), `byte ${at}`).toThrow();
    }
    expect(() => sealer.open(sealed.subarray(0, 20), 'x')).toThrow();
    expect(() => sealer.open(new Uint8Array(), 'x')).toThrow();
  });

  it('opens with an earlier key, and seals with the present one', () => {
    const old = createSealer(OTHER).seal('secret', 'x');
    const rotated = createSealer(KEY, [OTHER]);
    expect(rotated.open(old, 'x')).toBe('secret');
    expect(sealer.open(rotated.seal('new', 'x'), 'x')).toBe('new');
    expect(() => sealer.open(old, 'x')).toThrow('another key');
  });
});

describe('derived keys', () => {
  it('are stable, and unrelated from purpose to purpose', () => {
    expect(deriveKey(KEY, 'a')).toEqual(deriveKey(KEY, 'a'));
    expect(deriveKey(KEY, 'a')).not.toEqual(deriveKey(KEY, 'b'));
    expect(deriveKey(KEY, 'a', 16)).toHaveLength(16);
  });
});

describe('tokens', () => {
  it('have 256 bits, differ, and are kept as a hash alone', () => {
    expect(Buffer.from(newToken(), 'base64url')).toHaveLength(32);
    expect(newToken()).not.toBe(newToken());
    expect(Buffer.from(hashToken('abc')).toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('are compared as a whole', () => {
    expect(safeEqual('abc', 'abc')).toBe(true);
    expect(safeEqual('abc', 'abd')).toBe(false);
    expect(safeEqual('abc', 'abcd')).toBe(false);
  });
});

describe('passwords', () => {
  it('are known again, however their letters are composed, and no other is', async () => {
    const stored = await hashPassword('Pässword-1');
    expect(stored).toMatch(/^scrypt\$32768\$8\$3\$/);
    expect(await verifyPassword('Pa\u0308ssword-1', stored)).toBe(true);
    expect(await verifyPassword('Pässword-2', stored)).toBe(false);
  });

  it('of nobody are never right', async () => {
    expect(await verifyPassword('', null)).toBe(false);
  });
});

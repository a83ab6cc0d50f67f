import { describe, expect, test } from 'vitest';
import { matchTotp, newTotpSecret, totpCode } from '@/lib/services/identity/totp';

/** RFC 6238, appendix B: the ASCII secret "12345678901234567890" in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('one-time codes', () => {
  test('are those of RFC 6238, last six digits', () => {
    const vectors: [number, string][] = [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_111_111_111, '050471'],
      [1_234_567_890, '005924'],
      [2_000_000_000, '279037'],
      [20_000_000_000, '353130'],
    ];
    for (const [seconds, code] of vectors) {
      expect(totpCode(SECRET, BigInt(Math.floor(seconds / 30)))).toBe(code);
    }
  });

  test('are taken one step early and one step late, and no further off', () => {
    const nowMs = 1_234_567_890_000;
    const step = BigInt(Math.floor(nowMs / 30_000));
    const match = (offset: bigint) =>
      matchTotp(SECRET, totpCode(SECRET, step + offset), { nowMs, lastStep: null });
    expect([-1n, 0n, 1n].map(match)).toEqual([step - 1n, step, step + 1n]);
    expect([match(-2n), match(2n)]).toEqual([null, null]);
  });

  test('up to the last one taken are spent', () => {
    const nowMs = 1_234_567_890_000;
    const step = BigInt(Math.floor(nowMs / 30_000));
    const code = totpCode(SECRET, step);
    expect(matchTotp(SECRET, code, { nowMs, lastStep: step - 1n })).toBe(step);
    expect(matchTotp(SECRET, code, { nowMs, lastStep: step })).toBeNull();
    expect(matchTotp(SECRET, code, { nowMs, lastStep: step + 1n })).toBeNull();
  });

  test('have secrets of 160 bits, each another', () => {
    expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(newTotpSecret()).not.toBe(newTotpSecret());
  });
});

import { createHmac, randomBytes } from 'node:crypto';
import { safeEqual } from '@/lib/infra/crypto';

const STEP_SECONDS = 30;
const DIGITS = 6;
/** Steps before and after the current one whose codes are taken (RFC 6238 §5.2 advises one). */
const WINDOW = 1;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret of 160 bits (RFC 4226 §4), in base32 as authenticator apps take it. */
export function newTotpSecret(): string {
  let text = '';
  for (const byte of randomBytes(32)) text += BASE32[byte & 31];
  return text;
}

/** The six digits for a step of 30 s (RFC 6238 with HMAC-SHA-1, RFC 4226 §5.3). */
export function totpCode(secret: string, step: bigint): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(step);
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/**
 * The step whose code this is, or null. Steps up to `lastStep` are spent: a code that was taken,
 * or watched over a shoulder, opens nothing a second time.
 */
export function matchTotp(
  secret: string,
  code: string,
  at: { readonly nowMs: number; readonly lastStep: bigint | null },
): bigint | null {
  const current = BigInt(Math.floor(at.nowMs / 1_000 / STEP_SECONDS));
  let found: bigint | null = null;
  for (let offset = -WINDOW; offset <= WINDOW; offset += 1) {
    const step = current + BigInt(offset);
    const spent = at.lastStep !== null && step <= at.lastStep;
    if (safeEqual(totpCode(secret, step), code) && !spent) found = step;
  }
  return found;
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text.toUpperCase().replace(/[\s=]/g, '')) {
    const digit = BASE32.indexOf(letter);
    if (digit < 0) continue;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}

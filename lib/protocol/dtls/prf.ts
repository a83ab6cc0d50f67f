import { createHmac } from 'node:crypto';

/** The pseudorandom function of TLS 1.2 with SHA-256 (RFC 5246 §5). */
export function prf(
  secret: Uint8Array,
  seed: { readonly label: string; readonly bytes: readonly Uint8Array[] },
  length: number,
): Buffer {
  const hmac = (...parts: readonly Uint8Array[]): Buffer => {
    const made = createHmac('sha256', secret);
    for (const part of parts) made.update(part);
    return made.digest();
  };
  const whole = Buffer.concat([Buffer.from(seed.label, 'latin1'), ...seed.bytes]);
  const parts: Buffer[] = [];
  let chain: Buffer = whole;
  for (let made = 0; made < length; made += 32) {
    chain = hmac(chain);
    parts.push(hmac(chain, whole));
  }
  return Buffer.concat(parts).subarray(0, length);
}

import { createHash } from 'node:crypto';

/** JSON in which a bigint is a decimal string, never a number that a float could bend. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
}

/** JSON with sorted keys: the same value gives the same text, however it was written. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`);
    return `{${entries.join(',')}}`;
  }
  return toJson(value) ?? 'null';
}

/** SHA-256 of a request's method, path and canonical body: what an Idempotency-Key stands for. */
export function requestFingerprint(
  method: string,
  pathAndQuery: string,
  body: unknown,
): Uint8Array<ArrayBuffer> {
  const digest = createHash('sha256')
    .update(`${method} ${pathAndQuery}\n${canonicalJson(body ?? null)}`)
    .digest();
  return new Uint8Array(digest);
}

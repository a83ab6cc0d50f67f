declare const uuidBrand: unique symbol;

/** A UUID in canonical lower-case form; ours are version 7, so they sort by time. */
export type Uuid = string & { readonly [uuidBrand]: true };

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const OCTETS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const DASH_BEFORE: ReadonlySet<number> = new Set([4, 6, 8, 10]);

/** Whether a text is a canonical UUID; what is not never reaches a uuid column. */
export function isUuid(text: string): text is Uuid {
  return UUID_PATTERN.test(text);
}

/**
 * Builds a UUIDv7 (RFC 9562 §5.7) from a Unix time and ten random bytes.
 * Rows of partitioned tables are placed by this time, so pass the time that the row is about.
 */
export function uuidV7(atMs: number, random: Uint8Array): Uuid {
  const bytes = new Uint8Array(16);
  let rest = Math.trunc(atMs);
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const octets: string[] = [];
  for (const [index, byte] of bytes.entries()) {
    if (DASH_BEFORE.has(index)) octets.push('-');
    octets.push(OCTETS[byte] ?? '');
  }
  // Joined, not added up: a text of pieces takes five times as much room for as long as it lives.
  return octets.join('') as Uuid;
}

/** The Unix milliseconds inside a UUIDv7. */
export function uuidTimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

declare const uuidBrand: unique symbol;

/** A UUID in canonical lower-case form; ours are version 7, so they sort by time. */
export type Uuid = string & { readonly [uuidBrand]: true };

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Of a byte of randomness: the version or the variant stands in its upper bits. */
const VERSION_7 = HEX.map((_, byte) => HEX[(byte & 0x0f) | 0x70] ?? '');
const VARIANT = HEX.map((_, byte) => HEX[(byte & 0x3f) | 0x80] ?? '');
const MS_OF_HIGH_WORD = 2 ** 16;

/** Whether a text is a canonical UUID; what is not never reaches a uuid column. */
export function isUuid(text: string): text is Uuid {
  return UUID_PATTERN.test(text);
}

/**
 * Builds a UUIDv7 (RFC 9562 §5.7) from a Unix time and ten random bytes.
 * Rows of partitioned tables are placed by this time, so pass the time that the row is about.
 */
export function uuidV7(atMs: number, random: Uint8Array): Uuid {
  const ms = Math.trunc(atMs);
  const high = Math.floor(ms / MS_OF_HIGH_WORD);
  const low = ms % MS_OF_HIGH_WORD;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0] = random;
  // Joined, not added up: a text of pieces takes five times as much room for as long as it lives.
  return [
    high.toString(16).padStart(8, '0'),
    `-${low.toString(16).padStart(4, '0')}-`,
    `${VERSION_7[a]}${HEX[b]}-${VARIANT[c]}${HEX[d]}-`,
    `${HEX[e]}${HEX[f]}${HEX[g]}${HEX[h]}${HEX[i]}${HEX[j]}`,
  ].join('') as Uuid;
}

/** The Unix milliseconds inside a UUIDv7. */
export function uuidTimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

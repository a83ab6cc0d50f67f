/** What rtpengine's ng protocol is written in. */
export type Bencoded = string | number | readonly Bencoded[] | { readonly [key: string]: Bencoded };

/** Writes a value; keys stay in their order, which rtpengine does not mind. */
export function bencode(value: Bencoded): string {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (typeof value === 'number') return `i${value}e`;
  if (isList(value)) return `l${value.map(bencode).join('')}e`;
  const entries = Object.entries(value).map(([key, each]) => bencode(key) + bencode(each));
  return `d${entries.join('')}e`;
}

function isList(value: Bencoded): value is readonly Bencoded[] {
  return Array.isArray(value);
}

/** The text of a dictionary's key, wherever it stands; undefined where it is not. */
export function textIn(message: string, key: string): string | undefined {
  const at = message.indexOf(bencode(key));
  if (at < 0) return undefined;
  const start = at + bencode(key).length;
  const colon = message.indexOf(':', start);
  const length = Number(message.slice(start, colon));
  return message.slice(colon + 1, colon + 1 + length);
}

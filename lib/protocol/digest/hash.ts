import { hash } from 'node:crypto';
import type { DigestAlgorithm, Ha1 } from './types';

const NODE_NAMES = { 'SHA-256': 'sha256', MD5: 'md5' } as const;

// Beyond this the two encodings of a string differ.
const NOT_ASCII = /[^\0-\x7f]/;

/** The hex digest of a wire string (a character per byte). */
function hexHash(algorithm: DigestAlgorithm, text: string): string {
  const bytes = NOT_ASCII.test(text) ? Buffer.from(text, 'latin1') : text;
  return hash(NODE_NAMES[algorithm], bytes, 'hex');
}

const MAX_CACHED_HA2 = 2_000;
/** Longer ones are no phone's, and would make the cache as large as an attacker likes. */
const MAX_CACHED_CHARS = 256;
const cachedHa2 = new Map<string, string>();

/** The one asked for last, found without making a key: a server's phones all register with it. */
let latest = { algorithm: '', method: '', uri: '', ha2: '' };

/** H(method:uri), the half of a digest that is no secret. */
export function md5OfRequest(method: string, uri: string): string {
  return keptHa2('MD5', `${method}:${uri}`);
}

function ha2Of({ algorithm, method, uri }: DigestInput): string {
  if (uri === latest.uri && algorithm === latest.algorithm && method === latest.method) {
    return latest.ha2;
  }
  const ha2 = keptHa2(algorithm, `${method}:${uri}`);
  latest = { algorithm, method, uri, ha2 };
  return ha2;
}

/** H(method:uri); phones send the same few again and again, so they are kept. */
function keptHa2(algorithm: DigestAlgorithm, text: string): string {
  if (text.length > MAX_CACHED_CHARS) return hexHash(algorithm, text);
  const key = `${algorithm} ${text}`;
  const known = cachedHa2.get(key);
  if (known !== undefined) return known;
  if (cachedHa2.size >= MAX_CACHED_HA2) cachedHa2.clear();
  const ha2 = hexHash(algorithm, text);
  cachedHa2.set(key, ha2);
  return ha2;
}

/** The HA1 of an algorithm. */
export function ha1For(algorithm: DigestAlgorithm, ha1: Ha1): string {
  return algorithm === 'MD5' ? ha1.md5 : ha1.sha256;
}

/** What a digest is computed from beside the HA1; all as on the wire. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Absent for RFC 2069 servers, which offer no qop. */
  readonly qop?: { readonly nc: string; readonly cnonce: string } | undefined;
}

/** The `response` of RFC 7616 §3.4.1 with qop=auth, or RFC 2069's without qop. */
export function digestResponse(ha1: string, input: DigestInput): string {
  const { algorithm, nonce, qop } = input;
  const ha2 = ha2Of(input);
  const middle = qop === undefined ? '' : `:${qop.nc}:${qop.cnonce}:auth`;
  return hexHash(algorithm, `${ha1}:${nonce}${middle}:${ha2}`);
}

import type { Clock } from '@/lib/core/clock';
import type { DigestSubject, DigestVerdict, Ha1 } from './types';

export interface DigestServerOptions {
  /** Signs nonces; 32 random bytes, kept over a restart so that phones need no new challenge. */
  readonly secret: Buffer;
  readonly clock: Clock;
  readonly nonceLifetimeMs?: number;
  /** How many (nonce, user, cnonce) uses are remembered before all older nonces turn stale. */
  readonly maxTrackedUses?: number;
}

/** What to check beside the request. */
export interface DigestCheck {
  readonly realm: string;
  /** The secret's hashes, or undefined for a user that is not there: same answer, same time. */
  lookUp(username: string): Ha1 | undefined;
  /** Whether a host (lower case, IPv6 in brackets) and port are this server; see uriMatches. */
  isOurs?(host: string, port: number | undefined): boolean;
}

/** The server's half of digest authentication (RFC 7616, RFC 8760). */
export interface DigestServer {
  /** WWW-Authenticate values: SHA-256 first, then MD5, a header each. */
  challenge(realm: string, options?: { readonly stale?: boolean }): readonly string[];
  verify(subject: DigestSubject, check: DigestCheck): DigestVerdict;
}

/** Makes the server's half of digest authentication. */
export function createDigestServer(_options: DigestServerOptions): DigestServer {
  throw new Error('follows');
}

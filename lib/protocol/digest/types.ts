/** RFC 7616 §3.2: what we speak, strongest first. */
export type DigestAlgorithm = 'SHA-256' | 'MD5';

/**
 * H(username:realm:password) in lower-case hex, one per algorithm. The stack never sees a
 * password.
 */
export interface Ha1 {
  readonly md5: string;
  readonly sha256: string;
}

/** The request that a digest signs. */
export interface DigestSubject {
  readonly method: string;
  /** The Request-URI as it came. */
  readonly uri: string;
  /** Every Authorization (or Proxy-Authorization) value. */
  readonly authorization: readonly string[];
}

/**
 * ok: the user knows the secret and the request is fresh.
 * missing: no credentials for this realm: challenge. stale: right, but the nonce is old or was
 * used: challenge with stale=true, not a failure. wrong: a *completed* challenge failed: counts
 * towards a ban. malformed: what is there can't be a digest of ours: answer 400 or challenge.
 */
export type DigestVerdict =
  | { readonly ok: true; readonly username: string; readonly algorithm: DigestAlgorithm }
  | { readonly ok: false; readonly kind: 'missing' }
  | { readonly ok: false; readonly kind: 'stale'; readonly username: string }
  | { readonly ok: false; readonly kind: 'wrong'; readonly username: string }
  | { readonly ok: false; readonly kind: 'malformed'; readonly reason: string };

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
 * missing: no credentials for this realm: challenge.
 * stale: right, but the nonce is old, not ours, or was used up: challenge with stale=true; no
 * failure.
 * wrong: challenge again; where `isCompleted`, it answered a nonce that this very address got from
 * us, so the sender is where it says it is and the failure counts towards a ban.
 * malformed: no digest that we could have asked for: answer 400 with the reason.
 */
export type DigestVerdict =
  | { readonly ok: true; readonly username: string; readonly algorithm: DigestAlgorithm }
  | { readonly ok: false; readonly kind: 'missing' }
  | { readonly ok: false; readonly kind: 'stale'; readonly username: string }
  | {
      readonly ok: false;
      readonly kind: 'wrong';
      readonly username: string;
      readonly isCompleted: boolean;
    }
  | { readonly ok: false; readonly kind: 'malformed'; readonly reason: string };

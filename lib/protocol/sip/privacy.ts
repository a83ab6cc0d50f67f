/** What a Privacy header asks for (RFC 3323 §4.2, RFC 3325 §9.3, RFC 7044 §10.1). */
export interface PrivacyWish {
  /** The caller is not to be named: `id`, `user`, or a From that is anonymous already. */
  readonly identity: boolean;
  /** Whoever diverted the call is not to be named: `history`, `header`. */
  readonly history: boolean;
  /** Privacy is refused on purpose: `none`. */
  readonly none: boolean;
  /** The call must fail where one of the services can't be given: `critical`. */
  readonly critical: boolean;
  /** A service that nobody here knows. */
  readonly unknown: boolean;
}

/** Nothing is asked for. */
export const NO_PRIVACY: PrivacyWish = {
  identity: false,
  history: false,
  none: false,
  critical: false,
  unknown: false,
};

/** What every call gets: a back-to-back user agent hides headers and session by itself. */
const ALWAYS_GIVEN: ReadonlySet<string> = new Set(['header', 'session']);

/**
 * Reads a Privacy header. `none` beside another service is ignored: the stricter reading wins
 * (RFC 3323 §4.2 forbids the combination).
 */
export function parsePrivacy(value: string | undefined): PrivacyWish {
  if (value === undefined) return NO_PRIVACY;
  // RFC 3323 separates by ";"; some write "," and mean the same.
  const tokens = new Set(
    value
      .toLowerCase()
      .split(/[;,]/)
      .map((token) => token.trim())
      .filter((token) => token !== ''),
  );
  const critical = tokens.delete('critical');
  const saysNone = tokens.delete('none');
  const identity = tokens.has('id') || tokens.has('user');
  const history = tokens.has('history') || tokens.has('header');
  const known = new Set(['id', 'user', 'history', ...ALWAYS_GIVEN]);
  const unknown = [...tokens].some((token) => !known.has(token));
  return { identity, history, none: saysNone && tokens.size === 0, critical, unknown };
}

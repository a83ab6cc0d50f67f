import type { Ha1 } from './types';

export interface DigestCredentials {
  readonly username: string;
  readonly ha1: Ha1;
  /** The only realm that these credentials are for; any other challenge is left unanswered. */
  readonly realm: string;
}

export interface DigestAnswerInput {
  readonly method: string;
  readonly uri: string;
  /** Every WWW-Authenticate (or Proxy-Authenticate) value of the response. */
  readonly challenges: readonly string[];
}

/** The client's half of digest authentication, for one set of credentials. */
export interface DigestClient {
  /** The Authorization value that answers, by the strongest algorithm offered; else undefined. */
  answer(input: DigestAnswerInput): string | undefined;
}

/** Makes the client's half; `randomToken` gives cnonces. */
export function createDigestClient(
  _credentials: DigestCredentials,
  _randomToken: () => string,
): DigestClient {
  throw new Error('follows');
}

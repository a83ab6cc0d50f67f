import { quote } from '@/lib/protocol/sip/parameters';
import { digestResponse, ha1For } from './hash';
import { parseDigestParameters } from './parameters';
import type { DigestAlgorithm, Ha1 } from './types';

/** What a trunk's registration is made with. */
export interface DigestCredentials {
  readonly username: string;
  readonly ha1: Ha1;
  /** The only realm that these are for; any other challenge is left unanswered. */
  readonly realm: string;
}

/** A request that was challenged. */
export interface DigestAnswerInput {
  readonly method: string;
  /** Its Request-URI. */
  readonly uri: string;
  /** Every WWW-Authenticate (or Proxy-Authenticate) value of the response. */
  readonly challenges: readonly string[];
}

/** The client's half of digest authentication, for one set of credentials. */
export interface DigestClient {
  /**
   * The Authorization value that answers the strongest challenge for the realm, or undefined when
   * there is none that we can or may answer. Answer a request once, and once more if the second
   * challenge says stale (isStale): anything else is a wrong secret.
   */
  answer(input: DigestAnswerInput): string | undefined;
}

const PREFERENCE: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];

type Challenge = ReadonlyMap<string, string>;

function algorithmOf(challenge: Challenge): string {
  return (challenge.get('algorithm') ?? 'MD5').toUpperCase();
}

function offersAuth(challenge: Challenge): boolean {
  const tokens = challenge.get('qop')?.split(',') ?? [];
  return tokens.some((token) => token.trim().toLowerCase() === 'auth');
}

/** Whether a response's challenges say that only the nonce was too old. */
export function isStale(challenges: readonly string[]): boolean {
  return challenges.some(
    (text) => parseDigestParameters(text)?.get('stale')?.toLowerCase() === 'true',
  );
}

class Client implements DigestClient {
  private readonly credentials: DigestCredentials;
  private readonly randomToken: () => string;
  private lastNonce = '';
  private count = 0;

  constructor(credentials: DigestCredentials, randomToken: () => string) {
    this.credentials = credentials;
    this.randomToken = randomToken;
  }

  answer(input: DigestAnswerInput): string | undefined {
    const challenges = input.challenges
      .map(parseDigestParameters)
      .filter((found) => found !== undefined)
      .filter((found) => found.get('realm') === this.credentials.realm && found.has('nonce'))
      .filter((found) => !found.has('qop') || offersAuth(found));
    for (const algorithm of PREFERENCE) {
      const challenge = challenges.find((found) => algorithmOf(found) === algorithm);
      if (challenge !== undefined) return this.answerOne(input, challenge, algorithm);
    }
    return undefined;
  }

  private answerOne(
    input: DigestAnswerInput,
    challenge: Challenge,
    algorithm: DigestAlgorithm,
  ): string {
    const { username, ha1, realm } = this.credentials;
    const nonce = challenge.get('nonce') ?? '';
    this.count = nonce === this.lastNonce ? this.count + 1 : 1;
    this.lastNonce = nonce;
    const nc = this.count.toString(16).padStart(8, '0');
    const qop = offersAuth(challenge) ? { nc, cnonce: this.randomToken() } : undefined;
    const { method, uri } = input;
    const response = digestResponse(ha1For(algorithm, ha1), { algorithm, method, uri, nonce, qop });
    const opaque = challenge.get('opaque');
    const parts = [
      `username=${quote(username)}`,
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(uri)}`,
      `response="${response}"`,
      `algorithm=${algorithm}`,
    ];
    // RFC 7616 §3.4: qop and nc are tokens, never quoted.
    if (qop !== undefined) parts.push(`cnonce="${qop.cnonce}"`, 'qop=auth', `nc=${qop.nc}`);
    if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`);
    return `Digest ${parts.join(', ')}`;
  }
}

/** Makes the client's half; `randomToken` gives cnonces. */
export function createDigestClient(
  credentials: DigestCredentials,
  randomToken: () => string,
): DigestClient {
  return new Client(credentials, randomToken);
}

import { createHash } from 'node:crypto';
import { createDigestClient, isStale } from '@/lib/protocol/digest/client';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type { ChallengeAnswer } from '@/lib/switch/call/challenge-answer';

/** What a carrier gave us to prove who we are. */
export interface TrunkCredentials {
  readonly username: string;
  /** The only realm they are for: whoever else asks gets nothing (facts: digest leak). */
  readonly realm: string;
  readonly secret: string;
}

/** Answers challenges with a trunk's credentials. */
export interface ChallengeAnswers {
  /**
   * For one request of ours, or those of one dialog: each is answered once, and once more where only
   * the nonce was old or somebody else on the way asks too.
   */
  forRequest(): ChallengeAnswer;
}

/** Made once for a trunk's credentials: nonces that a server lets us use again are counted on. */
export function createChallengeAnswers(
  credentials: TrunkCredentials,
  randomToken: () => string,
): ChallengeAnswers {
  const { username, realm, secret } = credentials;
  const ha1 = (hash: 'md5' | 'sha256') =>
    createHash(hash).update(`${username}:${realm}:${secret}`, 'utf8').digest('hex');
  const client = createDigestClient(
    { username, realm, ha1: { md5: ha1('md5'), sha256: ha1('sha256') } },
    randomToken,
  );
  return {
    forRequest: () => {
      let answered = 0;
      return (request: SipRequest, response: SipResponse) => {
        // A further request of the same dialog begins without credentials, and anew.
        if (!bearsCredentials(request)) answered = 0;
        const asked = askedIn(response);
        const isNew = asked.some(({ answer }) => request.header(answer) === undefined);
        const mayRepeat = isNew || asked.some(({ challenges }) => isStale(challenges));
        if (answered > 1 || (answered === 1 && !mayRepeat)) return undefined;
        const values = asked.flatMap(({ answer, challenges }) => {
          const value = client.answer({ method: request.method, uri: request.uri, challenges });
          return value === undefined ? [] : [[answer, value] as const];
        });
        if (values.length === 0) return undefined;
        answered += 1;
        return Object.fromEntries(values);
      };
    },
  };
}

function bearsCredentials(request: SipRequest): boolean {
  return ['authorization', 'proxy-authorization'].some(
    (name) => request.header(name) !== undefined,
  );
}

interface Asked {
  readonly challenges: readonly string[];
  /** The header that answers them. */
  readonly answer: string;
}

/**
 * Who asks: the server, a proxy before it, or both where a proxy has forked and gathers what its
 * branches ask for in one response (RFC 3261 §16.7 step 7).
 */
function askedIn(response: SipResponse): readonly Asked[] {
  return [
    { challenges: response.headers('www-authenticate'), answer: 'authorization' },
    { challenges: response.headers('proxy-authenticate'), answer: 'proxy-authorization' },
  ].filter(({ challenges }) => challenges.length > 0);
}

/** The realms that a response asks us to prove ourselves in; for people who mistyped theirs. */
export function askedRealms(response: SipResponse): readonly string[] {
  return askedIn(response).flatMap(({ challenges }) =>
    challenges.flatMap((text) => /realm="([^"]*)"/i.exec(text)?.[1] ?? []),
  );
}

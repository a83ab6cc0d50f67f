import { createHash } from 'node:crypto';
import { createDigestClient, isStale } from '@/lib/protocol/digest/client';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type { ChallengeAnswer } from '@/lib/switch/call/callee-leg';

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
        const { challenge, answer } = headersOf(response);
        const challenges = response.headers(challenge);
        // A further request of the same dialog begins without credentials, and anew.
        if (!bearsCredentials(request)) answered = 0;
        const isOther = request.header(answer) === undefined;
        const mayAnswer = answered === 0 || (answered === 1 && (isOther || isStale(challenges)));
        if (!mayAnswer) return undefined;
        const value = client.answer({ method: request.method, uri: request.uri, challenges });
        if (value === undefined) return undefined;
        answered += 1;
        return { [answer]: value };
      };
    },
  };
}

function bearsCredentials(request: SipRequest): boolean {
  return ['authorization', 'proxy-authorization'].some(
    (name) => request.header(name) !== undefined,
  );
}

function headersOf(response: SipResponse): { challenge: string; answer: string } {
  return response.status === 407
    ? { challenge: 'proxy-authenticate', answer: 'proxy-authorization' }
    : { challenge: 'www-authenticate', answer: 'authorization' };
}
/** The realms that a response asks us to prove ourselves in; for people who mistyped theirs. */
export function askedRealms(response: SipResponse): readonly string[] {
  const { challenge } = headersOf(response);
  return response.headers(challenge).flatMap((text) => /realm="([^"]*)"/i.exec(text)?.[1] ?? []);
}

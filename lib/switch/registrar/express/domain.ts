import { md5OfRequest } from '@/lib/protocol/digest/hash';
import type { DigestAlgorithm } from '@/lib/protocol/digest/types';
import { isScannerText } from '@/lib/switch/edge/screening';

/** What is made of a domain once, to be used in each of its phones' messages. */
export interface Domain {
  readonly text: string;
  /** It bears a scanner's name: its messages are looked at properly. */
  readonly isScanner: boolean;
  /** H(REGISTER:sip:domain) in hex. */
  readonly registerHa2: Uint8Array;
  /** A challenge up to its nonce, and what follows that. */
  readonly challengeHead: Uint8Array;
  readonly challengeTails: Readonly<Record<DigestAlgorithm, Uint8Array>>;
}

/** Makes it; `text` is a host in lower case, so there is nothing in it to quote. */
export function learnDomain(text: string): Domain {
  const tailOf = (algorithm: DigestAlgorithm) =>
    Buffer.from(`", algorithm=${algorithm}, qop="auth"\r\n`, 'latin1');
  return {
    text,
    isScanner: isScannerText(text),
    registerHa2: Buffer.from(md5OfRequest('REGISTER', `sip:${text}`), 'latin1'),
    challengeHead: Buffer.from(`WWW-Authenticate: Digest realm="${text}", nonce="`, 'latin1'),
    challengeTails: { 'SHA-256': tailOf('SHA-256'), MD5: tailOf('MD5') },
  };
}

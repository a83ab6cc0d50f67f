import { hash } from 'node:crypto';
import { KeptSdp } from './kept-sdp';

/** What both sides of a leg said last, as it was settled. */
export interface SdpExchange {
  readonly local: Buffer;
  readonly remote: Buffer | null;
  readonly peerOffered: boolean;
}

/** 64 bits: who makes two offers that are alike in them confuses itself alone. */
const FINGERPRINT_CHARACTERS = 8;

/**
 * What was said last on a leg and agreed to by both sides. It lives as long as the call, so it is
 * kept small: what we said, of the peer's offer no more than a fingerprint.
 */
export class AgreedSdp extends KeptSdp {
  private readonly offered: string | undefined;

  constructor({ local, remote, peerOffered }: SdpExchange) {
    super(local);
    this.offered = peerOffered && remote ? fingerprint(remote) : undefined;
  }

  /** What we said: a session refresh by re-INVITE repeats it (RFC 4028 §7.4). */
  get local(): Buffer {
    return this.bytes;
  }

  /**
   * Our answer to an offer that says just what the peer offered before; undefined where it does
   * not, so that nobody else has to be asked and media goes on untouched.
   */
  answerTo(offer: Buffer): Buffer | undefined {
    return this.offered === fingerprint(offer) ? this.local : undefined;
  }
}

function fingerprint(sdp: Buffer): string {
  return hash('sha1', sdp, 'binary').slice(0, FINGERPRINT_CHARACTERS);
}

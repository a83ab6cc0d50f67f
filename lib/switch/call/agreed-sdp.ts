import { hash } from 'node:crypto';

/** What both sides of a leg said last, as it was settled. */
export interface SdpExchange {
  readonly local: Buffer;
  readonly remote: Buffer | null;
  readonly peerOffered: boolean;
}

/**
 * What was said last on a leg and agreed to by both sides. It lives as long as the call, so it is
 * kept small: our SDP as flat text, of the peer's offer no more than a fingerprint.
 */
export class AgreedSdp {
  private readonly text: string;
  private readonly offered: string | undefined;

  constructor({ local, remote, peerOffered }: SdpExchange) {
    this.text = local.toString('latin1');
    this.offered = peerOffered && remote ? fingerprint(remote) : undefined;
  }

  /** What we said: a session refresh by re-INVITE repeats it (RFC 4028 §7.4). */
  get local(): Buffer {
    return Buffer.from(this.text, 'latin1');
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
  return hash('sha1', sdp, 'base64');
}

/** What was said last on a leg and agreed to by both sides. */
export interface AgreedSdp {
  /** What we said: a session refresh by re-INVITE repeats it (RFC 4028 §7.4). */
  readonly local: Buffer;
  /**
   * Our answer to an offer that says just what the peer offered before; undefined where it does
   * not, so that nobody else has to be asked and media goes on untouched.
   */
  answerTo(offer: Buffer): Buffer | undefined;
}

/** Keeps what a dialog needs of an exchange of SDPs; copies, as bodies are parts of packets. */
export function agreedSdp(exchange: {
  readonly local: Buffer;
  readonly remote: Buffer | null;
  readonly peerOffered: boolean;
}): AgreedSdp {
  const local = Buffer.from(exchange.local);
  const offered =
    exchange.peerOffered && exchange.remote ? Buffer.from(exchange.remote) : undefined;
  return {
    local,
    answerTo: (offer) => (offered?.equals(offer) ? local : undefined),
  };
}

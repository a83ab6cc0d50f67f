import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';

/** The methods of a peer that make a difference to us; all others are not kept. */
type PeerMethod = 'UPDATE';

/** What the far side of a leg says that it can do, in its latest message that says so. */
export class PeerAbilities {
  private takesUpdate = false;

  /** Takes Allow where the message brings it (RFC 3261 §20.5). */
  learn(message: SipRequest | SipResponse): void {
    const allow = message.headers('allow');
    if (allow.length === 0) return;
    this.takesUpdate = allow.some((line) =>
      line.split(',').some((name) => name.trim() === 'UPDATE'),
    );
  }

  /** Whether a method was named in Allow; what was never named counts as not allowed. */
  allows(_method: PeerMethod): boolean {
    return this.takesUpdate;
  }

  /** The peer allows a method in words and refuses it in deeds. */
  doesNotAllow(_method: PeerMethod): void {
    this.takesUpdate = false;
  }
}

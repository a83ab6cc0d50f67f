import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';

/** The methods of a peer that make a difference to us; all others are not kept. */
const METHODS = ['UPDATE'] as const;

type PeerMethod = (typeof METHODS)[number];

/** What the far side of a leg says that it can do, in its latest message that says so. */
export class PeerAbilities {
  private methods: readonly PeerMethod[] = [];

  /** Takes Allow where the message brings it (RFC 3261 §20.5). */
  learn(message: SipRequest | SipResponse): void {
    const allow = message.headers('allow');
    if (allow.length === 0) return;
    const named = new Set(allow.flatMap((line) => line.split(',')).map((name) => name.trim()));
    this.methods = METHODS.filter((method) => named.has(method));
  }

  /** Whether a method was named in Allow; what was never named counts as not allowed. */
  allows(method: PeerMethod): boolean {
    return this.methods.includes(method);
  }

  /** The peer allows a method in words and refuses it in deeds. */
  doesNotAllow(method: PeerMethod): void {
    this.methods = this.methods.filter((name) => name !== method);
  }
}

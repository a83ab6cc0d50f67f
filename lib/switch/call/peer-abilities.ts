import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';

/** The methods and options of a peer that make a difference to us; all others are not kept. */
const METHODS = ['UPDATE', 'PRACK', 'INFO', 'REFER', 'NOTIFY'] as const;
const OPTIONS = ['timer', '100rel', 'replaces'] as const;

export type PeerMethod = (typeof METHODS)[number];
export type PeerOption = (typeof OPTIONS)[number];

/** What the far side of a leg says that it can do, in its latest message that says so. */
export class PeerAbilities {
  private methods: readonly PeerMethod[] = [];
  private options: readonly PeerOption[] = [];

  /** Takes Allow and Supported where the message brings them (RFC 3261 §20.5, §20.37). */
  learn(message: SipRequest | SipResponse): void {
    const allow = message.headers('allow');
    if (allow.length > 0) {
      const named = new Set(allow.flatMap((line) => line.split(',')).map((name) => name.trim()));
      this.methods = METHODS.filter((method) => named.has(method));
    }
    const supported = message.headers('supported');
    if (supported.length > 0) {
      const named = new Set(supported.map((option) => option.toLowerCase()));
      this.options = OPTIONS.filter((option) => named.has(option));
    }
  }

  /** Whether a method was named in Allow; what was never named counts as not allowed. */
  allows(method: PeerMethod): boolean {
    return this.methods.includes(method);
  }

  /** Whether an option tag was named in Supported. */
  supports(option: PeerOption): boolean {
    return this.options.includes(option);
  }

  /** The peer allows a method in words and refuses it in deeds. */
  doesNotAllow(method: PeerMethod): void {
    this.methods = this.methods.filter((name) => name !== method);
  }
}

import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';

/** What the far side of a leg says that it can do, as far as it makes a difference to us. */
export interface PeerAbilities {
  readonly takesUpdate: boolean;
}

/** What was never named in Allow counts as not allowed. */
export const WITHOUT_UPDATE: PeerAbilities = { takesUpdate: false };
const WITH_UPDATE: PeerAbilities = { takesUpdate: true };

/** What a message says of its sender in Allow (RFC 3261 §20.5); `before` where it has none. */
export function abilitiesIn(
  message: SipRequest | SipResponse,
  before: PeerAbilities,
): PeerAbilities {
  const allow = message.headers('allow');
  if (allow.length === 0) return before;
  const isNamed = allow.some((line) => line.split(',').some((name) => name.trim() === 'UPDATE'));
  return isNamed ? WITH_UPDATE : WITHOUT_UPDATE;
}

import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';

/** What the far side of a leg says that it can do, as far as it makes a difference to us. */
export interface PeerAbilities {
  readonly takesUpdate: boolean;
  /** It names what it takes, and INFO is not among it. */
  readonly refusesInfo: boolean;
}

/** What was never named in Allow counts as not allowed; INFO may be tried where there was no Allow. */
export const UNKNOWN: PeerAbilities = { takesUpdate: false, refusesInfo: false };
/** Every leg has one of these few. */
const ALL: readonly PeerAbilities[] = [
  UNKNOWN,
  { takesUpdate: true, refusesInfo: false },
  { takesUpdate: false, refusesInfo: true },
  { takesUpdate: true, refusesInfo: true },
];

function oneOf(takesUpdate: boolean, refusesInfo: boolean): PeerAbilities {
  return ALL[(takesUpdate ? 1 : 0) + (refusesInfo ? 2 : 0)] ?? UNKNOWN;
}

/** The same peer, of which it turned out that it takes no UPDATE. */
export function withoutUpdate({ refusesInfo }: PeerAbilities): PeerAbilities {
  return oneOf(false, refusesInfo);
}

/** What a message says of its sender in Allow (RFC 3261 §20.5); `before` where it has none. */
export function abilitiesIn(
  message: SipRequest | SipResponse,
  before: PeerAbilities,
): PeerAbilities {
  const allow = message.headers('allow');
  if (allow.length === 0) return before;
  const isNamed = (method: string): boolean =>
    allow.some((line) => line.split(',').some((name) => name.trim() === method));
  return oneOf(isNamed('UPDATE'), !isNamed('INFO'));
}

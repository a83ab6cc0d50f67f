import type { NetworkTone } from '@/lib/core/network-tones';

/** Who is at the other end, as far as it is known. */
export interface Peer {
  /** E.164 or an extension. */
  readonly number: string;
  readonly name: string | null;
}

/** A display name; null for none, and for what only says the number once more. */
export function peerName(displayName: string | undefined): string | null {
  const name = displayName?.trim() ?? '';
  return /\p{L}/u.test(name) ? name : null;
}

/** Why a call is over, for people. */
export type EndReason =
  | 'hung_up'
  | 'busy'
  | 'declined'
  | 'no_answer'
  | 'not_reachable'
  | 'no_funds'
  | 'no_microphone'
  | 'answered_elsewhere'
  | 'failed';

export type CallStage =
  /** Asked for; nothing has been heard of it. */
  | 'dialling'
  /** It rings at the other end. */
  | 'ringing'
  /** It rings here. */
  | 'incoming'
  | 'talking'
  | 'ended';

/** A call of this phone. */
export interface PhoneCall {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly peer: Peer;
  readonly stage: CallStage;
  readonly isMuted: boolean;
  /** Held by us. */
  readonly isHeld: boolean;
  /** The far side or its network was heard before the answer: nothing of ours is played over it. */
  readonly isHeardEarly: boolean;
  /** The number that we asked to be shown as; null: the switch's choice. */
  readonly callAs: string | null;
  /** Unix milliseconds; null before. */
  readonly answeredAtMs: number | null;
  readonly endReason: EndReason | null;
}

/** What is known of a call when it begins. */
type Begun = Pick<PhoneCall, 'id' | 'direction' | 'peer' | 'callAs'>;

/** What happens to calls; everything else follows from it. */
export type CallNews =
  | { readonly type: 'began'; readonly call: Begun }
  | { readonly type: 'rings'; readonly id: string }
  | { readonly type: 'heardEarly'; readonly id: string }
  | { readonly type: 'answered'; readonly id: string; readonly atMs: number }
  | { readonly type: 'muted'; readonly id: string; readonly isMuted: boolean }
  | { readonly type: 'held'; readonly id: string; readonly isHeld: boolean }
  | { readonly type: 'ended'; readonly id: string; readonly reason: EndReason }
  /** The end was seen. */
  | { readonly type: 'dismissed'; readonly id: string };

/** Calls that a phone has at once: one is talked on, one is held, one more may ring. */
export const MAX_CALLS = 3;

/** The calls after something happened; what does not fit a call's stage changes nothing. */
export function nextCalls(calls: readonly PhoneCall[], news: CallNews): readonly PhoneCall[] {
  if (news.type === 'began') return [...calls.filter(isThere), begun(news.call)];
  if (news.type === 'dismissed') {
    return calls.filter(({ id, stage }) => id !== news.id || stage !== 'ended');
  }
  return calls.map((call) => (call.id === news.id ? nextCall(call, news) : call));
}

/** Whether it is not over. */
export const isThere = ({ stage }: PhoneCall): boolean => stage !== 'ended';

/** The call that the panel shows: the one talked on, else one that is being made, rings or is held. */
export function currentCall(calls: readonly PhoneCall[]): PhoneCall | null {
  const ranks = (call: PhoneCall): number =>
    call.stage === 'talking' ? (call.isHeld ? 2 : 0) : call.stage === 'ended' ? 3 : 1;
  return [...calls].sort((one, other) => ranks(one) - ranks(other))[0] ?? null;
}

function begun({ id, direction, peer, callAs }: Begun): PhoneCall {
  const stage = direction === 'in' ? 'incoming' : 'dialling';
  const rest = { isMuted: false, isHeld: false, answeredAtMs: null, endReason: null };
  return { id, direction, peer, callAs, stage, isHeardEarly: false, ...rest };
}

function nextCall(
  call: PhoneCall,
  news: Exclude<CallNews, { type: 'began' | 'dismissed' }>,
): PhoneCall {
  if (!isThere(call)) return call;
  switch (news.type) {
    case 'rings':
      return call.stage === 'dialling' ? { ...call, stage: 'ringing' } : call;
    case 'heardEarly':
      return { ...call, isHeardEarly: true };
    case 'answered':
      return call.stage === 'talking'
        ? call
        : { ...call, stage: 'talking', answeredAtMs: news.atMs };
    case 'muted':
      return { ...call, isMuted: news.isMuted };
    case 'held':
      return call.stage === 'talking' ? { ...call, isHeld: news.isHeld } : call;
    case 'ended':
      return { ...call, stage: 'ended', endReason: news.reason };
  }
}

/**
 * What is heard in place of somebody who is called: ringing, and for a moment why it came to nothing.
 * null where the far side is heard itself, and where there is somebody else to talk to.
 */
export function toneFor(calls: readonly PhoneCall[]): NetworkTone | null {
  const call = currentCall(calls);
  if (call === null || call.direction === 'in' || call.isHeardEarly) return null;
  if (call.stage === 'ringing') return 'ringback';
  if (call.stage !== 'ended' || call.answeredAtMs !== null || calls.length > 1) return null;
  switch (call.endReason) {
    case 'busy':
    case 'declined':
      return 'busy';
    case 'not_reachable':
    case 'no_funds':
    case 'failed':
      return 'congestion';
    default:
      return null;
  }
}

/** What a final status says to a person (RFC 3261 §21); ours carry a Reason where funds lack. */
export function endReasonOf(status: number): EndReason {
  switch (status) {
    case 402:
      return 'no_funds';
    case 486:
    case 600:
      return 'busy';
    case 603:
      return 'declined';
    case 408:
    case 480:
    case 487:
      return 'no_answer';
    case 404:
    case 410:
    case 484:
    case 604:
      return 'not_reachable';
    default:
      return 'failed';
  }
}

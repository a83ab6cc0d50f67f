/** Whose something is, if it is anybody's. */
type Party = 'none' | 'ours' | 'theirs';

/** How an INVITE or UPDATE that comes at the wrong time is refused. */
export type TurnRefusal = 491 | 500;

/** RFC 3261 §14.1: the delays are multiples of 10 ms. */
const GLARE_STEP_MS = 10;
/** §14.1: whoever owns the Call-ID waits between 2.1 and 4 s, the other up to 2 s. */
const OWNER_DELAY = { fromMs: 2_100, toMs: 4_000 } as const;
const OTHER_DELAY = { fromMs: 0, toMs: 2_000 } as const;
/** §14.2, RFC 3311 §5.2: Retry-After of the 500 lies between 0 and 10 s. */
const MAX_RETRY_AFTER_SECONDS = 10;

/**
 * Whose turn it is to offer in a dialog: one INVITE at a time in either direction (RFC 3261 §14),
 * one offer without an answer (RFC 3264 §4), one UPDATE of each side (RFC 3311 §5). What collides
 * is refused by it, 491 where our own is under way, 500 where the peer overtakes itself.
 */
export class OfferTurn {
  private invite: Party = 'none';
  private update: Party = 'none';
  private offer: Party = 'none';

  /** Whether nothing is under way. */
  get isIdle(): boolean {
    return this.invite === 'none' && this.update === 'none' && this.offer === 'none';
  }

  /** The peer's request: undefined where it may be handled, and then it is under way. */
  receive(method: 'INVITE' | 'UPDATE', hasOffer: boolean): TurnRefusal | undefined {
    const refusal = this.refusalOf(method, hasOffer);
    if (refusal !== undefined) return refusal;
    if (method === 'INVITE') this.invite = 'theirs';
    else this.update = 'theirs';
    if (hasOffer) this.offer = 'theirs';
    return undefined;
  }

  /** Ours: whether it may be sent, and then it is under way. */
  begin(method: 'INVITE' | 'UPDATE', hasOffer: boolean): boolean {
    if (method === 'INVITE') {
      if (this.invite !== 'none' || this.update !== 'none' || this.offer !== 'none') return false;
      this.invite = 'ours';
    } else {
      if (this.update !== 'none' || (hasOffer && this.offer !== 'none')) return false;
      this.update = 'ours';
    }
    if (hasOffer) this.offer = 'ours';
    return true;
  }

  /** A final answer, from whichever side: the request is over, and so is the offer that it bore. */
  finished(method: 'INVITE' | 'UPDATE'): void {
    const party = method === 'INVITE' ? this.invite : this.update;
    if (method === 'INVITE') this.invite = 'none';
    else this.update = 'none';
    if (this.offer === party) this.offer = 'none';
  }

  /** We offered in an answer (a late offer): until the ACK or PRACK brings theirs. */
  offered(): void {
    this.offer = 'ours';
  }

  /** The offer under way was answered ahead of its request's end, by a reliable provisional. */
  answered(): void {
    this.offer = 'none';
  }

  private refusalOf(method: 'INVITE' | 'UPDATE', hasOffer: boolean): TurnRefusal | undefined {
    if (method === 'INVITE') {
      if (this.invite === 'ours' || this.update === 'ours' || this.offer === 'ours') return 491;
      return this.invite === 'theirs' || this.offer === 'theirs' ? 500 : undefined;
    }
    if (this.update === 'theirs') return 500;
    if (!hasOffer || this.offer === 'none') return undefined;
    return this.offer === 'ours' ? 491 : 500;
  }
}

/** A share in [0, 1) made of an unguessable token: where a delay only has to be spread. */
export function shareOf(token: string): number {
  let hash = 0x81_1c_9d_c5;
  for (const character of token) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01_00_01_93);
  }
  // Short tokens differ in the low bits only: these are spread over all.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c_1b_3c_6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}

/** How long whoever got 491 waits before it tries again (RFC 3261 §14.1). */
export function glareDelayMs(ownsCallId: boolean, share: number): number {
  const { fromMs, toMs } = ownsCallId ? OWNER_DELAY : OTHER_DELAY;
  const steps = (toMs - fromMs) / GLARE_STEP_MS;
  return fromMs + Math.round(steps * share) * GLARE_STEP_MS;
}

/** The Retry-After of a 500 to an INVITE or UPDATE that came too early, in seconds. */
export function retryAfterSeconds(share: number): number {
  return Math.floor(share * (MAX_RETRY_AFTER_SECONDS + 1));
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Replaces } from '@/lib/protocol/sip/refer-to';

const PREFIX = 'pickup-';
/** 12 bytes are 16 characters of base64url: nobody guesses that in the time that a phone rings. */
const TAG_BYTES = 12;

/** The dialog of a ringing phone as its watchers are told of it (RFC 4235 §4.1.2). */
export interface PickupName {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/**
 * Names by which a ringing call is picked up. They look like a dialog's, as that is what a busy
 * lamp gives its phone to say in Replaces (RFC 3891); but they name a call, whatever phones it
 * rings at, and no dialog. Nothing is kept for them: they are made of the call's id and a key.
 */
export class PickupNames {
  private readonly key: Buffer;

  constructor(key: Buffer) {
    this.key = key;
  }

  of(callId: string): PickupName {
    const mac = createHmac('sha256', this.key).update(callId).digest();
    const tag = (start: number): string =>
      mac.subarray(start, start + TAG_BYTES).toString('base64url');
    return { callId: `${PREFIX}${callId}`, localTag: tag(0), remoteTag: tag(TAG_BYTES) };
  }

  /**
   * The id of the call that is named; undefined where it is none of our names. Phones disagree on
   * which tag is whose: either order is understood.
   */
  callIdOf({ callId, localTag, remoteTag }: Replaces): string | undefined {
    if (!callId.startsWith(PREFIX)) return undefined;
    const named = callId.slice(PREFIX.length);
    const name = this.of(named);
    const isOurs =
      isSame(`${localTag} ${remoteTag}`, `${name.localTag} ${name.remoteTag}`) ||
      isSame(`${localTag} ${remoteTag}`, `${name.remoteTag} ${name.localTag}`);
    return isOurs ? named : undefined;
  }
}

function isSame(told: string, expected: string): boolean {
  const [left, right] = [Buffer.from(told, 'latin1'), Buffer.from(expected, 'latin1')];
  return left.length === right.length && timingSafeEqual(left, right);
}

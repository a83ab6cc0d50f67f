import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import { bodyOfType } from '@/lib/protocol/sip/multipart';

export const SDP_TYPE = 'application/sdp';

/** The SDP that a message bears, alone or beside others; null where there is none. */
export function sdpOf(message: SipRequest | SipResponse): Buffer | null {
  return bodyOfType(message, SDP_TYPE) ?? null;
}

/**
 * Whether a message bears nothing but a body that we can't read: the answer is 415 (RFC 3261
 * §8.2.3), unless its sender does not insist (handling=optional, §20.11).
 */
export function hasForeignBody(message: SipRequest | SipResponse): boolean {
  if (message.body.length === 0) return false;
  // Nobody compresses an SDP but to see what happens; we could not read it.
  const encoding = message.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') return true;
  if (sdpOf(message) !== null) return false;
  return !/;\s*handling\s*=\s*optional\s*(?:;|$)/i.test(
    message.header('content-disposition') ?? '',
  );
}

import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';

export const SDP_TYPE = 'application/sdp';

/** The SDP that a message bears; null where it has no body, or one of another kind. */
export function sdpOf(message: SipRequest | SipResponse): Buffer | null {
  const type = message.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === SDP_TYPE && message.body.length > 0 ? message.body : null;
}

/** Whether a message bears a body that we can't read: the answer is 415 (RFC 3261 §8.2.3). */
export function hasForeignBody(message: SipRequest | SipResponse): boolean {
  return message.body.length > 0 && sdpOf(message) === null;
}

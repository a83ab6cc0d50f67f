import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';

/** Answers 401 or 407 to one request of ours; undefined where it can't, or did already (§22.2). */
export type ChallengeAnswer = (
  request: SipRequest,
  response: SipResponse,
) => Readonly<Record<string, string>> | undefined;

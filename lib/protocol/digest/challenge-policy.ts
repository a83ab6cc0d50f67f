import type { SipRequest } from '@/lib/protocol/sip/message';
import type { DigestAlgorithm } from './types';

/** RFC 8760 §2.4: the strongest first. */
const USUAL: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];
const MD5_ONLY: readonly DigestAlgorithm[] = ['MD5'];

/**
 * Clients that give up at the sight of a challenge they don't know instead of passing it over
 * (RFC 3261 §22.2), each as tried: SIPp 3.6.1 and sipsak 0.9.8 look at the first challenge only,
 * baresip 1.0 fails on any that is not MD5.
 */
const STUMBLING_AGENTS = /^(?:sipsak |baresip v?[01]\.)/i;
/** SIPp's User-Agent is whatever its scenario says, if any; this is how it writes a branch. */
const SIPP_BRANCH = /^z9hG4bK-\d+-\d+-\d+$/;

/** Challenges in a row without an answer after which a client counts as one of these. */
const PATIENCE = 2;
const MAX_TRACKED = 10_000;
/** Of the address of record in a key: ten thousand of a datagram's size would be 600 MB. */
const MAX_KEY_CHARS = 128;

/**
 * What to offer to whom: SHA-256 and MD5, or MD5 alone to clients that are known to stumble over
 * the former, or that show it by asking again and again without answering. An attacker gains
 * nothing here: who can strip a challenge on the way could always do so.
 */
export class ChallengePolicy {
  private readonly unanswered = new Map<string, number>();

  /** The algorithms for the challenge that is about to be sent; counts it. */
  challenged(request: SipRequest, source: string): readonly DigestAlgorithm[] {
    const agent = request.header('user-agent') ?? '';
    const branch = request.via.params.get('branch') ?? '';
    if (STUMBLING_AGENTS.test(agent) || SIPP_BRANCH.test(branch)) return MD5_ONLY;
    const key = keyOf(request, source);
    const count = this.unanswered.get(key) ?? 0;
    if (count >= PATIENCE) return MD5_ONLY;
    if (count === 0 && this.unanswered.size >= MAX_TRACKED) this.unanswered.clear();
    this.unanswered.set(key, count + 1);
    return USUAL;
  }

  /** The client answered a challenge, rightly or wrongly: it can. */
  answered(request: SipRequest, source: string): void {
    const key = keyOf(request, source);
    // One that needed MD5 will need it again.
    if ((this.unanswered.get(key) ?? PATIENCE) < PATIENCE) this.unanswered.delete(key);
  }
}

function keyOf(request: SipRequest, source: string): string {
  return `${source}|${request.from.uri.slice(0, MAX_KEY_CHARS)}`;
}

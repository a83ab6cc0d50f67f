import type { SipRequest } from '@/lib/protocol/sip/message';
import { HASH_SEED, mixBytes, mixText, type Span } from '@/lib/protocol/sip/span';
import { MAGIC_COOKIE } from '@/lib/protocol/sip/via';
import type { DigestAlgorithm } from './types';

/** RFC 8760 §2.4: the strongest first. */
const USUAL: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];
/** For clients that stumble over any other. */
export const MD5_ONLY: readonly DigestAlgorithm[] = ['MD5'];

/**
 * Clients that give up at the sight of a challenge they don't know instead of passing it over
 * (RFC 3261 §22.2), each as tried: SIPp 3.6.1 and sipsak 0.9.8 look at the first challenge only,
 * baresip 1.0 fails on any that is not MD5, SIP.js 0.21 gives up where the first is not.
 */
const STUMBLING_AGENTS = /^(?:sipsak |baresip v?[01]\.)|\bSIP\.js\/0\./i;
/** SIPp's User-Agent is whatever its scenario says, if any; this is how it writes a branch. */
const SIPP_BRANCH = /^z9hG4bK-\d+-\d+-\d+$/;

/** Challenges in a row without an answer after which a client counts as one of these. */
const PATIENCE = 2;
/** Clients that are remembered, a power of two; each has one place, taken by the last to come. */
const PLACES = 16_384;
/** Of the address of record in a key. */
export const MAX_KEY_CHARS = 256;
const BAR = 0x7c;
const HYPHEN = 0x2d;
const COOKIE_CHARS = MAGIC_COOKIE.length;

/** Whether a client is known to stumble by how it calls itself. */
export function isStumblingAgent(userAgent: string): boolean {
  return STUMBLING_AGENTS.test(userAgent);
}

/** Whether a branch that stands in a packet is SIPp's. */
export function isSippBranchAt(bytes: Uint8Array, { start, end }: Span): boolean {
  let hyphens = 0;
  for (let at = start + COOKIE_CHARS; at < end; at += 1) {
    const code = bytes[at] ?? 0;
    const isHyphen = code === HYPHEN;
    if (isHyphen) hyphens += 1;
    else if (code < 0x30 || code > 0x39) return false;
    // Each of the three numbers has a digit.
    if (isHyphen && (at + 1 >= end || bytes[at + 1] === HYPHEN)) return false;
  }
  return hyphens === 3 && bytes[start + COOKIE_CHARS] === HYPHEN;
}

/** A client, as the policy tells it from others: its address and whom it calls itself. */
export function clientNumber(source: string, addressOfRecord: string): number {
  return mixText(sourceNumber(source), addressOfRecord, MAX_KEY_CHARS) >>> 0;
}

/** The same of an address of record that stands in a packet, not longer than MAX_KEY_CHARS. */
export function clientNumberAt(source: string, bytes: Uint8Array, addressOfRecord: Span): number {
  return mixBytes(sourceNumber(source), bytes, addressOfRecord) >>> 0;
}

function sourceNumber(source: string): number {
  return mixText(HASH_SEED, source) ^ BAR;
}

/**
 * What to offer to whom: SHA-256 and MD5, or MD5 alone to clients that are known to stumble over
 * the former, or that show it by asking again and again without answering. An attacker gains
 * nothing here: who can strip a challenge on the way could always do so, and of two clients that
 * share a number one is asked in a way that both can answer.
 */
export class ChallengePolicy {
  private readonly clients = new Uint32Array(PLACES);
  private readonly unanswered = new Uint8Array(PLACES);

  /** The algorithms for the challenge that is about to be sent; counts it. */
  challenged(request: SipRequest, source: string): readonly DigestAlgorithm[] {
    const agent = request.header('user-agent') ?? '';
    const branch = request.via.params.get('branch') ?? '';
    if (isStumblingAgent(agent) || SIPP_BRANCH.test(branch)) return MD5_ONLY;
    return this.offer(clientNumber(source, request.from.uri));
  }

  /** The same for a client that is not known to stumble, by its number. */
  offer(client: number): readonly DigestAlgorithm[] {
    const place = client % PLACES;
    const count = this.clients[place] === client ? (this.unanswered[place] ?? 0) : 0;
    if (count >= PATIENCE) return MD5_ONLY;
    this.clients[place] = client;
    this.unanswered[place] = count + 1;
    return USUAL;
  }

  /** The client answered a challenge, rightly or wrongly: it can. */
  answered(request: SipRequest, source: string): void {
    this.hasAnswered(clientNumber(source, request.from.uri));
  }

  hasAnswered(client: number): void {
    const place = client % PLACES;
    // One that needed MD5 will need it again.
    if (this.clients[place] === client && (this.unanswered[place] ?? 0) < PATIENCE) {
      this.unanswered[place] = 0;
    }
  }
}

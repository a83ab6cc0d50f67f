import { timingSafeEqual } from 'node:crypto';
import { appended } from '@/lib/core/appended';
import { HmacSha256 } from '@/lib/protocol/digest/hmac';
import type { SipRequest } from '@/lib/protocol/sip/message';

/**
 * The header by which we know our own calls when they come back. Its value is
 * `<call>.<visited>.<mac>`, base64url: nobody but us can make or read it, and it tells nobody what
 * was dialled.
 */
export const LINEAGE_HEADER = 'x-tollbridge-lineage';

/** Networks cut chains of forwarding at five (ETSI TS 183 004 §4.5.2.6.1); so do we. */
const MAX_VISITED = 6;
const ID_BYTES = 9;
const VISITED_BYTES = 6;
const MAC_BYTES = 12;
/** base64url, no padding: 3 bytes are 4 characters. */
const VISITED_CHARACTERS = (VISITED_BYTES / 3) * 4;
const VALUE_PATTERN = new RegExp(
  `^([\\w-]{12})\\.((?:[\\w-]{${VISITED_CHARACTERS}}){1,${MAX_VISITED}})\\.([\\w-]{16})$`,
);
/**
 * A number is known by its last digits: carriers send it back as +E.164, E.164 or nationally. Nine
 * tell area codes apart (202 555 0101 from 212 555 0101).
 */
const COMPARED_DIGITS = 9;

/** Where a call has been, through however many carriers and switches. */
export interface Lineage {
  /** Of the first call; 12 characters. */
  readonly id: string;
  /** Keyed digests of every destination that was dialled for it, in order. */
  readonly visited: readonly string[];
}

/** What a call is about to reach: a number in whatever form, or an extension of a tenant. */
export type LineageDestination =
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'extension'; readonly tenantId: string; readonly number: string };

/**
 * Knows our own calls when they come back through a carrier or a PBX. A back-to-back user agent
 * makes a new Via, Call-ID and tags, so RFC 3261's own loop detection (§16.3, §8.2.2.2) sees
 * nothing; and Max-Forwards starts anew at most carriers. A call that comes back for another
 * destination (a mobile forwarded to a number here) is no loop and goes on, a limited number of
 * times; one that comes back for a destination it was at already is.
 */
export class LoopGuard {
  private readonly hmac: HmacSha256;
  private readonly randomToken: () => string;

  constructor(options: { readonly key: Buffer; randomToken(): string }) {
    this.hmac = new HmacSha256(options.key);
    this.randomToken = () => options.randomToken();
  }

  /** The lineage that a request bears; a new one where it bears none of ours. */
  lineageOf(request: SipRequest): Lineage {
    return this.read(request.header(LINEAGE_HEADER)) ?? this.begin();
  }

  /** A call that begins here. */
  begin(): Lineage {
    return { id: this.digest(this.randomToken(), ID_BYTES), visited: [] };
  }

  /** The lineage with one more destination; undefined: it was there already, or went too far. */
  visit(lineage: Lineage, destination: LineageDestination): Lineage | undefined {
    const digest = this.digest(`${lineage.id} ${nameOf(destination)}`, VISITED_BYTES);
    if (lineage.visited.includes(digest) || lineage.visited.length >= MAX_VISITED) return undefined;
    return { id: lineage.id, visited: appended(lineage.visited, digest) };
  }

  /** The header's value. */
  write(lineage: Lineage): string {
    const content = `${lineage.id}.${lineage.visited.join('')}`;
    return `${content}.${this.digest(content, MAC_BYTES)}`;
  }

  private read(value: string | undefined): Lineage | undefined {
    const match = VALUE_PATTERN.exec(value ?? '');
    const [, id, visited, mac] = match ?? [];
    if (id === undefined || visited === undefined || mac === undefined) return undefined;
    const expected = this.digest(`${id}.${visited}`, MAC_BYTES);
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return undefined;
    const digests: string[] = [];
    for (let start = 0; start < visited.length; start += VISITED_CHARACTERS) {
      digests.push(visited.slice(start, start + VISITED_CHARACTERS));
    }
    return { id, visited: digests };
  }

  private digest(text: string, bytes: number): string {
    return Buffer.from(this.hmac.hexOf(text), 'hex').toString('base64url', 0, bytes);
  }
}

function nameOf(destination: LineageDestination): string {
  if (destination.kind === 'extension') return `${destination.tenantId}/${destination.number}`;
  return destination.number.replace(/\D/g, '').slice(-COMPARED_DIGITS);
}

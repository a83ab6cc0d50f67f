import { type HeaderInit, headerLines, type SipRequest } from '@/lib/protocol/sip/message';

/**
 * The only headers of one leg's INVITE that reach the other leg's. Everything else is made anew:
 * Via, Route, Record-Route, Contact, Call-ID, User-Agent, Server, Warning and whatever tells how
 * either side is built stays where it is; Alert-Info, Call-Info, Answer-Mode and Priority-like
 * headers of strangers could make a phone pick up by itself or fetch pictures.
 *
 * - Identity and the Date it was signed with, verbatim (RFC 8224 §4.1): its signature is between
 *   the two ends.
 * - User-to-User (RFC 7433): meant for the far user agent, not for networks.
 */
const CROSSING: readonly CrossingHeader[] = [
  // A PASSporT with a chain of two is about 1 KB (RFC 8225); SHAKEN and one "div" are two lines.
  { name: 'identity', maxLines: 4, maxCharacters: 4_096 },
  { name: 'date', maxLines: 1, maxCharacters: 64 },
  // 128 octets as hex (RFC 7433 §3.2), and its parameters.
  { name: 'user-to-user', maxLines: 2, maxCharacters: 512 },
];

interface CrossingHeader {
  readonly name: string;
  readonly maxLines: number;
  readonly maxCharacters: number;
}

/** What of an INVITE may go on to the other side; lines that are too long or too many do not. */
export function crossingHeaders(request: SipRequest): HeaderInit {
  const crossing: Record<string, readonly string[]> = {};
  const isSigned = request.header('identity') !== undefined;
  for (const { name, maxLines, maxCharacters } of CROSSING) {
    if (name === 'date' && !isSigned) continue;
    const lines = request.fields.all(name).filter((line) => isSendable(line, maxCharacters));
    if (lines.length > 0) crossing[name] = lines.slice(0, maxLines);
  }
  return crossing;
}

/** How much they add to an INVITE: signatures alone outgrow what a datagram should carry. */
export function crossingBytes(crossing: HeaderInit): number {
  return headerLines(crossing).reduce(
    (sum, { name, value }) => sum + name.length + value.length + ': \r\n'.length,
    0,
  );
}

function isSendable(line: string, maxCharacters: number): boolean {
  return line.length <= maxCharacters && line !== '' && !/[\0\r\n]/.test(line);
}

import { digitInfoOf } from '@/lib/protocol/dtmf/digit-info';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { CallMedia } from './call-media';
import type { Leg } from './leg';
import { relayedStatus } from './refusals';

/** Whose INFO it is, whom it concerns, and how they hear each other. */
export interface InfoWay {
  readonly leg: Leg;
  readonly other: Leg | undefined;
  readonly media: CallMedia;
}

/** What says that INFO, or such a body, is not for whoever was asked (RFC 3261 §21.4, §21.5). */
const NOT_FOR_INFO: ReadonlySet<number> = new Set([405, 415, 469, 488, 501]);

/**
 * Hands INFO on (DTMF, RFC 6086 and its ancestors), and its answer back. A key for somebody who takes
 * no INFO goes the way of the voice: as an event or a tone.
 */
export function relayInfo(way: InfoWay, transaction: ServerTransaction, request: SipRequest): void {
  const { leg, other, media } = way;
  if (!other) {
    transaction.respond(200);
    return;
  }
  const key = digitInfoOf(request.header('content-type'), request.body);
  const isPressed = (): boolean => key !== null && media.press(leg.id, key);
  if (other.peer.refusesInfo && isPressed()) {
    transaction.respond(200);
    return;
  }
  const headers: Record<string, string> = {};
  for (const name of ['content-type', 'content-disposition', 'info-package']) {
    const value = request.header(name);
    if (value !== undefined) headers[name] = value;
  }
  other.ask('INFO', { headers, body: request.body }, (response) => {
    if (response && NOT_FOR_INFO.has(response.status) && isPressed()) {
      transaction.respond(200);
      return;
    }
    // A key that went by voice is told of there.
    if (key !== null) media.onKey?.(leg.id, key.digit);
    transaction.respond(response ? relayedStatus(response.status) : 408);
  });
}

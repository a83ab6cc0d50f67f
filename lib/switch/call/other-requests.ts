import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { ALLOWED_METHODS, SUPPORTED_OPTIONS } from '@/lib/switch/stack';
import type { Leg } from './leg';
import { SDP_TYPE } from './sdp-body';

/** What a leg's peer asks inside the dialog that is about neither the session nor its media. */
export function receiveOther(leg: Leg, transaction: ServerTransaction, request: SipRequest): void {
  switch (request.method) {
    case 'INFO':
      if (leg.listener) leg.listener.onInfo(leg, transaction, request);
      else transaction.respond(200);
      return;
    case 'REFER':
      if (leg.listener) leg.listener.onRefer(leg, transaction);
      else transaction.respond(603);
      return;
    case 'OPTIONS':
      transaction.respond(200, 'OK', {
        headers: { allow: ALLOWED_METHODS, accept: SDP_TYPE, supported: SUPPORTED_OPTIONS },
      });
      return;
    default:
      transaction.respond(405, undefined, { headers: { allow: ALLOWED_METHODS } });
  }
}

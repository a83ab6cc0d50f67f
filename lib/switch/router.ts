import type { Logger } from '@/lib/infra/log';
import { requestDialogId } from '@/lib/protocol/sip/dialog';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction, TransactionUsers } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import { DRAINING_HEADERS } from './drain';
import { REGISTER_OPTIONS } from './registrar/registrar';
import {
  ALLOWED_EVENTS,
  ALLOWED_METHODS,
  type DialogTable,
  KNOWN_OPTIONS,
  SUPPORTED_OPTIONS,
  userOf,
} from './stack';

/** Two a call: 20,000 calls are more than media ports allow; beyond it is a leak or an attack. */
export const MAX_DIALOGS = 40_000;
const BUSY_HEADERS = { 'retry-after': '5' };

export interface RouterOptions {
  readonly dialogs: DialogTable;
  readonly log: Logger;
  register(transaction: ServerTransaction): void;
  invite(transaction: ServerTransaction): void;
  subscribe(transaction: ServerTransaction): void;
  /** A draining switch takes no new calls, and says so to whoever asks after it. */
  isDraining(): boolean;
  /** Of an INVITE: calls for help are taken to the last. */
  mayBeEmergency(request: SipRequest): boolean;
}

/** Hands each request to whoever it is for: a leg, the registrar, the admission of calls. */
export function createRouter(options: RouterOptions): TransactionUsers {
  const { dialogs, log } = options;
  const dispatch = (transaction: ServerTransaction, request: SipRequest, flow: Flow): void => {
    // §8.2.2.3; a CANCEL is answered before it gets here, and is not to be refused for this.
    const known = request.method === 'REGISTER' ? REGISTER_OPTIONS : KNOWN_OPTIONS;
    const unknown = request.headers('require').filter((option) => !known.has(option.toLowerCase()));
    if (unknown.length > 0) {
      transaction.respond(420, undefined, { headers: { unsupported: unknown } });
      return;
    }
    if (request.toTag !== '') {
      const leg = userOf(dialogs, requestDialogId(request));
      if (leg) leg.onRequest(transaction, request, flow);
      else transaction.respond(481);
      return;
    }
    switch (request.method) {
      case 'REGISTER':
        options.register(transaction);
        return;
      case 'INVITE':
        if (options.isDraining() && !options.mayBeEmergency(request)) {
          transaction.respond(503, undefined, { headers: DRAINING_HEADERS });
        } else if (dialogs.size >= MAX_DIALOGS && !options.mayBeEmergency(request)) {
          transaction.respond(503, undefined, { headers: BUSY_HEADERS });
        } else options.invite(transaction);
        return;
      case 'SUBSCRIBE':
        options.subscribe(transaction);
        return;
      case 'OPTIONS':
        if (options.isDraining()) {
          transaction.respond(503, undefined, { headers: DRAINING_HEADERS });
          return;
        }
        transaction.respond(200, 'OK', {
          headers: {
            allow: ALLOWED_METHODS,
            accept: 'application/sdp',
            supported: SUPPORTED_OPTIONS,
            'allow-events': ALLOWED_EVENTS,
          },
        });
        return;
      case 'BYE':
        transaction.respond(481);
        return;
      default:
        transaction.respond(405, undefined, { headers: { allow: ALLOWED_METHODS } });
    }
  };
  return {
    onRequest(transaction, request, flow) {
      try {
        dispatch(transaction, request, flow);
      } catch (error) {
        log.error('sip.request', { method: request.method, sipCallId: request.callId, error });
        transaction.respond(500);
      }
    },
    onAck(request, flow) {
      userOf(dialogs, requestDialogId(request))?.onAck(request, flow);
    },
    onError(error) {
      log.error('sip.failed', { error });
    },
    onStrayResponse(response) {
      log.debug('sip.stray', { status: response.status, sipCallId: response.callId });
    },
  };
}

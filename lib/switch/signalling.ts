import type { Clock } from '@/lib/core/clock';
import type { Env } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { TimerScheduler } from '@/lib/protocol/sip/timers';
import type { TransactionUsers } from '@/lib/protocol/sip/transaction';
import { createTransactionLayer } from '@/lib/protocol/sip/transaction-layer';
import type { Transport } from '@/lib/protocol/sip/transport';
import { contactOn } from './addresses';
import { dismissLateAnswer } from './call/late-answer';
import { createScreening } from './edge/screening';
import type { Edge } from './edge/types';
import { createRandomTokens } from './random-tokens';
import type { DialogTable, SipStack } from './stack';

/** An office of 250 phones behind one address, all dialling at once. */
const MAX_OPEN_INVITES_PER_SOURCE = 250;

export interface SignallingOptions {
  readonly env: Env;
  readonly edge: Edge;
  /** By which messages are sent: the edge, or what listens to it. */
  readonly transport: Transport;
  readonly timers: TimerScheduler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dialogs: DialogTable;
  /** Who takes the requests; undefined until the switch has read what it needs. */
  router(): TransactionUsers | undefined;
}

/** The signalling between the sockets and the router, with its defences. */
export function createSignalling(options: SignallingOptions): SipStack {
  const { env, edge, transport, timers, clock, log, dialogs, router } = options;
  const randomToken = createRandomTokens();
  const layer = createTransactionLayer({
    transport,
    timers,
    clock,
    randomToken,
    openInvites: {
      maxPerSource: MAX_OPEN_INVITES_PER_SOURCE,
      sourceOf: ({ remote }) => {
        const source = edge.sourceOf(remote.address);
        return source.isExempt ? undefined : source.key;
      },
    },
    users: {
      isWelcome: createScreening(edge),
      onRequest: (transaction, request, flow) => {
        const target = router();
        if (target) target.onRequest(transaction, request, flow);
        else transaction.respond(503);
      },
      onAck: (request, flow) => router()?.onAck(request, flow),
      onLateAnswer: (response, flow) => dismissLateAnswer(stack, response, flow),
      onStrayResponse: (response, flow) => router()?.onStrayResponse(response, flow),
      onError: (error) => log.error('sip.failed', { error }),
      onDefect: ({ reason }, flow) =>
        log.debug('sip.defect', { reason, address: flow.remote.address }),
    },
  });
  const stack: SipStack = {
    layer,
    timers,
    clock,
    log,
    dialogs,
    publicAddress: bracketed(env.publicAddress),
    randomToken,
    contactOn: (flow) => contactOn(env, flow),
  };
  return stack;
}

import type { CallRequest, PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import { AppError } from '@/lib/core/errors';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { answerSessionTimer } from '@/lib/protocol/sip/session-timer';
import { fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { parseUri, uriUser } from '@/lib/protocol/sip/uri';
import type { CallFacts } from '@/lib/services/charging/types';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { AuthenticatedPhone, Authentication } from '@/lib/switch/authentication';
import { DRAINING_HEADERS } from '@/lib/switch/drain';
import { matchTrunk } from '@/lib/switch/trunks/match';
import { Call } from './call';
import type { CalleeFailure } from './callee-leg';
import { CallerLeg } from './caller-leg';
import { Conversation } from './conversation';
import { dial } from './dial';
import type { CallEnvironment } from './environment';
import { refusalHeaders, SIP_REFUSALS } from './refusals';
import { hasForeignBody, SDP_TYPE } from './sdp-body';

export interface AdmissionOptions {
  readonly environment: CallEnvironment;
  readonly authentication: Authentication;
  /** While the switch drains it takes no new calls but emergencies. */
  isDraining(): boolean;
}

type Origin =
  | { readonly kind: 'phone'; readonly phone: AuthenticatedPhone }
  | { readonly kind: 'trunk'; readonly trunk: ConfigTrunk };

/**
 * Decides about each new INVITE: who calls, what it would cost and at whose expense, whether the
 * funds are there. Nothing is dialled before every hop has reserved.
 */
export class Admission {
  private readonly options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.options = options;
  }

  invite(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { stack, directory } = this.options.environment;
    if (request.maxForwards <= 0) {
      transaction.respond(483);
      return;
    }
    const { remote, transport } = transaction.flow;
    const trunk = matchTrunk(directory, { ...remote, transport });
    const phone = trunk
      ? undefined
      : this.options.authentication.authenticate(transaction, request.from);
    const origin: Origin | undefined = trunk
      ? { kind: 'trunk', trunk }
      : phone && { kind: 'phone', phone };
    if (!origin) return;
    if (hasForeignBody(request)) {
      transaction.respond(415, undefined, { headers: { accept: SDP_TYPE } });
      return;
    }
    const session = answerSessionTimer(request);
    if (!session.ok) {
      transaction.respond(422, undefined, { headers: { 'min-se': session.minSeconds } });
      return;
    }
    transaction.respond(100);
    this.admit(transaction, origin).catch((error: unknown) => {
      stack.log.error('call.admit', { sipCallId: request.callId, error });
      transaction.respond(500);
    });
  }

  private async admit(transaction: ServerTransaction, origin: Origin): Promise<void> {
    const { environment } = this.options;
    const { stack, directory, decks, usage, calls, events } = environment;
    const nowMs = stack.clock.nowMs();
    const callId = newId(nowMs);
    const asked = this.read(transaction, origin);
    const plan = asked && planCall({ directory, decks, limits: usage }, asked, nowMs);
    const caller = new CallerLeg(stack, {
      id: newId(nowMs),
      identity: {
        seq: 0,
        sipCallId: transaction.request.callId,
        extensionId: origin.kind === 'phone' ? origin.phone.extension.id : null,
        trunkId: origin.kind === 'trunk' ? origin.trunk.id : null,
        target: transaction.request.uri,
      },
      transaction,
    });
    if (!caller.isUsable) {
      caller.refuse({ status: 400, reason: 'Contact Needed', q850: 111 });
      return;
    }
    if (!asked || !plan) {
      caller.refuse(SIP_REFUSALS.DESTINATION_UNKNOWN, refusalHeaders('DESTINATION_UNKNOWN', null));
      return;
    }
    if (plan.kind === 'refused') {
      await this.refuse({ callId, caller, origin, asked, plan });
      return;
    }
    if (this.options.isDraining() && plan.callClass !== 'emergency') {
      caller.refuse(SIP_REFUSALS.DRAINING, {
        ...refusalHeaders('DRAINING', null),
        ...DRAINING_HEADERS,
      });
      return;
    }
    const leave = usage.enter(plan.subjects);
    const conversation = new Conversation(environment, { sessionId: callId, leg: caller });
    caller.onCancelled = () => conversation.end({ leg: caller, q850: 16 });
    const call = new Call(environment, {
      callId,
      caller,
      conversation,
      plan,
      facts: factsOf({ plan, origin, asked, environment, startedAtMs: nowMs }),
      leave,
    });
    calls.set(callId, call);
    events.started(call);
    await this.run(call);
  }

  /** Media, money, then the application; whatever goes wrong ends the call, never the process. */
  private async run(call: Call): Promise<void> {
    const { log } = this.options.environment.stack;
    try {
      call.conversation.open();
      if (await call.reserve()) await dial(call);
    } catch (error) {
      if (call.isOver) {
        // It ended meanwhile: what was still being done for it has come to nothing.
        log.debug('call.void', { callId: call.callId, error });
        return;
      }
      const failure = failureOf(error);
      log[failure.status === 500 ? 'error' : 'info']('call.failed', { callId: call.callId, error });
      call.fail(failure);
    }
  }

  private async refuse(refused: {
    callId: Uuid;
    caller: CallerLeg;
    origin: Origin;
    asked: CallRequest;
    plan: RefusedCall;
  }): Promise<void> {
    const { callId, caller, origin, asked, plan } = refused;
    const { environment } = this.options;
    const { stack, directory, charging } = environment;
    const sip = SIP_REFUSALS[plan.code];
    const own = origin.kind === 'phone' ? origin.phone.tenant.accountId : null;
    const seller = own === null ? null : (directory.accountById(own)?.parentId ?? null);
    const hop =
      plan.hopAccountId === null
        ? null
        : plan.hopAccountId === own
          ? 'own'
          : plan.hopAccountId === seller
            ? 'seller'
            : 'upstream';
    caller.refuse(sip, refusalHeaders(plan.code, hop));
    stack.log.info('call.refused', { callId, code: plan.code, hopAccountId: plan.hopAccountId });
    if (origin.kind !== 'phone') return;
    const { tenant, extension } = origin.phone;
    await charging.settle({
      callId,
      facts: {
        callClass: 'outbound',
        accountId: tenant.accountId,
        tenantId: tenant.id,
        payerAccountId: null,
        fromExtensionId: extension.id,
        toExtensionId: null,
        peerAccountId: null,
        peerTenantId: null,
        fromNumber: extension.number,
        dialled: asked.dialled,
        toNumber: asked.dialled,
        destination: null,
        startedAtMs: caller.startedAtMs,
        hops: [],
      },
      ringingAtMs: null,
      answeredAtMs: null,
      endedAtMs: stack.clock.nowMs(),
      durationMs: 0,
      ratedSeconds: 0,
      hungUpBy: 'switch',
      sipStatus: sip.status,
      q850Cause: sip.q850,
      refusal: { code: plan.code, hopAccountId: plan.hopAccountId, text: plan.message },
      trunkId: null,
      buy: null,
      attempts: 0,
      codec: null,
      media: null,
      legs: [caller.result(null)],
    });
  }

  /** What is asked for; undefined where the request is about another house than the caller's. */
  private read(transaction: ServerTransaction, origin: Origin): CallRequest | undefined {
    const { request } = transaction;
    const uri = parseUri(request.uri);
    if (!uri) return undefined;
    const dialled = fromWireText(uriUser(uri)).slice(0, 128);
    if (origin.kind === 'trunk') {
      const from = parseUri(request.from.uri);
      return {
        origin: { kind: 'trunk', trunkId: origin.trunk.id },
        dialled,
        callerId: from ? fromWireText(uriUser(from)).slice(0, 128) || null : null,
      };
    }
    const { tenant, extension } = origin.phone;
    const named =
      uri.scheme === 'tel'
        ? undefined
        : this.options.environment.directory.tenantByDomain(uri.host);
    if (named && named.id !== tenant.id) return undefined;
    return {
      origin: { kind: 'extension', tenantId: tenant.id, number: extension.number },
      dialled,
      callerId: null,
    };
  }
}

/** What the caller hears of an error: a body of no use is its own fault, no port left is ours. */
function failureOf(error: unknown): CalleeFailure {
  const code = error instanceof AppError ? error.code : 'INTERNAL';
  if (code === 'INVALID_INPUT') return { status: 488, reason: undefined, q850: 88 };
  if (code === 'UNAVAILABLE') return { status: 503, reason: undefined, q850: 34 };
  return { status: 500, reason: undefined, q850: 41 };
}

function factsOf(start: {
  plan: PlannedCall;
  origin: Origin;
  asked: CallRequest;
  environment: CallEnvironment;
  startedAtMs: number;
}): CallFacts {
  const { plan, origin, asked } = start;
  const { destination } = plan;
  const calledTenant = destination.kind === 'extension' ? destination.tenantId : null;
  const toNumber =
    destination.kind === 'extension'
      ? (destination.e164 ?? destination.number)
      : destination.kind === 'e164'
        ? destination.e164
        : destination.digits;
  return {
    callClass: plan.callClass,
    accountId: plan.accountId,
    tenantId: plan.tenantId,
    payerAccountId: plan.payerAccountId,
    fromExtensionId: origin.kind === 'phone' ? origin.phone.extension.id : null,
    toExtensionId: destination.kind === 'extension' ? destination.extensionId : null,
    peerAccountId: plan.peerAccountId,
    peerTenantId: plan.peerAccountId === null ? null : calledTenant,
    fromNumber:
      origin.kind === 'phone'
        ? origin.phone.extension.number
        : (plan.callerId.number ?? 'anonymous'),
    dialled: asked.dialled,
    toNumber,
    destination: plan.hops[0]?.rate.destination ?? null,
    startedAtMs: start.startedAtMs,
    hops: plan.hops.map((hop) => ({
      buyerAccountId: hop.buyerAccountId,
      sellerAccountId: hop.sellerAccountId,
      rate: hop.rate,
    })),
  };
}

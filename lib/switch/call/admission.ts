import type { CallRequest, PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { answerSessionTimer } from '@/lib/protocol/sip/session-timer';
import { fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { parseUri, uriUser } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { AuthenticatedPhone, Authentication } from '@/lib/switch/authentication';
import { DRAINING_HEADERS } from '@/lib/switch/drain';
import { matchTrunk } from '@/lib/switch/trunks/match';
import { Call } from './call';
import { type CallingSide, factsOf, refusedResult } from './call-facts';
import { CallerLeg } from './caller-leg';
import { Conversation } from './conversation';
import { dial } from './dial';
import type { CallEnvironment } from './environment';
import { refusalHeaders, SIP_REFUSALS } from './refusals';
import { failureOf, runCall } from './run-call';
import { hasForeignBody, SDP_TYPE } from './sdp-body';

export interface AdmissionOptions {
  readonly environment: CallEnvironment;
  readonly authentication: Pick<Authentication, 'authenticate'>;
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
      facts: factsOf({ plan, from: callingSide(origin, plan), asked, startedAtMs: nowMs }),
      history: [],
      leave,
    });
    calls.set(callId, call);
    events.started(call);
    await this.run(call);
  }

  /** Without a port for its media there is no call. */
  private async run(call: Call): Promise<void> {
    try {
      call.conversation.open();
    } catch (error) {
      call.fail(failureOf(error));
      return;
    }
    await runCall(call, dial);
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
    const { accountId, id: tenantId } = tenant;
    await charging.settle(
      refusedResult({
        callId,
        plan,
        asked,
        by: { accountId, tenantId, extensionId: extension.id, number: extension.number },
        leg: caller.result(null),
        endedAtMs: stack.clock.nowMs(),
      }),
    );
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

function callingSide(origin: Origin, plan: PlannedCall): CallingSide {
  if (origin.kind === 'trunk') {
    return { extensionId: null, number: plan.callerId.number ?? 'anonymous' };
  }
  const { extension } = origin.phone;
  return { extensionId: extension.id, number: extension.number };
}

import { isForHelp } from '@/lib/core/call-plan/emergency';
import type { CallPlan, CallRequest, PlannedCall, RefusedCall } from '@/lib/core/call-plan/plan';
import { planCall } from '@/lib/core/call-plan/plan-call';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { remembered } from '@/lib/core/remembered';
import { answerSessionTimer } from '@/lib/protocol/sip/session-timer';
import { flatText, fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { parseUri, uriUser } from '@/lib/protocol/sip/uri';
import type { CallFacts } from '@/lib/services/charging/types';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { AuthenticatedPhone, Authentication } from '@/lib/switch/authentication';
import type {
  ExtensionRecord,
  SwitchDirectory,
  TenantRecord,
} from '@/lib/switch/directory/directory';
import { DRAINING_HEADERS } from '@/lib/switch/drain';
import { readParties } from '@/lib/switch/trunks/numbers';
import { dialledOn, type InboundTrunks, trunkOf } from '@/lib/switch/trunks/origin';
import { Call } from './call';
import { type CallingSide, factsOf, refusedResult, unplannedFacts } from './call-facts';
import { NO_FORWARDS } from './call-start';
import { CallerLeg } from './caller-leg';
import { Conversation } from './conversation';
import type { CallEnvironment } from './environment';
import { applicationOf } from './features';
import { checkLoop } from './loop-check';
import { asMember, trunkAsMember, trunkSide } from './member';
import { planContext } from './plan-context';
import {
  type House,
  type InboundIdentity,
  inboundIdentity,
  mayClaimInFrom,
  type Voucher,
  withLineage,
} from './provenance';
import { explainRefusal } from './refusal-voice';
import { refusalHeaders, SIP_REFUSALS } from './refusals';
import { replaceLeg } from './replace-leg';
import { type CallApplication, failureOf, runCall } from './run-call';
import { hasForeignBody, SDP_TYPE } from './sdp-body';

/** The database is behind: what a caller shall wait. */
const BEHIND_RETRY_SECONDS = '5';

export interface AdmissionOptions {
  readonly environment: CallEnvironment;
  readonly authentication: Pick<Authentication, 'authenticate'>;
  readonly trunks: InboundTrunks;
  /** What is done with a call that was admitted; ordinary calls dial their plan. */
  readonly application?: CallApplication;
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
    const { trunks } = this.options;
    const trunk = trunkOf({ directory, trunks }, transaction);
    if (trunk === 'answered') return;
    const phone = trunk
      ? undefined
      : this.options.authentication.authenticate(transaction, request.from, ({ tenant }, uri) =>
          mayClaimInFrom(directory, tenant, uri),
        );
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
    const { stack, directory, usage, calls, events, loops, trunkRoutes } = environment;
    const nowMs = stack.clock.nowMs();
    const callId = newId(nowMs);
    const { privacy, provenance, wish } = this.identify(transaction, origin);
    const asked = this.read(transaction, origin, wish);
    const planned = asked && planCall(planContext(environment), asked, nowMs);
    const { lineage } = provenance;
    const way = planned && checkLoop(loops, { lineage, plan: planned, dialled: asked.dialled });
    const caller = new CallerLeg(stack, {
      id: newId(nowMs),
      identity: {
        seq: 0,
        sipCallId: flatText(transaction.request.callId),
        extensionId: origin.kind === 'phone' ? origin.phone.extension.id : null,
        trunkId: origin.kind === 'trunk' ? origin.trunk.id : null,
        target: flatText(transaction.request.uri),
      },
      transaction,
      isKin:
        origin.kind === 'trunk' ? (flow) => trunkRoutes.isOf(origin.trunk.id, flow) : undefined,
    });
    if (!caller.isUsable) {
      caller.refuse({ status: 400, reason: 'Contact Needed', q850: 111 });
      return;
    }
    if (privacy.critical && privacy.unknown) {
      // RFC 3323 §5: better no call than one without the privacy that it can't do without.
      caller.refuse({ status: 500, reason: 'Privacy Not Available', q850: 79 });
      return;
    }
    const replaces = transaction.request.header('replaces');
    if (replaces !== undefined) {
      const member =
        origin.kind === 'trunk' ? trunkAsMember(origin.trunk) : asMember(origin.phone.extension);
      if (member) await replaceLeg({ environment, caller, member }, replaces);
      else caller.refuse({ status: 481, q850: 41 });
      return;
    }
    if (!asked || !way) {
      await explainRefusal(environment, { caller, code: 'DESTINATION_UNKNOWN' });
      caller.refuse(SIP_REFUSALS.DESTINATION_UNKNOWN, refusalHeaders('DESTINATION_UNKNOWN', null));
      return;
    }
    const { plan } = way;
    if (plan.kind === 'refused') {
      const facts = refusedFacts({ directory, origin, asked, planned, startedAtMs: nowMs });
      await this.refuse({ callId, caller, origin, plan, facts });
      return;
    }
    if (environment.charging.isBehind && !isForHelp(plan)) {
      // Its record would find no place: rather no call than one that nobody can bill.
      caller.refuse(SIP_REFUSALS.UNAVAILABLE, {
        ...refusalHeaders('UNAVAILABLE', null),
        'retry-after': BEHIND_RETRY_SECONDS,
      });
      return;
    }
    if (this.options.isDraining() && !isForHelp(plan)) {
      caller.refuse(SIP_REFUSALS.DRAINING, {
        ...refusalHeaders('DRAINING', null),
        ...DRAINING_HEADERS,
      });
      return;
    }
    const entered = usage.enter(plan.subjects);
    const conversation = new Conversation(environment, { sessionId: callId, leg: caller });
    caller.onCancelled = (q850) => conversation.end({ leg: caller, q850 });
    const call = new Call(environment, {
      callId,
      caller,
      conversation,
      plan,
      facts: factsOf({ plan, from: callingSide(origin, plan), asked, startedAtMs: nowMs }),
      history: NO_FORWARDS,
      provenance: withLineage(provenance, way.lineage),
      entered,
    });
    calls.set(callId, call);
    events.started(call);
    await this.run(call, plan);
  }

  /** Without a port for its media there is no call. */
  private async run(call: Call, plan: PlannedCall): Promise<void> {
    try {
      call.conversation.open();
    } catch (error) {
      call.fail(failureOf(error));
      return;
    }
    await runCall(call, this.options.application ?? applicationOf(plan));
  }

  private async refuse(refused: {
    callId: Uuid;
    caller: CallerLeg;
    origin: Origin;
    plan: RefusedCall;
    /** Null where the call is nobody's: a carrier's, to none of our numbers. */
    facts: CallFacts | null;
  }): Promise<void> {
    const { callId, caller, origin, plan, facts } = refused;
    const { environment } = this.options;
    const { stack, directory, charging } = environment;
    const sip = SIP_REFUSALS[plan.code];
    const own = houseOf(directory, origin)?.accountId ?? null;
    const seller = own === null ? null : (directory.accountById(own)?.parentId ?? null);
    const hop =
      plan.hopAccountId === null
        ? null
        : plan.hopAccountId === own
          ? 'own'
          : plan.hopAccountId === seller
            ? 'seller'
            : 'upstream';
    await explainRefusal(environment, { caller, code: plan.code });
    caller.refuse(sip, refusalHeaders(plan.code, hop));
    stack.log.info('call.refused', {
      callId,
      accountId: own,
      code: plan.code,
      hopAccountId: plan.hopAccountId,
    });
    if (!facts) return;
    const leg = caller.result(null);
    const endedAtMs = stack.clock.nowMs();
    await charging.settle(refusedResult({ callId, plan, facts, leg, endedAtMs }));
  }

  /** What the request says of its caller, as far as its origin may say it. */
  private identify({ request }: ServerTransaction, origin: Origin): InboundIdentity {
    const { directory, loops } = this.options.environment;
    const voucher: Voucher =
      origin.kind === 'phone'
        ? {
            kind: 'phone',
            tenant: origin.phone.tenant,
            house: houseOfPhone(origin.phone.extension),
          }
        : trunkVoucher(directory, origin.trunk);
    return inboundIdentity(request, voucher, { directory, lineage: loops.lineageOf(request) });
  }

  /** What is asked for; undefined where the request is about another house than the caller's. */
  private read(
    { request }: ServerTransaction,
    origin: Origin,
    wish: InboundIdentity['wish'],
  ): CallRequest | undefined {
    const uri = parseUri(request.uri);
    if (!uri) return undefined;
    const dialled = fromWireText(uriUser(uri)).slice(0, 128);
    if (origin.kind === 'trunk') {
      return {
        origin: { kind: 'trunk', trunkId: origin.trunk.id },
        ...wish,
        ...readParties(origin.trunk, {
          dialled: dialledOn(this.options.trunks, origin.trunk, request),
          callerId: wish.callerId,
        }),
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
      callerId: wish.callerId,
      isWithheld: wish.isWithheld,
      isAsserted: wish.isAsserted,
      claimed: wish.claimed,
    };
  }
}

function callingSide(origin: Origin, { callerId }: PlannedCall): CallingSide {
  if (origin.kind === 'phone') {
    const { extension } = origin.phone;
    return { extensionId: extension.id, number: extension.number };
  }
  return trunkSide(callerId);
}

/** The record of a call that went nowhere; null where it is nobody's. */
function refusedFacts(refused: {
  directory: SwitchDirectory;
  origin: Origin;
  asked: CallRequest;
  planned: CallPlan;
  startedAtMs: number;
}): CallFacts | null {
  const { origin, asked, planned, startedAtMs } = refused;
  if (planned.kind === 'planned') {
    return factsOf({ plan: planned, from: callingSide(origin, planned), asked, startedAtMs });
  }
  const house = houseOf(refused.directory, origin);
  if (!house) return null;
  const { accountId, id: tenantId } = house;
  const by =
    origin.kind === 'phone'
      ? { extensionId: origin.phone.extension.id, number: origin.phone.extension.number }
      : { extensionId: null, number: asked.callerId ?? origin.trunk.name };
  return unplannedFacts({ accountId, tenantId, ...by }, asked, { startedAtMs });
}

/** The tenant whose call it is; undefined for a carrier's. */
function houseOf(directory: SwitchDirectory, origin: Origin): TenantRecord | undefined {
  if (origin.kind === 'phone') return origin.phone.tenant;
  const { tenantId } = origin.trunk;
  return tenantId === null ? undefined : directory.tenantById(tenantId);
}

/** One object for all calls of an extension, for as long as its record stands. */
const houseOfPhone = remembered(
  ({ tenantId, name }: ExtensionRecord): House => ({ tenantId, name }),
);

/** A PBX may ask for any number of its tenant, as its phones may; a carrier is believed or not. */
function trunkVoucher(directory: SwitchDirectory, trunk: ConfigTrunk): Voucher {
  const tenant = trunk.tenantId === null ? undefined : directory.tenantById(trunk.tenantId);
  if (tenant) return { kind: 'phone', tenant, house: { tenantId: tenant.id, name: '' } };
  return { kind: 'trunk', isTrusted: trunk.trustedIdentity, header: trunk.identityHeader };
}

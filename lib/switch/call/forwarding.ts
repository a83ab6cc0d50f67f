import type { PlannedAttempt } from '@/lib/core/call-plan/plan';
import { isEmergencyNumber } from '@/lib/core/emergency';
import { parseDialled } from '@/lib/core/phone-number';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { fromWireText } from '@/lib/protocol/sip/text';
import { parseUri, uriUser } from '@/lib/protocol/sip/uri';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';
import type { ExtensionForwarding } from '@/lib/services/configuration/types';
import type { Call } from './call';
import type { CalleeFailure } from './callee-leg';
import type { CallEnvironment } from './environment';
import type { Leg } from './leg';
import { type LinkedOutcome, runLinkedCall } from './linked-call';
import { asMember } from './member';
import type { CallingParty, ProgressStatus } from './party';
import { isDivertedTooOften } from './provenance';
import type { CallApplication } from './run-call';

/** Why a call goes on to somebody else (RFC 5806 §2). */
export type ForwardReason = ConfiguredReason | 'deflected';

/** The reasons for which an extension has a forward configured. */
type ConfiguredReason = 'always' | 'busy' | 'noAnswer' | 'unreachable';

/** One forward of a call on its way: who sent it on, and why. */
export interface ForwardStep {
  readonly extensionId: string;
  readonly number: string;
  readonly reason: ForwardReason;
}

/** Forwards of one call at most: a chain of people, not a loop (facts: loops). */
const MAX_FORWARDS = 5;

/** Longer ones are nobody's number. */
const MAX_DIALLED_CHARACTERS = 128;

const LOOP: CalleeFailure = { status: 482, reason: 'Loop Detected', q850: 25 };
const TOO_FAR: CalleeFailure = { status: 480, reason: 'Temporarily Unavailable', q850: 25 };

type ExtensionAttempt = Extract<PlannedAttempt, { kind: 'extension' }>;

/** Where an attempt's extension sends its calls; null for a trunk. */
export function forwardingOf(call: Call, attempt: PlannedAttempt): ExtensionForwarding | null {
  if (attempt.kind !== 'extension') return null;
  const { directory } = call.environment;
  return directory.extensionById(attempt.extensionId)?.forwarding ?? null;
}

/** Whether the call has been at the attempt's extension before, which sent it on: a loop. */
export function isLoop(call: Call, attempt: PlannedAttempt): boolean {
  if (attempt.kind !== 'extension') return false;
  return call.history.some((step) => step.extensionId === attempt.extensionId);
}

/**
 * Which forward a failed attempt asks for; null where none does. Whoever declines is taken for
 * busy; a phone that says "unavailable" without having rung, for unreachable.
 */
export function forwardReasonOf(failure: CalleeFailure, hasRung: boolean): ConfiguredReason | null {
  const { status, q850 } = failure;
  if (status === 486 || status === 600 || status === 603 || q850 === 17) return 'busy';
  if (status === 480 || status === 408) return hasRung ? 'noAnswer' : 'unreachable';
  if (status === 404 || status === 410 || (status >= 500 && status < 600)) {
    return hasRung ? null : 'unreachable';
  }
  return null;
}

/**
 * Where a phone sends a call by 3xx, as digits that its tenant would dial: a forward like any other.
 * Only to the house itself; a redirect to a foreign host is not followed (facts: toll fraud).
 */
export function deflectionOf(
  call: Call,
  attempt: ExtensionAttempt,
  failure: CalleeFailure,
): string | null {
  const [wanted] = failure.redirects ?? [];
  const address = wanted === undefined ? undefined : parseNameAddr(wanted);
  const uri = address && parseUri(address.uri);
  if (!uri) return null;
  const { directory, stack } = call.environment;
  const isOurs =
    uri.scheme === 'tel' ||
    uri.host === stack.publicAddress ||
    directory.tenantByDomain(uri.host)?.id === attempt.tenantId;
  const dialled = fromWireText(uriUser(uri)).slice(0, MAX_DIALLED_CHARACTERS);
  return isOurs && dialled !== '' ? dialled : null;
}

/**
 * Sends a call on from an extension, as a priced call of that extension's own: its rights, its
 * wallet, its record. The original call stays as it is, and is answered when the forward is.
 */
export async function forward(
  call: Call,
  step: { readonly attempt: ExtensionAttempt; readonly reason: ForwardReason; readonly to: string },
  application: CallApplication,
): Promise<LinkedOutcome> {
  const { environment, conversation, history, caller } = call;
  const { attempt, reason, to } = step;
  const extension = environment.directory.extensionById(attempt.extensionId);
  // Help is called by people, not by a forward: it would not know where to go.
  if (!extension || call.isOver || isEmergency(environment, extension.tenantId, to))
    return { kind: 'failed', failure: TOO_FAR };
  if (isLoop(call, attempt)) return { kind: 'failed', failure: LOOP };
  const isFar = history.length >= MAX_FORWARDS || isDivertedTooOften(call.provenance);
  if (isFar || caller.maxForwards <= 1) {
    return { kind: 'failed', failure: TOO_FAR };
  }
  caller.progress(181, null);
  return await runLinkedCall(
    {
      environment,
      conversation,
      link: { callId: call.callId, kind: 'forward' },
      onBehalfOf: asMember(extension),
      dialled: to,
      party: new ForwardedParty(call),
      shown: call.shown,
      provenance: call.provenance,
      history: [...history, { extensionId: extension.id, number: extension.number, reason }],
    },
    application,
  );
}

/** The caller of a call that is sent on: what happens to the forward happens to that call. */
class ForwardedParty implements CallingParty {
  readonly isOwn = false;
  private readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  get leg(): Leg {
    return this.call.caller.leg;
  }

  get offer(): Buffer | null {
    return this.call.caller.offer;
  }

  get maxForwards(): number {
    return this.call.caller.maxForwards - 1;
  }

  get needsTls(): boolean {
    return this.call.caller.needsTls;
  }

  progress(status: ProgressStatus, sdp: Buffer | null): void {
    this.call.linkProgressed(status, sdp);
  }

  async readyToAnswer(): Promise<void> {
    await this.call.caller.readyToAnswer?.();
  }

  answer(sdp: Buffer, onLateAnswer?: (sdp: Buffer | null) => void): boolean {
    return this.call.linkAnswered(sdp, onLateAnswer);
  }

  /** The call that was sent on decides itself what its caller hears. */
  refuse(): void {}

  hangUp(): void {}

  facts(): LegFacts {
    return { ...this.leg.facts(), seq: 0 };
  }

  result(codec: string | null): LegResult {
    return { ...this.leg.result(codec), seq: 0 };
  }
}

function isEmergency({ directory }: CallEnvironment, tenantId: string, dialled: string): boolean {
  const digits = parseDialled(dialled);
  const tenant = directory.tenantById(tenantId);
  return digits !== null && tenant !== undefined && isEmergencyNumber(tenant.country, digits);
}

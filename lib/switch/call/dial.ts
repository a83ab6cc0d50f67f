import { trunkLimitHit } from '@/lib/core/call-plan/limit-checks';
import type { PlannedAttempt } from '@/lib/core/call-plan/plan';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import type { Flow } from '@/lib/protocol/sip/transport';
import { escapeUser } from '@/lib/protocol/sip/uri';
import { isFlowFailure, type PhoneTarget, phoneTargets } from '@/lib/switch/registrar/reach';
import type { Call } from './call';
import {
  type CalleeFailure,
  CalleeLeg,
  type CalleeListener,
  type ChallengeAnswer,
} from './callee-leg';
import { crossingBytes } from './crossing-headers';
import { deflectionOf, forward, forwardingOf, forwardReasonOf, isLoop } from './forwarding';
import { introduceCaller } from './introduce-caller';
import type { HangUpCause } from './leg';
import { ELSEWHERE, mayTryNextRoute } from './refusals';

/** How long a callee may ring before the caller is told that nobody answers. */
const RING_LIMIT_MS = 120_000;

/** Contacts of one extension that are rung at once (facts: fork amplification). */
const MAX_BRANCHES = 10;

const LOOP: CalleeFailure = { status: 482, reason: 'Loop Detected', q850: 25 };
const NOBODY: CalleeFailure = { status: 480, reason: 'Temporarily Unavailable', q850: 20 };
const NO_ANSWER: CalleeFailure = { status: 480, reason: 'No Answer', q850: 19 };
const BAD_MEDIA: CalleeFailure = { status: 488, reason: 'Not Acceptable Here', q850: 88 };
const NO_CHANNEL: CalleeFailure = { status: 503, reason: 'No Channel Left', q850: 34 };
const NO_TRANSPORT: CalleeFailure = { status: 503, reason: 'Service Unavailable', q850: 38 };

type Outcome =
  | { readonly kind: 'answered' }
  | {
      readonly kind: 'failed';
      readonly failure: CalleeFailure;
      /** Whether any of the branches rang: nobody answers, rather than nobody is there. */
      readonly hasRung: boolean;
    };

/**
 * The application behind an ordinary call: tries the plan's attempts in order until one answers,
 * the caller gives up, or what the far side says ends it for all routes. An extension's forwards
 * are followed, each as a call of that extension's own (forwarding.ts).
 */
export async function dial(call: Call): Promise<void> {
  let failure = NOBODY;
  for (const attempt of call.plan.attempts) {
    if (call.isOver) return;
    const outcome = await tryWithForwards(call, attempt);
    if (outcome.kind === 'answered' || call.isOver) return;
    failure = outcome.failure;
    const isLast = attempt.kind === 'extension';
    if (isLast || !mayTryNextRoute(failure.status, failure.q850)) break;
  }
  call.fail(failure);
}

/** Rings an extension or a trunk; an extension may send the call on, before or after it rang. */
async function tryWithForwards(call: Call, attempt: PlannedAttempt): Promise<Outcome> {
  const forwarding = forwardingOf(call, attempt);
  if (attempt.kind === 'trunk' || !forwarding)
    return await tryAttempt(call, attempt, RING_LIMIT_MS);
  if (isLoop(call, attempt)) return failed(LOOP);
  if (forwarding.always !== null) {
    call.beginAttempt(attempt);
    return await sendOn(call, { attempt, reason: 'always', to: forwarding.always }, NOBODY);
  }
  const limitMs = forwarding.noAnswer === null ? RING_LIMIT_MS : forwarding.noAnswerSeconds * 1_000;
  const outcome = await tryAttempt(call, attempt, limitMs);
  if (outcome.kind === 'answered' || call.isOver) return outcome;
  const deflected = deflectionOf(call, attempt, outcome.failure);
  if (deflected !== null) {
    return await sendOn(call, { attempt, reason: 'deflected', to: deflected }, NOBODY);
  }
  const reason = forwardReasonOf(outcome.failure, outcome.hasRung);
  const to = reason === null ? null : forwarding[reason];
  if (reason === null || to === null) return outcome;
  return await sendOn(call, { attempt, reason, to }, outcome.failure);
}

/** Follows a forward; where that leads nowhere the caller hears what came before. */
async function sendOn(
  call: Call,
  step: Parameters<typeof forward>[1],
  before: CalleeFailure,
): Promise<Outcome> {
  const outcome = await forward(call, step, dial);
  if (outcome.kind === 'answered') return outcome;
  const { status } = outcome.failure;
  // Why the forwarder's funds or rights did not do is none of the caller's business.
  const isTold = status === 486 || status === 600 || status === 482;
  return failed(isTold ? outcome.failure : before);
}

function failed(failure: CalleeFailure, hasRung = false): Outcome {
  return { kind: 'failed', failure, hasRung };
}

/** One way to one contact. */
interface Branch {
  readonly uri: string;
  readonly flow: Flow;
  readonly to: string;
  /** Route values (RFC 3327). */
  readonly routes: readonly string[];
  /** Other flows to the same phone, for when this one fails (RFC 5626 §5.3). */
  readonly alternatives: readonly PhoneTarget[];
  readonly authenticate?: ChallengeAnswer | undefined;
  /** Voices that the trunk may be offered; empty = all. */
  readonly codecs?: readonly string[];
}

async function tryAttempt(call: Call, attempt: PlannedAttempt, limitMs: number): Promise<Outcome> {
  if (attempt.kind === 'trunk') return await tryTrunk(call, attempt, limitMs);
  call.beginAttempt(attempt);
  const branches = branchesOf(call, attempt).slice(0, MAX_BRANCHES);
  if (branches.length === 0) return failed(NOBODY);
  return await ringAt(call, { attempt, branches, limitMs });
}

/**
 * A trunk may be reached at several places: the next is tried where one does not answer or says
 * 503 (RFC 3263 §4.3), each with an INVITE of its own.
 */
async function tryTrunk(
  call: Call,
  attempt: Extract<PlannedAttempt, { kind: 'trunk' }>,
  limitMs: number,
): Promise<Outcome> {
  const { directory, usage, trunkRoutes } = call.environment;
  const trunk = directory.trunkById(attempt.trunkId);
  if (!trunk) return failed(NO_TRANSPORT);
  // Planned when there was room; meanwhile others may have come.
  const isFull = call.plan.callClass !== 'emergency' && trunkLimitHit(usage, trunk) !== null;
  if (isFull) return failed(NO_CHANNEL);
  call.beginAttempt(attempt);
  const bytes = (call.caller.offer?.length ?? 0) + crossingBytes(call.provenance.crossing);
  const routes = await trunkRoutes.to(trunk, attempt.number, bytes);
  let last: Outcome = failed(trunk.kind === 'pbx' ? NOBODY : NO_TRANSPORT);
  for (const route of routes) {
    if (call.isOver) break;
    const { target, ...branch } = route;
    const place = { flow: target.flow, alternatives: [], codecs: trunk.codecs };
    const branches = [{ ...branch, ...place }];
    last = await ringAt(call, { attempt, branches, limitMs });
    if (last.kind === 'answered') trunkRoutes.worked(route);
    if (last.kind === 'answered' || call.isOver) break;
    if (last.failure.status !== 503 && last.failure.status !== 408) break;
    trunkRoutes.failed(route);
  }
  return last;
}

/** What is rung at once, and for how long. */
interface Ringing {
  readonly attempt: PlannedAttempt;
  readonly branches: readonly Branch[];
  readonly limitMs: number;
}

async function ringAt(call: Call, { attempt, branches, limitMs }: Ringing): Promise<Outcome> {
  const offers = await Promise.all(branches.map((branch) => offerOn(call, branch)));
  if (call.isOver) return failed(NOBODY);
  return await new Promise<Outcome>((resolve) => fork({ call, attempt, offers, limitMs, resolve }));
}

/** A branch with the leg and the SDP that it is rung with. */
interface Offer {
  readonly branch: Branch;
  readonly legId: Uuid;
  /** Null where the caller wants the callee to offer. */
  readonly sdp: Buffer | null;
}

async function offerOn(call: Call, branch: Branch): Promise<Offer> {
  const legId = newId(call.environment.stack.clock.nowMs());
  const { leg, offer } = call.caller;
  const { trunkId } = leg.identity;
  const from = trunkId === null ? undefined : call.environment.directory.trunkById(trunkId);
  const codecs = { from: from?.codecs ?? [], to: branch.codecs ?? [] };
  const sdp = offer && (await call.media.offerTo(legId, { leg, offer }, codecs));
  return { branch, legId, sdp };
}

interface Fork {
  readonly call: Call;
  readonly attempt: PlannedAttempt;
  readonly offers: readonly Offer[];
  readonly limitMs: number;
  readonly resolve: (outcome: Outcome) => void;
}

/** Rings all branches at once; the first answer wins, the best refusal is what is heard. */
function fork({ call, attempt, offers, limitMs, resolve }: Fork): void {
  const { stack } = call.environment;
  const ringing = new Set<CalleeLeg>();
  let best: CalleeFailure | undefined;
  let done = false;
  let forgetCall: (() => void) | undefined;
  let hasRung = false;
  let stopped = false;
  let changingFlow = 0;
  const finish = (outcome: Outcome): void => {
    if (done) return;
    done = true;
    limit.cancel();
    forgetCall?.();
    resolve(outcome);
  };
  const giveUp = (cause: HangUpCause, except?: CalleeLeg): void => {
    stopped = true;
    for (const leg of ringing) {
      if (leg === except) continue;
      leg.hangUp(cause);
      call.media.drop(leg.id);
    }
    ringing.clear();
  };
  const fail = (leg: CalleeLeg, failure: CalleeFailure): void => {
    ringing.delete(leg);
    call.media.drop(leg.id);
    best = better(best, failure);
    // 6xx is the callee's word for all its phones (RFC 3261 §16.7 step 5).
    if (failure.status >= 600) giveUp({ q850: failure.q850, text: 'declined elsewhere' });
    if (ringing.size === 0 && changingFlow === 0) finish(failed(best, hasRung));
  };
  const changeFlow = (leg: CalleeLeg, next: Branch, failure: CalleeFailure): void => {
    changingFlow += 1;
    offerOn(call, next).then(
      (offer) => {
        changingFlow -= 1;
        if (stopped || done) call.media.drop(offer.legId);
        else invite(call, attempt, { leg: legFor(offer), offer });
        fail(leg, failure);
      },
      (error: unknown) => {
        changingFlow -= 1;
        stack.log.warn('call.flow', { callId: call.callId, error });
        fail(leg, failure);
      },
    );
  };
  const limit = stack.timers.after(limitMs, () => {
    giveUp({ q850: NO_ANSWER.q850, text: 'no answer' });
    finish(failed(NO_ANSWER, true));
  });
  const legFor = (offer: Offer): CalleeLeg => {
    const leg = legOf(call, attempt, {
      offer,
      listener: {
        onProvisional: (from, status, early) => {
          hasRung = true;
          call.ringing(from, status, early).catch((error: unknown) => {
            stack.log.warn('call.early_media', { callId: call.callId, error });
          });
        },
        onAnswered: (from, answer) => {
          giveUp(ELSEWHERE, from);
          call.answered(from, answer).then(
            () => finish({ kind: 'answered' }),
            (error: unknown) => {
              stack.log.warn('call.answer', { callId: call.callId, error });
              from.hangUp({ q850: 88, text: 'media' });
              finish(failed(BAD_MEDIA, hasRung));
            },
          );
        },
        onFailed: (from, failure) => {
          const next = stopped || done ? undefined : nextFlow(offer.branch, failure);
          if (next) changeFlow(from, next, failure);
          else fail(from, failure);
        },
      },
    });
    ringing.add(leg);
    return leg;
  };
  const legs = offers.map((offer) => ({ leg: legFor(offer), offer }));
  forgetCall = call.whenOver(() => finish(failed(best ?? NOBODY, hasRung)));
  for (const ringer of legs) invite(call, attempt, ringer);
}

function legOf(
  call: Call,
  attempt: PlannedAttempt,
  { offer, listener }: { offer: Offer; listener: CalleeListener },
): CalleeLeg {
  const { stack } = call.environment;
  const leg = new CalleeLeg(stack, {
    id: offer.legId,
    identity: {
      seq: call.nextSeq(),
      sipCallId: `${stack.randomToken()}@${stack.publicAddress}`,
      extensionId: attempt.kind === 'extension' ? attempt.extensionId : null,
      trunkId: attempt.kind === 'trunk' ? attempt.trunkId : null,
      target: offer.branch.uri,
    },
    flow: offer.branch.flow,
    isKin:
      attempt.kind === 'trunk'
        ? (flow) => call.environment.trunkRoutes.isOf(attempt.trunkId, flow)
        : undefined,
    listener,
  });
  call.addLeg(leg);
  return leg;
}

function invite(
  call: Call,
  attempt: PlannedAttempt,
  { leg, offer }: { leg: CalleeLeg; offer: Offer },
): void {
  const { branch, sdp } = offer;
  const introduction = introduceCaller(call, attempt);
  leg.invite({
    uri: branch.uri,
    from: introduction.from,
    to: branch.to,
    maxForwards: call.caller.maxForwards - 1,
    headers: { route: branch.routes, ...introduction.headers },
    authenticate: branch.authenticate,
    sdp,
  });
}

/** The next flow of a phone whose flow failed; undefined where the phone itself said no. */
function nextFlow(branch: Branch, failure: CalleeFailure): Branch | undefined {
  const [next, ...others] = branch.alternatives;
  if (!next || !isFlowFailure(failure.status)) return undefined;
  return { ...next, to: branch.to, alternatives: others };
}

/**
 * 6xx before anything, then the lowest class (RFC 3261 §16.7 step 6). In a class a phone that is
 * busy says more than one that is just not there.
 */
function better(known: CalleeFailure | undefined, next: CalleeFailure): CalleeFailure {
  if (!known || next.status >= 600) return next;
  if (known.status >= 600) return known;
  const [knownClass, nextClass] = [known, next].map(({ status }) => Math.floor(status / 100));
  if (knownClass === nextClass) return next.status === 486 ? next : known;
  return (nextClass ?? 6) < (knownClass ?? 6) ? next : known;
}

function branchesOf(
  call: Call,
  attempt: Extract<PlannedAttempt, { kind: 'extension' }>,
): readonly Branch[] {
  const { directory, location, stack } = call.environment;
  const tenant = directory.tenantById(attempt.tenantId);
  const to = `<sip:${escapeUser(attempt.number)}@${tenant?.domain ?? stack.publicAddress}>`;
  const bindings = location.lookup(attempt.extensionId, stack.clock.nowMs());
  return phoneTargets(bindings).map((target) => ({ ...target, to }));
}

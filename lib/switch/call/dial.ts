import { trunkLimitHit } from '@/lib/core/call-plan/limit-checks';
import type { PlannedAttempt } from '@/lib/core/call-plan/plan';
import { type Flow, isSecure } from '@/lib/protocol/sip/transport';
import { escapeUser } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { phoneTargets } from '@/lib/switch/registrar/reach';
import type { AttemptOutcome } from '@/lib/switch/trunks/quality';
import type { TrunkRoute } from '@/lib/switch/trunks/routes';
import type { Call } from './call';
import type { CalleeFailure } from './callee-leg';
import { crossingBytes } from './crossing-headers';
import type { CallEnvironment } from './environment';
import { type Branch, failed, type Outcome, ringAt } from './fork';
import { deflectionOf, forward, forwardingOf, forwardReasonOf, isLoop } from './forwarding';
import { mayProtect } from './media-protection';
import { soundFailure } from './refusal-voice';
import { mayTryNextRoute } from './refusals';

/** How long a callee may ring before the caller is told that nobody answers. */
const RING_LIMIT_MS = 120_000;

/** Contacts of one extension that are rung at once (facts: fork amplification). */
const MAX_BRANCHES = 10;

const LOOP: CalleeFailure = { status: 482, reason: 'Loop Detected', q850: 25 };
const NOBODY: CalleeFailure = { status: 480, reason: 'Temporarily Unavailable', q850: 20 };
const NO_CHANNEL: CalleeFailure = { status: 503, reason: 'No Channel Left', q850: 34 };
const NO_TRANSPORT: CalleeFailure = { status: 503, reason: 'Service Unavailable', q850: 38 };

/**
 * The application behind an ordinary call: tries the plan's attempts in order until one answers,
 * the caller gives up, or what the far side says ends it for all routes. An extension's forwards
 * are followed, each as a call of that extension's own (forwarding.ts).
 */
export async function dial(call: Call): Promise<void> {
  let failure = NOBODY;
  for (const attempt of call.planned) {
    if (call.isOver) return;
    const outcome = await tryWithForwards(call, attempt);
    if (outcome.kind === 'answered' || call.isOver) return;
    failure = outcome.failure;
    const isLast = attempt.kind === 'extension';
    const isStuck = isLast || call.caller.hasEarlySession === true;
    if (isStuck || !mayTryNextRoute(failure.status, failure.q850)) break;
  }
  await soundFailure(call, failure);
  if (!call.isOver) call.fail(failure);
}

/** Rings an extension or a trunk; an extension may send the call on, before or after it rang. */
async function tryWithForwards(call: Call, attempt: PlannedAttempt): Promise<Outcome> {
  const forwarding = forwardingOf(call, attempt);
  if (attempt.kind === 'trunk' || !forwarding)
    return await tryAttempt(call, attempt, RING_LIMIT_MS);
  if (isLoop(call, attempt)) return failed(LOOP);
  if (forwarding.always !== null && !attempt.ringsThrough) {
    call.beginAttempt(attempt);
    return await sendOn(call, { attempt, reason: 'always', to: forwarding.always }, NOBODY);
  }
  const limitMs = forwarding.noAnswer === null ? RING_LIMIT_MS : forwarding.noAnswerSeconds * 1_000;
  const outcome = await tryAttempt(call, attempt, limitMs);
  if (outcome.kind === 'answered' || call.isOver || call.caller.hasEarlySession) return outcome;
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

/** A call by sips never leaves TLS: rather no call than one that is read, unless it is for help. */
function mayRing({ caller, facts }: Call, flow: Flow): boolean {
  return !caller.needsTls || isSecure(flow) || facts.callClass === 'emergency';
}

async function tryAttempt(call: Call, attempt: PlannedAttempt, limitMs: number): Promise<Outcome> {
  if (attempt.kind === 'trunk') return await tryTrunk(call, attempt, limitMs);
  call.beginAttempt(attempt);
  const branches = branchesOf(call, attempt);
  if (branches.length === 0) return failed(NOBODY);
  return await ringAt(call, { attempt, branches, limitMs });
}

/** Rings a trunk, and notes how that came out: whoever fails too often comes last. */
async function tryTrunk(
  call: Call,
  attempt: Extract<PlannedAttempt, { kind: 'trunk' }>,
  limitMs: number,
): Promise<Outcome> {
  const { directory, usage, trunkQuality } = call.environment;
  const trunk = directory.trunkById(attempt.trunkId);
  if (!trunk) return failed(NO_TRANSPORT);
  // Planned when there was room; meanwhile others may have come.
  const isFull = call.facts.callClass !== 'emergency' && trunkLimitHit(usage, trunk) !== null;
  if (isFull) return failed(NO_CHANNEL);
  call.beginAttempt(attempt);
  const outcome = await tryPlaces(call, { attempt, trunk, limitMs });
  if (trunk.carrierId !== null) {
    trunkQuality.attempted(trunk.id, qualityOf(outcome, call.isOver), trunk);
  }
  return outcome;
}

/** What an attempt says of its carrier: nothing bad where the caller gave up. */
function qualityOf(outcome: Outcome, isGivenUp: boolean): AttemptOutcome {
  if (outcome.kind === 'answered') return 'answered';
  const { status, q850 } = outcome.failure;
  return !isGivenUp && mayTryNextRoute(status, q850) ? 'failed' : 'unanswered';
}

/**
 * A trunk may be reached at several places: the next is tried where one does not answer or says
 * 503 (RFC 3263 §4.3), each with an INVITE of its own. Where it sends the call to another place of
 * its own (3xx) that one is tried, once.
 */
async function tryPlaces(
  call: Call,
  place: {
    readonly attempt: Extract<PlannedAttempt, { kind: 'trunk' }>;
    readonly trunk: ConfigTrunk;
    readonly limitMs: number;
  },
): Promise<Outcome> {
  const { attempt, trunk, limitMs } = place;
  const { trunkRoutes } = call.environment;
  const bytes = (call.caller.offer?.length ?? 0) + crossingBytes(call.provenance.crossing);
  const routes = await trunkRoutes.to(trunk, attempt.number, bytes);
  let last: Outcome = failed(trunk.kind === 'pbx' ? NOBODY : NO_TRANSPORT);
  const ring = async (route: TrunkRoute): Promise<Outcome> => {
    const { target, ...branch } = route;
    const { codecs, mediaSecurity } = trunk;
    const way = { flow: target.flow, alternatives: [], codecs, mediaSecurity };
    const outcome = await ringAt(call, { attempt, branches: [{ ...branch, ...way }], limitMs });
    if (outcome.kind === 'answered') trunkRoutes.worked(route);
    return outcome;
  };
  for (const route of routes) {
    if (call.isOver) break;
    const { flow } = route.target;
    if (!mayRing(call, flow) || !mayProtect(trunk.mediaSecurity, flow)) continue;
    last = await ring(route);
    if (last.kind === 'answered' || call.isOver || call.caller.hasEarlySession) break;
    const other = await redirectedRoute(call, attempt, last.failure.redirects ?? []);
    const isNew = other !== undefined && other.uri !== route.uri;
    const mayGoOn = isNew && !call.isOver && mayProtect(trunk.mediaSecurity, other.target.flow);
    if (mayGoOn && mayRing(call, other.target.flow)) return await ring(other);
    if (last.failure.status !== 503 && last.failure.status !== 408) break;
    trunkRoutes.failed(route);
  }
  return last;
}

/** The first way of a 3xx that leads to a place of the same trunk, for the same number. */
async function redirectedRoute(
  { environment }: Call,
  { trunkId, number }: Extract<PlannedAttempt, { kind: 'trunk' }>,
  redirects: readonly string[],
): Promise<TrunkRoute | undefined> {
  const { directory, trunkRoutes } = environment;
  const trunk = directory.trunkById(trunkId);
  for (const contact of trunk ? redirects : []) {
    // What can't be looked up is nobody's place.
    const route =
      trunk && (await trunkRoutes.redirected(trunk, number, contact).catch(() => undefined));
    if (route) return route;
  }
  return undefined;
}

function branchesOf(
  call: Call,
  attempt: Extract<PlannedAttempt, { kind: 'extension' }>,
): readonly Branch[] {
  return phonesOf(call.environment, attempt, (flow) => mayRing(call, flow));
}

/** The registered phones of an extension that can be reached as its media is to be protected. */
export function phonesOf(
  { directory, location, stack }: CallEnvironment,
  { extensionId, tenantId, number }: Omit<Extract<PlannedAttempt, { kind: 'extension' }>, 'kind'>,
  isUsable: (flow: Flow) => boolean,
): readonly Branch[] {
  const tenant = directory.tenantById(tenantId);
  const to = `<sip:${escapeUser(number)}@${tenant?.domain ?? stack.publicAddress}>`;
  const bindings = location.lookup(extensionId, stack.clock.nowMs());
  const mediaSecurity = directory.extensionById(extensionId)?.mediaSecurity ?? 'auto';
  const usable = bindings.filter(({ flow }) => isUsable(flow) && mayProtect(mediaSecurity, flow));
  return phoneTargets(usable)
    .slice(0, MAX_BRANCHES)
    .map(({ uri, flow, routes, alternatives }) => {
      return { uri, flow, routes, alternatives, to, mediaSecurity };
    });
}

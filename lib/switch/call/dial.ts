import type { CallerId, PlannedAttempt } from '@/lib/core/call-plan/plan';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { quote } from '@/lib/protocol/sip/parameters';
import { toWireText } from '@/lib/protocol/sip/text';
import type { Flow } from '@/lib/protocol/sip/transport';
import { escapeUser } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { BindingRecord } from '@/lib/services/registrations/types';
import type { Call } from './call';
import { type CalleeFailure, CalleeLeg } from './callee-leg';
import { mayTryNextRoute } from './refusals';

/** How long a callee may ring before the caller is told that nobody answers. */
const RING_LIMIT_MS = 120_000;

const NOBODY: CalleeFailure = { status: 480, reason: 'Temporarily Unavailable', q850: 20 };
const NO_ANSWER: CalleeFailure = { status: 480, reason: 'No Answer', q850: 19 };
const BAD_MEDIA: CalleeFailure = { status: 488, reason: 'Not Acceptable Here', q850: 88 };
const NO_TRANSPORT: CalleeFailure = { status: 503, reason: 'Service Unavailable', q850: 38 };

type Outcome = { readonly kind: 'answered' } | { readonly kind: 'failed'; failure: CalleeFailure };

/**
 * The application behind an ordinary call: tries the plan's attempts in order until one answers,
 * the caller gives up, or what the far side says ends it for all routes.
 */
export async function dial(call: Call): Promise<void> {
  let failure = NOBODY;
  for (const attempt of call.plan.attempts) {
    if (call.isOver) return;
    const outcome = await tryAttempt(call, attempt);
    if (outcome.kind === 'answered' || call.isOver) return;
    failure = outcome.failure;
    if (!mayTryNextRoute(failure.status, failure.q850)) break;
  }
  call.fail(failure);
}

/** One way to one contact. */
interface Branch {
  readonly uri: string;
  readonly flow: Flow;
  readonly to: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function tryAttempt(call: Call, attempt: PlannedAttempt): Promise<Outcome> {
  call.beginAttempt(attempt);
  const branches = branchesOf(call, attempt);
  if (branches.length === 0) {
    return { kind: 'failed', failure: attempt.kind === 'extension' ? NOBODY : NO_TRANSPORT };
  }
  const offers = await Promise.all(branches.map((branch) => offerOn(call, branch)));
  if (call.isOver) return { kind: 'failed', failure: NOBODY };
  return await new Promise<Outcome>((resolve) => fork({ call, attempt, offers, resolve }));
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
  const sdp = offer && (await call.media.offerTo(legId, { leg, offer }));
  return { branch, legId, sdp };
}

interface Fork {
  readonly call: Call;
  readonly attempt: PlannedAttempt;
  readonly offers: readonly Offer[];
  readonly resolve: (outcome: Outcome) => void;
}

/** Rings all branches at once; the first answer wins, the best refusal is what is heard. */
function fork({ call, attempt, offers, resolve }: Fork): void {
  const { stack } = call.environment;
  const ringing = new Set<CalleeLeg>();
  let best: CalleeFailure | undefined;
  let done = false;
  const finish = (outcome: Outcome): void => {
    if (done) return;
    done = true;
    limit.cancel();
    resolve(outcome);
  };
  const giveUp = (failure: CalleeFailure, except?: CalleeLeg): void => {
    for (const leg of ringing) {
      if (leg === except) continue;
      leg.hangUp({ q850: failure.q850, text: 'given up' });
      call.media.drop(leg.id);
    }
    ringing.clear();
  };
  const fail = (leg: CalleeLeg, failure: CalleeFailure): void => {
    ringing.delete(leg);
    call.media.drop(leg.id);
    best = better(best, failure);
    // 6xx is the callee's word for all its phones (RFC 3261 §16.7 step 5).
    if (failure.status >= 600) giveUp(failure);
    if (ringing.size === 0) finish({ kind: 'failed', failure: best });
  };
  const limit = stack.timers.after(RING_LIMIT_MS, () => {
    giveUp(NO_ANSWER);
    finish({ kind: 'failed', failure: NO_ANSWER });
  });
  const legs = offers.map(({ branch, legId, sdp }) => {
    const leg = new CalleeLeg(stack, {
      id: legId,
      identity: {
        seq: call.nextSeq(),
        sipCallId: `${stack.randomToken()}@${stack.publicAddress}`,
        extensionId: attempt.kind === 'extension' ? attempt.extensionId : null,
        trunkId: attempt.kind === 'trunk' ? attempt.trunkId : null,
        target: branch.uri,
      },
      flow: branch.flow,
      listener: {
        onProvisional: (from, status, early) => {
          call.ringing(from, status, early).catch((error: unknown) => {
            stack.log.warn('call.early_media', { callId: call.callId, error });
          });
        },
        onAnswered: (from, answer) => {
          giveUp({ ...NO_ANSWER, q850: 26 }, from);
          call.answered(from, answer).then(
            () => finish({ kind: 'answered' }),
            (error: unknown) => {
              stack.log.warn('call.answer', { callId: call.callId, error });
              from.hangUp({ q850: 88, text: 'media' });
              finish({ kind: 'failed', failure: BAD_MEDIA });
            },
          );
        },
        onFailed: fail,
      },
    });
    call.addLeg(leg);
    ringing.add(leg);
    return { leg, branch, sdp };
  });
  call.whenOver(() => finish({ kind: 'failed', failure: best ?? NOBODY }));
  for (const { leg, branch, sdp } of legs) {
    leg.invite({
      uri: branch.uri,
      from: fromOf(call, attempt),
      to: branch.to,
      maxForwards: call.caller.maxForwards - 1,
      headers: branch.headers,
      sdp,
    });
  }
}

/** 6xx before anything, then the lowest class (RFC 3261 §16.7 step 6). */
function better(known: CalleeFailure | undefined, next: CalleeFailure): CalleeFailure {
  if (!known) return next;
  if (next.status >= 600) return next;
  if (known.status >= 600) return known;
  return Math.floor(next.status / 100) < Math.floor(known.status / 100) ? next : known;
}

function branchesOf(call: Call, attempt: PlannedAttempt): readonly Branch[] {
  const { directory, location, stack } = call.environment;
  if (attempt.kind === 'trunk') {
    const trunk = directory.trunkById(attempt.trunkId);
    return trunk ? trunkBranches(call, trunk, attempt.number) : [];
  }
  const tenant = directory.tenantById(attempt.tenantId);
  const to = `<sip:${escapeUser(attempt.number)}@${tenant?.domain ?? stack.publicAddress}>`;
  return location
    .lookup(attempt.extensionId, stack.clock.nowMs())
    .map((binding) => ({ uri: binding.contactUri, flow: flowOf(binding), to, headers: {} }));
}

function trunkBranches(call: Call, trunk: ConfigTrunk, number: string): readonly Branch[] {
  const transport = trunk.transport ?? 'udp';
  const remote = {
    address: trunk.address,
    port: trunk.port ?? (transport === 'tls' ? 5061 : 5060),
  };
  const flow = call.environment.flowTo({ transport, remote });
  if (!flow) return [];
  const host = remote.address.includes(':') ? `[${remote.address}]` : remote.address;
  const suffix = transport === 'udp' ? '' : `;transport=${transport}`;
  const uri = `sip:${escapeUser(numberFor(trunk, number))}@${host}:${remote.port}${suffix}`;
  return [{ uri, flow, to: `<${uri}>`, headers: {} }];
}

function numberFor(trunk: ConfigTrunk, number: string): string {
  if (!number.startsWith('+')) return number;
  switch (trunk.numberFormat) {
    case 'plus_e164':
      return number;
    case 'e164':
      return number.slice(1);
    case 'national':
      return number.startsWith('+1') ? number.slice(2) : number.slice(1);
  }
}

/** Bindings store the flow as plain JSON; the registrar wrote it, so its shape is known. */
function flowOf(binding: BindingRecord): Flow {
  return binding.flow as unknown as Flow;
}

/** Who calls, as the callee sees it: a name only within the house. */
function fromOf(call: Call, attempt: PlannedAttempt): string {
  const { directory, stack } = call.environment;
  const callerId: CallerId = call.plan.callerId;
  if (callerId.number === null) return '"Anonymous" <sip:anonymous@anonymous.invalid>';
  const user = escapeUser(callerId.number);
  if (attempt.kind === 'trunk') return `<sip:${user}@${stack.publicAddress}>`;
  const domain = directory.tenantById(attempt.tenantId)?.domain ?? stack.publicAddress;
  const name = nameOf(call);
  return `${name === '' ? '' : `${quote(name)} `}<sip:${user}@${domain}>`;
}

function nameOf(call: Call): string {
  const { directory } = call.environment;
  if (call.plan.callClass === 'internal' && call.facts.fromExtensionId !== null) {
    const name = directory.extensionById(call.facts.fromExtensionId)?.name ?? '';
    return toWireText(name.replace(/[\r\n\0]/g, ' '));
  }
  if (call.plan.callClass !== 'inbound') return '';
  return parseNameAddr(call.caller.request?.header('from') ?? '')?.displayName ?? '';
}

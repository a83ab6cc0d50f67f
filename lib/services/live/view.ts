import type { ControlEvent } from '@/lib/control/events';
import type { CallFact, HopFact } from '@/lib/control/facts';
import type { Actor } from '@/lib/services/context';
import type { LiveCall, LiveEvent } from './schemas';

/** Whose eyes an event is for. */
export type Viewer = Pick<Actor, 'accountId' | 'accountPath' | 'accountKind'>;

const iso = (atMs: number): string => new Date(atMs).toISOString();
const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : iso(atMs));

function within(viewer: Viewer, path: string | null): boolean {
  return path?.startsWith(viewer.accountPath) ?? false;
}

/**
 * What a viewer may see of an event: nothing of what lies outside their subtree, and of a call's
 * prices the hops that they pay or are paid at (the operator: all). null: none of their business.
 */
export function viewEvent(event: ControlEvent, viewer: Viewer): LiveEvent | null {
  switch (event.type) {
    case 'hello':
    case 'ping':
      return null;
    case 'registration.changed':
      return within(viewer, event.accountPath) ? viewRegistration(event) : null;
    case 'registration.refused': {
      if (!within(viewer, event.accountPath)) return null;
      const { type, tenantId, extensionId, reason, address, userAgent } = event;
      return { type, at: iso(event.atMs), tenantId, extensionId, reason, address, userAgent };
    }
    case 'trunk.changed': {
      const visible = within(viewer, event.accountPath) || viewer.accountKind === 'operator';
      return visible ? { type: event.type, at: iso(event.atMs), trunkId: event.trunkId } : null;
    }
    case 'config.observed': {
      const visible = within(viewer, event.accountPath) || viewer.accountKind === 'operator';
      const { type, kind, objectId, generation } = event;
      return visible ? { type, at: iso(event.atMs), kind, objectId, generation } : null;
    }
    case 'call.ended': {
      const call = viewCall(event.call, viewer);
      const { durationMs, hungUpBy, refusalCode, refusalText } = event.end;
      const end = {
        durationMs,
        hungUpBy,
        ...refusalFor(viewer, call, { refusalCode, refusalText }),
      };
      return call && { type: event.type, at: iso(event.atMs), call, ...end };
    }
    case 'call.started':
    case 'call.ringing':
    case 'call.answered':
    case 'call.recording': {
      const call = viewCall(event.call, viewer);
      return call && { type: event.type, at: iso(event.atMs), call };
    }
  }
}

interface Refusal {
  readonly refusalCode: string | null;
  readonly refusalText: string | null;
}

/** Why a call was refused concerns those who make and pay it, not those it was meant for. */
function refusalFor(viewer: Viewer, call: LiveCall | null, refusal: Refusal): Refusal {
  const told = viewer.accountKind === 'operator' || (call !== null && call.side !== 'callee');
  return told ? refusal : { refusalCode: null, refusalText: null };
}

function viewRegistration(
  event: Extract<ControlEvent, { type: 'registration.changed' }>,
): LiveEvent {
  const { type, tenantId, extensionId, registered, cause, binding } = event;
  return {
    type,
    at: iso(event.atMs),
    tenantId,
    extensionId,
    registered,
    cause,
    userAgent: binding?.userAgent ?? null,
    address: binding?.address ?? null,
    transport: binding?.transport ?? null,
    expiresAt: isoOrNull(binding?.expiresAtMs ?? null),
  };
}

/** A live call as a viewer may see it; null where nobody in their subtree has part in it. */
export function viewCall(fact: CallFact, viewer: Viewer): LiveCall | null {
  const calls = within(viewer, fact.from.accountPath) || within(viewer, fact.payerAccountPath);
  const isCalled = within(viewer, fact.to.accountPath);
  const everything = viewer.accountKind === 'operator';
  if (!calls && !isCalled && !everything) return null;
  const callerSide = calls || everything;
  return {
    callId: fact.callId,
    class: fact.class,
    state: fact.state,
    side: calls && isCalled ? 'both' : isCalled ? 'callee' : 'caller',
    from: viewParty(fact.from, viewer),
    to: viewParty(fact.to, viewer),
    dialled: callerSide ? fact.dialled : null,
    destination: callerSide ? fact.destination : null,
    hops: fact.hops.filter((hop) => seesHop(hop, viewer)).map(viewHop),
    trunkId: everything ? fact.trunkId : null,
    carrierId: everything ? fact.carrierId : null,
    startedAt: iso(fact.startedAtMs),
    ringingAt: isoOrNull(fact.ringingAtMs),
    answeredAt: isoOrNull(fact.answeredAtMs),
    endedAt: isoOrNull(fact.endedAtMs),
    recording: recordingFor(fact, viewer),
  };
}

/** Whether a call is recorded is its account's own business, as is what it holds. */
function recordingFor({ recordings }: CallFact, viewer: Viewer): LiveCall['recording'] {
  const own = recordings?.find(({ accountId }) => accountId === viewer.accountId);
  return own === undefined || own.state === 'stopped' ? null : own.state;
}

function viewParty(party: CallFact['from'], viewer: Viewer): LiveCall['from'] {
  const own = within(viewer, party.accountPath);
  return {
    number: party.number,
    name: own ? party.name : null,
    extensionId: own ? party.extensionId : null,
    tenantId: own ? party.tenantId : null,
  };
}

function seesHop(hop: HopFact, viewer: Viewer): boolean {
  if (viewer.accountKind === 'operator') return true;
  return hop.buyerAccountId === viewer.accountId || hop.sellerAccountId === viewer.accountId;
}

function viewHop(hop: HopFact): LiveCall['hops'][number] {
  const { currency } = hop;
  return {
    hop: hop.hop,
    buyerAccountId: hop.buyerAccountId,
    sellerAccountId: hop.sellerAccountId,
    perMinute: { amount: hop.perMinute, currency },
    connectFee: { amount: hop.connectFee, currency },
    firstIncrementSeconds: hop.firstIncrementSeconds,
    nextIncrementSeconds: hop.nextIncrementSeconds,
    freeSeconds: hop.freeSeconds,
    amount: hop.amount === null ? null : { amount: hop.amount, currency },
  };
}

import { parseSipUri, sameUri } from '@/lib/protocol/sip/uri';
import { bindingKeyOf } from '@/lib/services/registrations/rules';
import { Binding, type BindingInit } from './binding';

/** Phones that ask for less are told so (RFC 3261 §10.3, 423). */
export const MIN_EXPIRES_SECONDS = 60;
/** Phones that ask for more get this. */
export const MAX_EXPIRES_SECONDS = 3600;
/** What a phone gets that asks for nothing. */
export const DEFAULT_EXPIRES_SECONDS = 3600;
/** Contacts of one extension at a time; a fork is never wider (facts: amplification). */
export const MAX_CONTACTS = 10;

/** One Contact of a REGISTER. */
export interface ContactRequest {
  readonly uri: string;
  /** Its own expires parameter; null where it has none. */
  readonly expiresSeconds: number | null;
  /** `+sip.instance`; '' where there is none. */
  readonly instanceId: string;
  /** Which flow of the instance; 0 without outbound (RFC 5626 §6). */
  readonly regId: number;
}

/** A REGISTER, read and authenticated. */
export interface RegisterRequest {
  readonly extensionId: string;
  readonly callId: string;
  readonly cseq: number;
  /** `Contact: *`. */
  readonly star: boolean;
  readonly contacts: readonly ContactRequest[];
  /** The Expires header; null where there is none. */
  readonly expiresSeconds: number | null;
  /** Where it came from, as every binding of it will say. */
  readonly via: Pick<BindingInit, 'flow' | 'path' | 'userAgent'>;
}

/** A binding that goes, and whether another of the same phone takes its place. */
export interface Removal {
  readonly binding: Binding;
  readonly isReplaced: boolean;
}

export type RegisterDecision =
  | {
      readonly kind: 'update';
      readonly upserts: readonly Binding[];
      readonly removals: readonly Removal[];
    }
  | {
      readonly kind: 'refuse';
      readonly status: 400 | 403 | 423 | 500;
      readonly reason: string;
    };

/**
 * What a REGISTER does to the bindings of its extension (RFC 3261 §10.3): all of it or nothing.
 * Without contacts it only asks. `existing` are the live bindings.
 */
export function decideRegister(
  existing: readonly Binding[],
  request: RegisterRequest,
  nowMs: number,
): RegisterDecision {
  if (request.star) return removeAll(existing, request);
  const refresh = decideRefresh(existing, request, nowMs);
  if (refresh !== undefined) return refresh;
  const upserts = new Map<string, Binding>();
  const removals = new Map<string, Removal>();
  for (const contact of request.contacts) {
    const known = knownBinding(existing, contact, request);
    if (known && isStale(known, request)) return staleRefusal();
    const asked = contact.expiresSeconds ?? request.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS;
    if (asked === 0) {
      if (known) removals.set(bindingKeyOf(known), { binding: known, isReplaced: false });
      continue;
    }
    if (asked < MIN_EXPIRES_SECONDS) {
      return { kind: 'refuse', status: 423, reason: 'Interval Too Brief' };
    }
    const binding = bindingOf(request, contact, {
      nowMs,
      expiresSeconds: Math.min(asked, MAX_EXPIRES_SECONDS),
      known,
    });
    const key = bindingKeyOf(binding);
    if (known && bindingKeyOf(known) !== key) {
      removals.set(bindingKeyOf(known), { binding: known, isReplaced: true });
    }
    upserts.set(key, binding);
  }
  for (const key of upserts.keys()) removals.delete(key);
  if (!makeRoom(existing, request, { upserts, removals })) {
    return { kind: 'refuse', status: 403, reason: 'Too Many Contacts' };
  }
  return { kind: 'update', upserts: [...upserts.values()], removals: [...removals.values()] };
}

const NO_REMOVALS: readonly Removal[] = [];

/** The only phone of an extension comes again under the same contact: nothing else can change. */
function decideRefresh(
  existing: readonly Binding[],
  request: RegisterRequest,
  nowMs: number,
): RegisterDecision | undefined {
  const [contact, another] = request.contacts;
  const [known, other] = existing;
  if (!contact || !known || another !== undefined || other !== undefined) return undefined;
  const isSame =
    known.contactUri === contact.uri &&
    known.instanceId === contact.instanceId &&
    known.regId === contact.regId;
  const asked = contact.expiresSeconds ?? request.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS;
  if (!isSame || asked < MIN_EXPIRES_SECONDS) return undefined;
  if (isStale(known, request)) return staleRefusal();
  const expiresSeconds = Math.min(asked, MAX_EXPIRES_SECONDS);
  const binding = bindingOf(request, contact, { nowMs, expiresSeconds, known });
  return { kind: 'update', upserts: [binding], removals: NO_REMOVALS };
}

/**
 * At the cap a phone takes the place of its own oldest traces: same user agent, same address, a
 * contact it has not refreshed for longest. It restarted without saying goodbye. Another phone's
 * binding never goes; where none of its own is left, the REGISTER is refused.
 */
function makeRoom(
  existing: readonly Binding[],
  request: RegisterRequest,
  changes: { upserts: ReadonlyMap<string, Binding>; removals: Map<string, Removal> },
): boolean {
  const { upserts, removals } = changes;
  if (existing.length + upserts.size <= MAX_CONTACTS) return true;
  const kept = existing.filter((one) => {
    const key = bindingKeyOf(one);
    return !upserts.has(key) && !removals.has(key);
  });
  const { userAgent, flow } = request.via;
  const own = kept
    .filter((one) => one.userAgent === userAgent && one.address === flow.remote.address)
    .sort((one, other) => one.refreshedAtMs - other.refreshedAtMs);
  let excess = kept.length + upserts.size - MAX_CONTACTS;
  for (const binding of own) {
    if (excess <= 0) break;
    removals.set(bindingKeyOf(binding), { binding, isReplaced: true });
    excess -= 1;
  }
  return excess <= 0;
}

function removeAll(existing: readonly Binding[], request: RegisterRequest): RegisterDecision {
  if (request.expiresSeconds !== 0 || request.contacts.length > 0) {
    return { kind: 'refuse', status: 400, reason: 'Contact * Needs Expires 0' };
  }
  if (existing.some((binding) => isStale(binding, request))) return staleRefusal();
  const removals = existing.map((binding) => ({ binding, isReplaced: false }));
  return { kind: 'update', upserts: [], removals };
}

/**
 * The binding that a contact refreshes. A flow of an outbound phone is instance and reg-id,
 * whatever its URI (RFC 5626 §6); else it is the URI (§10.3 step 7), unless both name instances
 * that differ; else the phone itself, come back under another URI.
 */
function knownBinding(
  existing: readonly Binding[],
  contact: ContactRequest,
  request: RegisterRequest,
): Binding | undefined {
  const { instanceId, regId } = contact;
  if (regId > 0) {
    return existing.find((one) => one.instanceId === instanceId && one.regId === regId);
  }
  const plain = existing.filter((one) => one.regId === 0);
  const byUri = plain.find((one) => isSameContact(one, contact));
  if (byUri || instanceId === '') return byUri;
  return plain.find(
    (one) =>
      one.instanceId === instanceId && !request.contacts.some((other) => isSameContact(one, other)),
  );
}

/** Whether a contact means what a binding has, reg-ids apart (§10.3 step 7). */
export function isSameContact(
  binding: Binding,
  contact: Pick<ContactRequest, 'uri' | 'instanceId'>,
): boolean {
  const bothNamed = binding.instanceId !== '' && contact.instanceId !== '';
  if (bothNamed && binding.instanceId !== contact.instanceId) return false;
  if (binding.contactUri === contact.uri) return true;
  const known = parseSipUri(binding.contactUri);
  const asked = parseSipUri(contact.uri);
  return known !== undefined && asked !== undefined && sameUri(known, asked);
}

/** Within one Call-ID only a higher CSeq may change a binding (§10.3 step 7). */
function isStale(binding: Binding, request: RegisterRequest): boolean {
  return binding.callId === request.callId && request.cseq <= binding.cseq;
}

function staleRefusal(): RegisterDecision {
  return { kind: 'refuse', status: 500, reason: 'CSeq Out Of Order' };
}

function bindingOf(
  request: RegisterRequest,
  contact: ContactRequest,
  times: { nowMs: number; expiresSeconds: number; known: Binding | undefined },
): Binding {
  const { via } = request;
  return new Binding(
    {
      extensionId: request.extensionId,
      contactUri: contact.uri,
      instanceId: contact.instanceId,
      regId: contact.regId,
      flow: via.flow,
      path: via.path,
      userAgent: via.userAgent,
      callId: request.callId,
      cseq: request.cseq,
      registeredAtMs: times.known?.registeredAtMs ?? times.nowMs,
      refreshedAtMs: times.nowMs,
      expiresAtMs: times.nowMs + times.expiresSeconds * 1000,
    },
    times.known,
  );
}

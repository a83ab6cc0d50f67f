import type { BindingRecord } from '@/lib/services/registrations/types';

/** Phones that ask for less are told so (RFC 3261 §10.3, 423). */
export const MIN_EXPIRES_SECONDS = 60;
/** Phones that ask for more get this. */
export const MAX_EXPIRES_SECONDS = 3600;
/** What a phone gets that asks for nothing. */
const DEFAULT_EXPIRES_SECONDS = 3600;
/** Contacts of one extension at a time; a fork is never wider (facts: amplification). */
export const MAX_CONTACTS = 10;

/** One Contact of a REGISTER. */
export interface ContactRequest {
  readonly uri: string;
  /** Its own expires parameter; null where it has none. */
  readonly expiresSeconds: number | null;
  readonly instanceId: string | null;
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
  readonly via: Pick<
    BindingRecord,
    'nodeId' | 'flow' | 'path' | 'userAgent' | 'address' | 'port' | 'transport'
  >;
}

export type RegisterDecision =
  | {
      readonly kind: 'update';
      readonly upserts: readonly BindingRecord[];
      readonly deletes: readonly string[];
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
  existing: readonly BindingRecord[],
  request: RegisterRequest,
  nowMs: number,
): RegisterDecision {
  if (request.star) return removeAll(existing, request);
  const upserts: BindingRecord[] = [];
  const deletes: string[] = [];
  for (const contact of request.contacts) {
    const known = existing.find((binding) => sameContact(binding, contact));
    if (known && isStale(known, request)) return staleRefusal();
    const asked = contact.expiresSeconds ?? request.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS;
    if (asked === 0) {
      if (known) deletes.push(known.contactUri);
      continue;
    }
    if (asked < MIN_EXPIRES_SECONDS) {
      return { kind: 'refuse', status: 423, reason: 'Interval Too Brief' };
    }
    if (known && known.contactUri !== contact.uri) deletes.push(known.contactUri);
    upserts.push(
      bindingOf(request, contact, {
        nowMs,
        expiresSeconds: Math.min(asked, MAX_EXPIRES_SECONDS),
        registeredAtMs: known?.registeredAtMs ?? nowMs,
      }),
    );
  }
  const gone = new Set(deletes);
  const kept = new Set(existing.map((one) => one.contactUri).filter((uri) => !gone.has(uri)));
  for (const one of upserts) kept.add(one.contactUri);
  if (kept.size > MAX_CONTACTS) {
    return { kind: 'refuse', status: 403, reason: 'Too Many Contacts' };
  }
  return { kind: 'update', upserts, deletes };
}

function removeAll(existing: readonly BindingRecord[], request: RegisterRequest): RegisterDecision {
  if (request.expiresSeconds !== 0 || request.contacts.length > 0) {
    return { kind: 'refuse', status: 400, reason: 'Contact * Needs Expires 0' };
  }
  if (existing.some((binding) => isStale(binding, request))) return staleRefusal();
  return { kind: 'update', upserts: [], deletes: existing.map((binding) => binding.contactUri) };
}

/** One phone is one instance (RFC 5626 §6): its new address takes the place of the old one. */
function sameContact(binding: BindingRecord, contact: ContactRequest): boolean {
  return (
    binding.contactUri === contact.uri ||
    (contact.instanceId !== null && binding.instanceId === contact.instanceId)
  );
}

/** Within one Call-ID only a higher CSeq may change a binding (§10.3 step 7). */
function isStale(binding: BindingRecord, request: RegisterRequest): boolean {
  return binding.callId === request.callId && request.cseq <= binding.cseq;
}

function staleRefusal(): RegisterDecision {
  return { kind: 'refuse', status: 500, reason: 'CSeq Out Of Order' };
}

function bindingOf(
  request: RegisterRequest,
  contact: ContactRequest,
  times: { nowMs: number; expiresSeconds: number; registeredAtMs: number },
): BindingRecord {
  return {
    ...request.via,
    extensionId: request.extensionId,
    contactUri: contact.uri,
    callId: request.callId,
    cseq: request.cseq,
    instanceId: contact.instanceId,
    registeredAtMs: times.registeredAtMs,
    refreshedAtMs: times.nowMs,
    expiresAtMs: times.nowMs + times.expiresSeconds * 1000,
  };
}

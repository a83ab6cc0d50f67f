import { type E164, isE164, normaliseDialled } from '@/lib/core/phone-number';
import type { Side } from './chain';
import type { CallerId, CallRequest, RefusedCall } from './plan';
import { refuse } from './refusal';
import type { Directory, ExtensionView, TenantView } from './views';

/** What a call asks for about its caller ID. */
export type CallerIdWish = Pick<CallRequest, 'callerId' | 'isWithheld' | 'isAsserted'>;

/** A tenant's caller, whose numbers may be shown. */
export interface CallerIdOwner {
  readonly tenant: TenantView;
  readonly extension: ExtensionView | null;
}

/** Who calls without a name: what networks and phones write as the user of From. */
const NAMELESS: ReadonlySet<string> = new Set([
  '',
  'anonymous',
  'restricted',
  'private',
  'withheld',
  'unknown',
  'unavailable',
]);

/** The number that stands for an extension outside, by its own or its tenant's default. */
export function defaultCallerId(tenant: TenantView, extension: ExtensionView | null): CallerId {
  const number: E164 | null = extension?.callerNumber ?? tenant.callerNumber;
  if (number === null) return { number, right: 'none', isWithheld: false };
  return { number, right: 'default', isWithheld: false };
}

/** A number that the tenant may show because it is in service there; undefined for any other. */
function ownedNumber(directory: Directory, tenant: TenantView, asked: string): E164 | undefined {
  const read = normaliseDialled(asked, { country: tenant.country });
  const owned = read.ok ? directory.numberByE164(read.e164) : undefined;
  return owned?.inService && owned.tenantId === tenant.id ? owned.e164 : undefined;
}

/** A number that the tenant may show, and why: it is in service there, or proven to be its own. */
export function showableNumber(
  directory: Directory,
  tenant: TenantView,
  asked: string,
): { readonly number: E164; readonly right: 'owned' | 'verified' } | undefined {
  const owned = ownedNumber(directory, tenant, asked);
  if (owned !== undefined) return { number: owned, right: 'owned' };
  if (!directory.rules) return undefined;
  const read = normaliseDialled(asked, { country: tenant.country });
  return read.ok && directory.rules.isVerified(tenant.id, read.e164)
    ? { number: read.e164, right: 'verified' }
    : undefined;
}

/**
 * The refusal of a call that asks to be shown as a number it has no right to, where its tenant would
 * rather have none than one under another number. What is no telephone number was never asked for.
 */
export function checkCallerId(
  side: Pick<Side, 'tenant' | 'account'>,
  wish: CallerIdWish & Pick<CallRequest, 'claimed'>,
  shown: CallerId,
): RefusedCall | null {
  const { tenant, account } = side;
  if (tenant.callerIdPolicy !== 'refuse') return null;
  if (shown.right !== 'default' && shown.right !== 'none') return null;
  const asked = wish.callerId ?? wish.claimed ?? null;
  const read = asked === null ? undefined : normaliseDialled(asked, { country: tenant.country });
  if (!read?.ok || read.e164 === shown.number) return null;
  return refuse({
    code: 'CALLER_ID_NOT_ALLOWED',
    hop: account,
    message: `${tenant.domain} has no right to be shown as ${read.e164}`,
    detail: { asked: read.e164, domain: tenant.domain },
  });
}

/**
 * What a tenant's call shows outside: the number asked for where it is the tenant's, what a trunk
 * whose word we take asserts, else the default. A number of somebody else never gets out on
 * anybody's mere wish (facts: fraud, caller ID). Withholding it is always its own to ask for.
 */
export function outboundCallerId(
  directory: Directory,
  caller: CallerIdOwner,
  wish: CallerIdWish,
): CallerId {
  const isWithheld = wish.isWithheld ?? false;
  const { tenant, extension } = caller;
  if (wish.callerId !== null) {
    const own = showableNumber(directory, tenant, wish.callerId);
    if (own) return { ...own, isWithheld };
    const asserted = wish.isAsserted
      ? normaliseDialled(wish.callerId, { country: tenant.country })
      : null;
    if (asserted?.ok) return { number: asserted.e164, right: 'asserted', isWithheld };
  }
  return { ...defaultCallerId(tenant, extension), isWithheld };
}

/** What a call inside a tenant shows: the caller's extension. */
export function internalCallerId(extension: ExtensionView | null, fallback: CallerId): CallerId {
  if (!extension) return fallback;
  return { number: extension.number, right: 'owned', isWithheld: fallback.isWithheld };
}

/** What a carrier sent, in E.164 where it is that, else as it came. */
export function receivedCallerId(wish: CallerIdWish): CallerId {
  const { callerId } = wish;
  if (callerId === null || NAMELESS.has(callerId.toLowerCase())) {
    return { number: null, right: 'none', isWithheld: true };
  }
  const plus = `+${callerId}`;
  return {
    number: isE164(plus) ? plus : callerId,
    right: wish.isAsserted ? 'asserted' : 'received',
    isWithheld: wish.isWithheld ?? false,
  };
}

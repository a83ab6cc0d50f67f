import { type E164, isE164, normaliseDialled } from '@/lib/core/phone-number';
import type { CallerId } from './plan';
import type { Directory, ExtensionView, TenantView } from './views';

/** Nobody's number. */
const WITHHELD: CallerId = { number: null, right: 'none' };

/** The number that stands for an extension outside, by its own or its tenant's default. */
export function defaultCallerId(tenant: TenantView, extension: ExtensionView | null): CallerId {
  const number: E164 | null = extension?.callerNumber ?? tenant.callerNumber;
  return number === null ? WITHHELD : { number, right: 'default' };
}

/**
 * What a tenant's call shows outside: the number asked for where the tenant owns it, else its
 * default. A number of somebody else never gets out (facts: fraud, caller ID).
 */
export function outboundCallerId(
  directory: Directory,
  caller: { readonly tenant: TenantView; readonly extension: ExtensionView | null },
  requested: string | null,
): CallerId {
  if (requested !== null) {
    const asked = normaliseDialled(requested, { country: caller.tenant.country });
    const owned = asked.ok ? directory.numberByE164(asked.e164) : undefined;
    if (owned?.inService && owned.tenantId === caller.tenant.id) {
      return { number: owned.e164, right: 'owned' };
    }
  }
  return defaultCallerId(caller.tenant, caller.extension);
}

/** What a call inside a tenant shows: the caller's extension. */
export function internalCallerId(extension: ExtensionView | null, fallback: CallerId): CallerId {
  return extension ? { number: extension.number, right: 'owned' } : fallback;
}

/** What a carrier sent, in E.164 where it is that, else as it came. */
export function receivedCallerId(requested: string | null): CallerId {
  if (requested === null || requested === '' || requested.toLowerCase() === 'anonymous') {
    return WITHHELD;
  }
  const plus = `+${requested}`;
  return { number: isE164(plus) ? plus : requested, right: 'received' };
}

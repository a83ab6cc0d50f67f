import { isEmergencyNumber } from '@/lib/core/emergency';
import type { SipRequest } from '@/lib/protocol/sip/message';
import { parseUri, uriUser } from '@/lib/protocol/sip/uri';

/** Seconds after which a caller may try a draining switch again. */
const RETRY_AFTER_SECONDS = 30;

/** What goes with the 503 of a draining switch (RFC 3261 §21.5.4). */
export const DRAINING_HEADERS = { 'retry-after': String(RETRY_AFTER_SECONDS) } as const;

/** How long calls may go on once the process was told to stop soon. */
export const LAST_MOMENT_SECONDS = 1.5;

/** How often it is looked whether calls are left. */
const LOOK_MS = 50;

/**
 * Whether a new INVITE may be one for help, in the country of the tenant that the caller claims: it
 * is looked at even by a switch that takes no other calls. What it really is, the plan says.
 */
export function mayBeEmergency(
  request: SipRequest,
  tenantByDomain: (domain: string) => { readonly country: string } | undefined,
): boolean {
  const from = parseUri(request.from.uri);
  const to = parseUri(request.uri);
  if (!from || !to || from.scheme === 'tel') return false;
  const tenant = tenantByDomain(from.host);
  return tenant !== undefined && isEmergencyNumber(tenant.country, uriUser(to));
}

/** Resolves when no call is left, when `seconds` are over, or at once when `hurry` is aborted. */
export async function callsOver(
  calls: { readonly size: number },
  patience: { readonly seconds: number; readonly hurry?: AbortSignal },
): Promise<void> {
  const untilMs = performance.now() + patience.seconds * 1_000;
  while (calls.size > 0 && performance.now() < untilMs && patience.hurry?.aborted !== true) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

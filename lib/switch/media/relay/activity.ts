import type { Endpoint } from './endpoint';
import { GATE_OPEN } from './messages';

/** A leg that ought to be heard and is not. */
export interface Silence {
  readonly silentMs: number;
  /** Its peer is not heard either. */
  readonly sessionSilent: boolean;
}

/**
 * Looks whether a leg has fallen silent, which is told once. Silence counts only where sound is due:
 * connected, gate open, nobody on hold.
 */
export function newSilence(
  endpoint: Endpoint,
  at: { readonly gate: number; readonly nowMs: number; readonly timeoutMs: number },
): Silence | null {
  const { peer } = endpoint;
  const { nowMs, timeoutMs } = at;
  if (!peer || at.gate !== GATE_OPEN || endpoint.isHeld || peer.isHeld) {
    endpoint.expectedSinceMs = null;
    return null;
  }
  endpoint.expectedSinceMs ??= nowMs;
  const silentMs = nowMs - Math.max(endpoint.expectedSinceMs, endpoint.lastHeardMs ?? 0);
  if (silentMs < timeoutMs || endpoint.isInactivityTold) return null;
  endpoint.isInactivityTold = true;
  const sinceMs = Math.max(peer.expectedSinceMs ?? nowMs, peer.lastHeardMs ?? 0);
  return { silentMs, sessionSilent: nowMs - sinceMs >= timeoutMs };
}

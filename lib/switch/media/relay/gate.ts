import type { Endpoint } from './endpoint';
import { GATE_CLOSED, GATE_EARLY } from './messages';

/** Whether what an endpoint's leg sends may go on just now. */
export function isGateOpen(gates: Int32Array, endpoint: Endpoint): boolean {
  const gate = Atomics.load(gates, endpoint.gateSlot);
  return gate !== GATE_CLOSED && !(gate === GATE_EARLY && endpoint.isCaller);
}

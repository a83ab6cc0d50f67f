import type { PlannedAttempt } from '@/lib/core/call-plan/plan';
import { fromHostOf, writeCallerNumber } from '@/lib/switch/trunks/numbers';
import type { Call } from './call';
import { type Audience, introduce, type OutboundIdentity } from './outbound-identity';

/** Introduces a call's caller to whoever an attempt dials. */
export function introduceCaller(call: Call, attempt: PlannedAttempt): OutboundIdentity {
  const { facts, provenance } = call;
  const isColleague =
    attempt.kind === 'extension' &&
    facts.callClass === 'internal' &&
    attempt.tenantId === provenance.house?.tenantId;
  return introduce({
    callerId: call.shown,
    ownName: isColleague ? (provenance.house?.name ?? '') : '',
    provenance,
    target: attempt.number,
    audience: audienceOf(call, attempt),
    loops: call.environment.loops,
  });
}

function audienceOf(call: Call, attempt: PlannedAttempt): Audience {
  const { directory, stack } = call.environment;
  if (attempt.kind === 'extension') {
    const tenant = directory.tenantById(attempt.tenantId);
    return {
      kind: 'phone',
      host: tenant?.domain ?? stack.publicAddress,
      country: tenant?.country ?? '',
    };
  }
  const trunk = directory.trunkById(attempt.trunkId);
  return {
    kind: 'trunk',
    host: (trunk && fromHostOf(directory, trunk)) ?? stack.publicAddress,
    isTrusted: trunk?.trustedIdentity ?? false,
    header: trunk?.identityHeader ?? 'pai',
    numberFor: (number) => (trunk ? writeCallerNumber(number, trunk.numbersOut) : number),
  };
}

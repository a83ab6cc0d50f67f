import type { PlannedAttempt } from '@/lib/core/call-plan/plan';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { Call } from './call';
import { type Audience, introduce, type OutboundIdentity } from './outbound-identity';

/** How a trunk wants a number written. */
export type NumberWriter = (trunk: ConfigTrunk, number: string) => string;

/** Introduces a call's caller to whoever an attempt dials. */
export function introduceCaller(
  call: Call,
  attempt: PlannedAttempt,
  numberFor: NumberWriter,
): OutboundIdentity {
  const { plan, provenance } = call;
  const isColleague =
    attempt.kind === 'extension' &&
    plan.callClass === 'internal' &&
    attempt.tenantId === provenance.house?.tenantId;
  return introduce({
    callerId: plan.callerId,
    ownName: isColleague ? (provenance.house?.name ?? '') : '',
    provenance,
    target: attempt.number,
    audience: audienceOf(call, attempt, numberFor),
    loops: call.environment.loops,
  });
}

function audienceOf(call: Call, attempt: PlannedAttempt, numberFor: NumberWriter): Audience {
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
    host: stack.publicAddress,
    isTrusted: trunk?.trustedIdentity ?? false,
    numberFor: (number) => (trunk ? numberFor(trunk, number) : number),
  };
}

import type { CallPlan, RefusedCall } from '@/lib/core/call-plan/plan';
import type { Lineage, LineageDestination, LoopGuard } from './loop-guard';

/** Our own call, come back: RFC 3261 §16.3 step 4, known by our own mark. */
const LOOPED: RefusedCall = {
  kind: 'refused',
  code: 'LOOP_DETECTED',
  hopAccountId: null,
  message: 'this call has been here before: somebody forwards it in a circle',
  detail: {},
  skipped: [],
};

/**
 * The plan as it is and the lineage with the place that it leads to; or, where the call was at that
 * place already, a refusal. A call for help goes out, whatever seems to be wrong with it.
 */
export function checkLoop(
  loops: LoopGuard,
  way: { readonly lineage: Lineage; readonly plan: CallPlan; readonly dialled: string },
): { readonly plan: CallPlan; readonly lineage: Lineage } {
  const { lineage, plan, dialled } = way;
  const onward = loops.visit(lineage, placeOf(plan, dialled));
  if (onward) return { plan, lineage: onward };
  const isEmergency = plan.kind === 'planned' && plan.callClass === 'emergency';
  return { plan: isEmergency ? plan : LOOPED, lineage };
}

function placeOf(plan: CallPlan, dialled: string): LineageDestination {
  if (plan.kind === 'refused') return { kind: 'number', number: dialled };
  const { destination } = plan;
  switch (destination.kind) {
    case 'extension':
      return { ...destination, kind: 'extension' };
    case 'e164':
      return { kind: 'number', number: destination.e164 };
    case 'emergency':
    case 'feature':
      return { kind: 'number', number: destination.digits };
  }
}

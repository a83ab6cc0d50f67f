import type { PlannedCall } from '@/lib/core/call-plan/plan';
import type { Uuid } from '@/lib/core/ids';
import type { CallFacts, CallResult, HungUpBy } from '@/lib/services/charging/types';
import type { Conversation } from './conversation';
import type { ForwardStep } from './forwarding';
import type { CallingParty } from './party';
import type { Provenance } from './provenance';
import type { Entered } from './usage';

/** How a call stands, as the portal sees it. */
export type CallPhase = 'dialling' | 'ringing' | 'talking' | 'over';

/** Whom a call tried that tried none, and who left one that nobody left. */
export const NOBODY: readonly never[] = [];

/** Of a call that was not forwarded. */
export const NO_FORWARDS: readonly ForwardStep[] = [];

export interface CallStart {
  readonly callId: Uuid;
  readonly caller: CallingParty;
  readonly conversation: Conversation;
  readonly plan: PlannedCall;
  readonly facts: CallFacts;
  /** The forwards that led to this call, the first first. */
  readonly history: readonly ForwardStep[];
  readonly provenance: Provenance;
  /** What the call was counted in at: everything that limits it. */
  readonly entered: Entered;
}

/** What ends a call. */
export interface CallEnding {
  readonly by: HungUpBy | null;
  readonly status: number;
  readonly q850: number | null;
  readonly refusal?: CallResult['refusal'];
}

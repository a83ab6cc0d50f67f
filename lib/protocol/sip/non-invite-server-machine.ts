import { fail, type Machine, RESEND, SEND, type ServerEvent, type Step, start } from './machine';

/** RFC 3261 figure 8. */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';

type NonInviteServerStep = Step<NonInviteServerState>;

const TRANSITIONS = {
  // §17.2.2: provisionals are sent, and repeated when the request is.
  provisional: { state: 'proceeding', effects: [SEND] },
  repeatProvisional: { state: 'proceeding', effects: [RESEND] },
  // §17.2.2: the final response answers repetitions until timer J.
  final: { state: 'completed', effects: [SEND, start('J')] },
  repeatFinal: { state: 'completed', effects: [RESEND] },
  // §17.2.4.
  broken: { state: 'terminated', effects: [fail('transport')] },
  end: { state: 'terminated', effects: [] },
} as const satisfies Record<string, NonInviteServerStep>;

function whilePending(
  state: 'trying' | 'proceeding',
  event: ServerEvent,
): NonInviteServerStep | undefined {
  switch (event) {
    case 'trying':
    case 'provisional':
      return TRANSITIONS.provisional;
    case 'success':
    case 'refusal':
      return TRANSITIONS.final;
    case 'retransmission':
      // §17.2.2: in Trying a repetition is discarded.
      return state === 'proceeding' ? TRANSITIONS.repeatProvisional : undefined;
    case 'transportError':
      return TRANSITIONS.broken;
    default:
      return undefined;
  }
}

function nonInviteServerStep(
  state: NonInviteServerState,
  event: ServerEvent,
): NonInviteServerStep | undefined {
  switch (state) {
    case 'trying':
    case 'proceeding':
      return whilePending(state, event);
    case 'completed':
      if (event === 'retransmission') return TRANSITIONS.repeatFinal;
      return event === 'timerJ' || event === 'transportError' ? TRANSITIONS.end : undefined;
    case 'terminated':
      return undefined;
  }
}

/** The non-INVITE server machine (§17.2.2). */
export const nonInviteServerMachine: Machine<NonInviteServerState, ServerEvent> = {
  initial: 'trying',
  step: nonInviteServerStep,
};

import {
  type ClientEvent,
  fail,
  type Machine,
  PASS,
  RESEND,
  SEND,
  type Step,
  start,
  stop,
} from './machine';

/** RFC 3261 figure 6. */
export type NonInviteClientState = 'initial' | 'trying' | 'proceeding' | 'completed' | 'terminated';

type NonInviteClientStep = Step<NonInviteClientState>;

const TRANSITIONS = {
  // §17.1.2.2: timers E and F start with the request; E on UDP only.
  begin: { state: 'trying', effects: [SEND, start('E'), start('F')] },
  // §17.1.2.2: repeat at doubling intervals up to T2 …
  repeat: { state: 'trying', effects: [RESEND, start('E')] },
  // … which in Proceeding is T2 at once (the driver sets E's attempt count to its end).
  repeatSlowly: { state: 'proceeding', effects: [RESEND, start('E')] },
  provisional: { state: 'proceeding', effects: [PASS] },
  // §17.1.2.2: any final response ends it; timer K absorbs repetitions.
  final: { state: 'completed', effects: [stop('E'), stop('F'), PASS, start('K')] },
  // §17.1.2.2: timer F.
  timeout: { state: 'terminated', effects: [stop('E'), fail('timeout')] },
  // §17.1.4.
  broken: { state: 'terminated', effects: [stop('E'), stop('F'), fail('transport')] },
  end: { state: 'terminated', effects: [] },
} as const satisfies Record<string, NonInviteClientStep>;

function whilePending(
  state: 'trying' | 'proceeding',
  event: ClientEvent,
): NonInviteClientStep | undefined {
  switch (event) {
    case 'trying':
    case 'provisional':
      return TRANSITIONS.provisional;
    case 'success':
    case 'refusal':
      return TRANSITIONS.final;
    case 'timerE':
      return state === 'trying' ? TRANSITIONS.repeat : TRANSITIONS.repeatSlowly;
    case 'timerF':
      return TRANSITIONS.timeout;
    case 'transportError':
      return TRANSITIONS.broken;
    default:
      return undefined;
  }
}

function nonInviteClientStep(
  state: NonInviteClientState,
  event: ClientEvent,
): NonInviteClientStep | undefined {
  switch (state) {
    case 'initial':
      return event === 'begin' ? TRANSITIONS.begin : undefined;
    case 'trying':
    case 'proceeding':
      return whilePending(state, event);
    case 'completed':
      return event === 'timerK' ? TRANSITIONS.end : undefined;
    case 'terminated':
      return undefined;
  }
}

/** The non-INVITE client machine (§17.1.2). */
export const nonInviteClientMachine: Machine<NonInviteClientState, ClientEvent> = {
  initial: 'initial',
  step: nonInviteClientStep,
};

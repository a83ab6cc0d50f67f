import {
  ACKNOWLEDGE,
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

/** RFC 3261 figure 5 with RFC 6026's Accepted. */
export type InviteClientState =
  | 'initial'
  | 'calling'
  | 'proceeding'
  | 'completed'
  | 'accepted'
  | 'terminated';

type InviteClientStep = Step<InviteClientState>;

const STOP_ALL = [stop('A'), stop('B'), stop('C'), stop('X')];

const TRANSITIONS = {
  // §17.1.1.2: timers A and B start with the request; A on UDP only.
  begin: { state: 'calling', effects: [SEND, start('A'), start('B')] },
  // §17.1.1.2: repeat, at twice the interval.
  repeat: { state: 'calling', effects: [RESEND, start('A')] },
  // §17.1.1.2: a provisional stops the repetition; §16.6 step 11: from now on timer C watches.
  provisional: {
    state: 'proceeding',
    effects: [stop('A'), stop('B'), start('C'), PASS],
  },
  // §17.1.1.2: further provisionals go up; 100 does not refresh timer C (§16.7 step 2).
  trying: { state: 'proceeding', effects: [PASS] },
  further: { state: 'proceeding', effects: [start('C'), PASS] },
  // RFC 6026 §8.4: a 2xx leads to Accepted, where more of them are passed up until timer M.
  success: { state: 'accepted', effects: [...STOP_ALL, PASS, start('M')] },
  another: { state: 'accepted', effects: [PASS] },
  // §17.1.1.2, §17.1.1.3: a refusal is acknowledged here; repeated ones again, until timer D.
  refusal: { state: 'completed', effects: [...STOP_ALL, ACKNOWLEDGE, PASS, start('D')] },
  refusalAgain: { state: 'completed', effects: [ACKNOWLEDGE] },
  // §17.1.1.2: timer B.
  timeout: { state: 'terminated', effects: [...STOP_ALL, fail('timeout')] },
  // §17.1.4.
  broken: { state: 'terminated', effects: [...STOP_ALL, fail('transport')] },
  // §16.8: timer C generates a CANCEL, and §9.1's wait begins.
  ringTooLong: { state: 'proceeding', effects: [{ do: 'cancel' }] },
  // §9.1: 64·T1 after the CANCEL the INVITE is considered cancelled.
  cancelSent: { state: 'proceeding', effects: [stop('C'), start('X')] },
  end: { state: 'terminated', effects: [] },
} as const satisfies Record<string, InviteClientStep>;

function whileCalling(event: ClientEvent): InviteClientStep | undefined {
  switch (event) {
    case 'trying':
    case 'provisional':
      return TRANSITIONS.provisional;
    case 'success':
      return TRANSITIONS.success;
    case 'refusal':
      return TRANSITIONS.refusal;
    case 'timerA':
      return TRANSITIONS.repeat;
    case 'timerB':
      return TRANSITIONS.timeout;
    case 'transportError':
      return TRANSITIONS.broken;
    default:
      return undefined;
  }
}

function whileProceeding(event: ClientEvent): InviteClientStep | undefined {
  switch (event) {
    case 'trying':
      return TRANSITIONS.trying;
    case 'provisional':
      return TRANSITIONS.further;
    case 'success':
      return TRANSITIONS.success;
    case 'refusal':
      return TRANSITIONS.refusal;
    case 'timerC':
      return TRANSITIONS.ringTooLong;
    case 'cancelSent':
      return TRANSITIONS.cancelSent;
    case 'timerX':
      return TRANSITIONS.timeout;
    case 'transportError':
      return TRANSITIONS.broken;
    default:
      return undefined;
  }
}

function inviteClientStep(
  state: InviteClientState,
  event: ClientEvent,
): InviteClientStep | undefined {
  switch (state) {
    case 'initial':
      return event === 'begin' ? TRANSITIONS.begin : undefined;
    case 'calling':
      return whileCalling(event);
    case 'proceeding':
      return whileProceeding(event);
    case 'completed':
      if (event === 'refusal') return TRANSITIONS.refusalAgain;
      return event === 'timerD' || event === 'transportError' ? TRANSITIONS.end : undefined;
    case 'accepted':
      if (event === 'success') return TRANSITIONS.another;
      return event === 'timerM' ? TRANSITIONS.end : undefined;
    case 'terminated':
      return undefined;
  }
}

/** The INVITE client machine (§17.1.1, RFC 6026 §8.4). */
export const inviteClientMachine: Machine<InviteClientState, ClientEvent> = {
  initial: 'initial',
  step: inviteClientStep,
};

import {
  fail,
  type Machine,
  PASS,
  RESEND,
  SEND,
  type ServerEvent,
  type Step,
  start,
  stop,
} from './machine';

/** RFC 3261 figure 7 with RFC 6026's Accepted. */
export type InviteServerState =
  | 'initial'
  | 'proceeding'
  | 'completed'
  | 'confirmed'
  | 'accepted'
  | 'terminated';

type InviteServerStep = Step<InviteServerState>;

const TRANSITIONS = {
  // §17.2.1: 100 unless the user answers within 200 ms.
  begin: { state: 'proceeding', effects: [start('100')] },
  trying: { state: 'proceeding', effects: [{ do: 'trying' }] },
  provisional: { state: 'proceeding', effects: [stop('100'), SEND] },
  // §17.2.1: a repeated request gets the last provisional again.
  repeatProvisional: { state: 'proceeding', effects: [RESEND] },
  // §17.2.1: a refusal is repeated (G, on UDP) until the ACK, at most until H.
  refusal: { state: 'completed', effects: [stop('100'), SEND, start('G'), start('H')] },
  repeatRefusal: { state: 'completed', effects: [RESEND] },
  timerG: { state: 'completed', effects: [RESEND, start('G')] },
  timerH: { state: 'terminated', effects: [stop('G'), fail('timeout')] },
  // §17.2.1: after the ACK, timer I absorbs further ones.
  acknowledged: { state: 'confirmed', effects: [stop('G'), stop('H'), start('I')] },
  // RFC 6026 §8.7: a 2xx leads to Accepted: repeated INVITEs are absorbed, the user's further 2xx
  // sent, ACKs passed up, until timer L.
  success: { state: 'accepted', effects: [stop('100'), SEND, start('L')] },
  successAgain: { state: 'accepted', effects: [SEND] },
  acknowledgedSuccess: { state: 'accepted', effects: [PASS] },
  // §17.2.4.
  broken: { state: 'terminated', effects: [stop('100'), stop('G'), stop('H'), fail('transport')] },
  // RFC 6026 §8.7: told, but Accepted stays: the user may still find another way to the peer.
  brokenAccepted: { state: 'accepted', effects: [fail('transport')] },
  end: { state: 'terminated', effects: [] },
} as const satisfies Record<string, InviteServerStep>;

function whileProceeding(event: ServerEvent): InviteServerStep | undefined {
  switch (event) {
    case 'timer100':
      return TRANSITIONS.trying;
    case 'trying':
    case 'provisional':
      return TRANSITIONS.provisional;
    case 'retransmission':
      return TRANSITIONS.repeatProvisional;
    case 'success':
      return TRANSITIONS.success;
    case 'refusal':
      return TRANSITIONS.refusal;
    case 'transportError':
      return TRANSITIONS.broken;
    default:
      return undefined;
  }
}

function whileCompleted(event: ServerEvent): InviteServerStep | undefined {
  switch (event) {
    case 'retransmission':
      return TRANSITIONS.repeatRefusal;
    case 'ack':
      return TRANSITIONS.acknowledged;
    case 'timerG':
      return TRANSITIONS.timerG;
    case 'timerH':
      return TRANSITIONS.timerH;
    case 'transportError':
      return TRANSITIONS.broken;
    default:
      return undefined;
  }
}

function whileAccepted(event: ServerEvent): InviteServerStep | undefined {
  switch (event) {
    case 'success':
      return TRANSITIONS.successAgain;
    case 'ack':
      return TRANSITIONS.acknowledgedSuccess;
    case 'timerL':
      return TRANSITIONS.end;
    case 'transportError':
      return TRANSITIONS.brokenAccepted;
    default:
      return undefined;
  }
}

function inviteServerStep(
  state: InviteServerState,
  event: ServerEvent,
): InviteServerStep | undefined {
  switch (state) {
    case 'initial':
      return event === 'begin' ? TRANSITIONS.begin : undefined;
    case 'proceeding':
      return whileProceeding(event);
    case 'completed':
      return whileCompleted(event);
    case 'confirmed':
      return event === 'timerI' ? TRANSITIONS.end : undefined;
    case 'accepted':
      return whileAccepted(event);
    case 'terminated':
      return undefined;
  }
}

/** The INVITE server machine (§17.2.1, RFC 6026 §8.7). */
export const inviteServerMachine: Machine<InviteServerState, ServerEvent> = {
  initial: 'initial',
  step: inviteServerStep,
};

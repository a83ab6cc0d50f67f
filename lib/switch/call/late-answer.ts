import { Dialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { SipStack } from '@/lib/switch/stack';
import type { ChallengeAnswer } from './challenge-answer';
import { sayInDialog } from './leg-requests';

/** Ends the dialog of an answer that nobody waits for. */
export function sayTooLate(
  stack: SipStack,
  dialog: Dialog,
  answerChallenge?: ChallengeAnswer,
): void {
  sayInDialog(stack, dialog, {
    method: 'BYE',
    headers: { reason: 'SIP;cause=487;text="too late"' },
    answerChallenge,
  });
  dialog.end();
}

/**
 * Another branch's 2xx to an INVITE whose call stands, or has ended since: its dialog is made of the
 * 2xx alone and ended. The ACK is for the layer to send; undefined where the 2xx makes no dialog.
 */
export function dismissLateAnswer(
  stack: SipStack,
  response: SipResponse,
  flow: Flow,
): SipRequest | undefined {
  const dialog = Dialog.uacOf(response, flow);
  if (!dialog) return undefined;
  const ack = dialog.ack(response.cseq.sequence);
  sayTooLate(stack, dialog);
  return ack;
}

import { withoutHold } from '@/lib/protocol/sdp/direction';
import type { Replaces } from '@/lib/protocol/sip/refer-to';
import { userOf } from '@/lib/switch/stack';
import type { Conversation } from './conversation';
import type { CallEnvironment } from './environment';
import { Leg } from './leg';
import { memberOf } from './member';
import { askToMeet, reconnect } from './reconnect';
import { relayedStatus } from './refusals';
import type { Transfer } from './transfer';

/** A leg that a Replaces names, or the status that says why none is to be had (RFC 3891 §3). */
export type NamedLeg = { readonly leg: Leg } | { readonly status: 481 | 486 | 603 };

/**
 * The leg of a dialog that somebody of a tenant names. One of another tenant, or of a carrier, is
 * answered like one that is not there.
 */
export function namedLeg(
  environment: CallEnvironment,
  replaces: Replaces,
  tenantId: string,
): NamedLeg {
  const { stack, directory } = environment;
  const leg = userOf(stack.dialogs, replaces);
  if (!(leg instanceof Leg)) return { status: 481 };
  if (memberOf(directory, leg.identity)?.tenantId !== tenantId) return { status: 481 };
  if (leg.isEnded) return { status: 603 };
  if (!leg.isTalking) return { status: 481 };
  return replaces.earlyOnly ? { status: 486 } : { leg };
}

/** The conversation that a leg is in. */
export function conversationOf(environment: CallEnvironment, leg: Leg): Conversation | undefined {
  for (const call of environment.calls.values()) {
    if (call.owns(leg)) return call.conversation;
  }
  return undefined;
}

/**
 * Attended transfer: whoever the transferor talked to in this conversation and in the one that it
 * names talk to each other; both its own legs end. No leg is made, so nothing is reserved: each call
 * goes on at its payer's expense and all end together. Resolves to what the transferor is told.
 */
export async function joinConversations(transfer: Transfer, replaces: Replaces): Promise<number> {
  const { conversation, transferor, member } = transfer;
  const { environment } = conversation;
  const named = namedLeg(environment, replaces, member.tenantId);
  if ('status' in named) return named.status;
  const consultation = conversationOf(environment, named.leg);
  const target = consultation?.otherThan(named.leg);
  if (!consultation || consultation === conversation || !target?.isTalking) return 481;
  if (!consultation.beginTransfer(named.leg)) return 491;
  let status: number;
  try {
    status = await moveOver(transfer, { consultation, own: named.leg, target });
    if (status === 200) named.leg.hangUp({ q850: 16, text: 'transferred' });
  } finally {
    consultation.endTransfer(named.leg);
  }
  if (status === 200) conversation.depart(transferor);
  return status;
}

/** The conversation that is given up for the transfer: the transferor's own leg, and whom it asked. */
interface Consultation {
  readonly consultation: Conversation;
  readonly own: Leg;
  readonly target: Leg;
}

async function moveOver(transfer: Transfer, from: Consultation): Promise<number> {
  const { conversation, transferor, remaining } = transfer;
  const { consultation, own, target } = from;
  const { media } = conversation;
  const said = media.saidBy(remaining.id);
  if (!said) return 488;
  media.adopt(target.id, consultation.media);
  const offer = await media.offer(remaining, target, withoutHold(said));
  const answer = await askToMeet(target, offer);
  if (typeof answer === 'number') {
    media.drop(target.id);
    return relayedStatus(answer);
  }
  // Either may have ended meanwhile; whoever is left goes on as before.
  if (consultation.isOver || conversation.isOver || !remaining.isTalking) {
    media.drop(target.id);
    await reconnect(consultation.media, { from: own, to: target }).catch(() => undefined);
    return 487;
  }
  try {
    await media.answer(target, remaining, answer);
  } catch {
    media.drop(target.id);
    await reconnect(consultation.media, { from: own, to: target }).catch(() => undefined);
    return 488;
  }
  if (consultation.isOver || conversation.isOver) return 487;
  const [first, second] = [conversation.callOf(transferor), consultation.callOf(own)];
  conversation.absorb(consultation);
  conversation.connect(remaining, target);
  conversation.depart(own);
  if (first && second) second.linkTo({ callId: first.callId, kind: 'attended_transfer' });
  reconnect(media, { from: target, to: remaining }).catch((error: unknown) => {
    conversation.environment.stack.log.info('call.reconnect', { error });
  });
  return 200;
}

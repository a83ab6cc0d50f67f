import type { CallerId } from '@/lib/core/call-plan/plan';
import { type ReferTarget, type Replaces, readReferTo } from '@/lib/protocol/sip/refer-to';
import { fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { uriUser } from '@/lib/protocol/sip/uri';
import { userOf } from '@/lib/switch/stack';
import { joinConversations } from './attended-transfer';
import type { Call } from './call';
import { CallerLeg } from './caller-leg';
import type { Conversation } from './conversation';
import { dial } from './dial';
import type { Leg } from './leg';
import { runLinkedCall } from './linked-call';
import { memberOf, readDialled, type TenantMember } from './member';
import { ownProvenance, type Provenance } from './provenance';
import { ReferNotifier } from './refer-notifier';
import { TalkingParty } from './talking-party';

/** How long a transferor may take to answer our last NOTIFY before it gets its BYE all the same. */
const NOTIFY_PATIENCE_MS = 2_000;

/** Longer ones are nobody's number. */
const MAX_DIALLED_CHARACTERS = 128;

/** A leg that wants the other party of its conversation to talk to somebody else. */
export interface Transfer {
  readonly conversation: Conversation;
  /** Who transfers, and leaves when it works. */
  readonly transferor: Leg;
  /** Who is transferred. */
  readonly remaining: Leg;
  /** By whose rights, and at whose expense. */
  readonly member: TenantMember;
  readonly notifier: ReferNotifier;
}

/**
 * REFER inside a call (RFC 3515, 5589): accepted from extensions and a tenant's own PBX; a carrier's
 * is declined, as nobody would pay for it (facts: toll fraud). The target is planned and reserved anew, with the rights and the wallet of
 * who transfers; where that is refused or nobody answers the call goes on as it was.
 */
export function receiveRefer(
  conversation: Conversation,
  leg: Leg,
  transaction: ServerTransaction,
): void {
  const { request } = transaction;
  const { directory, stack } = conversation.environment;
  const member = memberOf(directory, leg.identity);
  const remaining = conversation.otherThan(leg);
  if (!member || !remaining || !leg.isTalking) {
    transaction.respond(603);
    return;
  }
  const reading = readReferTo(request.header('refer-to'));
  if (!reading.ok) {
    transaction.respond(400, reading.reason);
    return;
  }
  if (!conversation.beginTransfer(leg)) {
    transaction.respond(491);
    return;
  }
  const isSilent = request.header('refer-sub')?.split(';')[0]?.trim().toLowerCase() === 'false';
  transaction.respond(202, undefined, {
    headers: {
      contact: leg.contactOn(leg.flow),
      ...(isSilent ? { 'refer-sub': 'false' } : {}),
    },
  });
  const event = conversation.isFirstRefer(leg) ? 'refer' : `refer;id=${request.cseq.sequence}`;
  const notifier = new ReferNotifier(leg, { event, isSilent });
  notifier.tell(100);
  const transfer = { conversation, transferor: leg, remaining, member, notifier };
  perform(transfer, reading.target).then(
    (status) => finish(transfer, status),
    (error: unknown) => {
      stack.log.error('call.transfer', { sipCallId: request.callId, error });
      finish(transfer, 500);
    },
  );
}

/** Resolves to what the transferor is told in the end. */
async function perform(transfer: Transfer, target: ReferTarget): Promise<number> {
  const { uri, replaces } = target;
  if (replaces) {
    const ringing = ownRinging(transfer, replaces);
    if (!ringing) return await joinConversations(transfer, replaces);
    // Who is asked rings still: who is transferred calls there anew, at the same expense.
    const { dialled } = ringing.facts;
    ringing.hangUp({ q850: 16, text: 'transferred' });
    return await transferTo(transfer, dialled);
  }
  const { member, conversation } = transfer;
  const { directory } = conversation.environment;
  const named = uri.scheme === 'tel' ? undefined : directory.tenantByDomain(uri.host);
  if (named && named.id !== member.tenantId) return 404;
  const written = fromWireText(uriUser(uri)).slice(0, MAX_DIALLED_CHARACTERS);
  return await transferTo(transfer, readDialled(member, written));
}

/** A call of the transferor's own that a Replaces names and nobody has answered (RFC 5589 §7.5). */
function ownRinging({ conversation, transferor }: Transfer, replaces: Replaces): Call | undefined {
  const { stack, calls } = conversation.environment;
  const leg = userOf(stack.dialogs, replaces);
  if (!(leg instanceof CallerLeg) || leg.isTalking || leg.isEnded) return undefined;
  const { extensionId, trunkId } = transferor.identity;
  const isOwn = leg.identity.extensionId === extensionId && leg.identity.trunkId === trunkId;
  return isOwn ? [...calls.values()].find((call) => call.caller === leg) : undefined;
}

/** The transferor is told first and then hung up on, if it has not hung up itself. */
function finish({ conversation, transferor, notifier }: Transfer, status: number): void {
  const leave = (): void => {
    if (status === 200) transferor.hangUp({ q850: 16, text: 'transferred' });
  };
  const patience = conversation.environment.stack.timers.after(NOTIFY_PATIENCE_MS, leave);
  notifier.finish(status, () => {
    patience.cancel();
    leave();
  });
  conversation.endTransfer(transferor);
}

/** Blind: a call of the transferor's own, for whoever it talked to. */
async function transferTo(transfer: Transfer, dialled: string): Promise<number> {
  const { conversation, transferor, remaining, member } = transfer;
  const { environment } = conversation;
  const parent = conversation.callOf(transferor);
  if (!parent || !conversation.media.saidBy(remaining.id)) return 488;
  const outcome = await runLinkedCall(
    {
      environment,
      conversation,
      link: { callId: parent.callId, kind: 'transfer' },
      onBehalfOf: member,
      dialled,
      party: new TalkingParty(conversation, remaining, {
        onProgress: (status) => transfer.notifier.tell(status),
        // The transferor leaves; whoever is left is told whom it talks to from now on.
        onAnswered: () => conversation.depart(transferor),
      }),
      shown: shownOf(conversation, remaining),
      history: [],
      provenance: provenanceOf(conversation, remaining),
    },
    dial,
  );
  return outcome.kind === 'answered' ? 200 : outcome.failure.status;
}

/** Who is transferred, as colleagues see it: by the call that it is in on its own account. */
function shownOf(conversation: Conversation, remaining: Leg): CallerId {
  const own = conversation.callOf(remaining);
  if (own?.caller.leg === remaining) return own.shown;
  const number = own?.facts.toNumber ?? null;
  return { number, right: number === null ? 'none' : 'received', isWithheld: false };
}

/** What goes with who is transferred: a name for colleagues; no header of the call that was. */
function provenanceOf(conversation: Conversation, remaining: Leg): Provenance {
  const { loops, directory } = conversation.environment;
  const fresh = ownProvenance(loops.begin());
  const own = conversation.callOf(remaining);
  if (own?.caller.leg === remaining) {
    const { name, house } = own.provenance;
    return { ...fresh, name, house };
  }
  const called = directory.extensionById(own?.facts.toExtensionId ?? '');
  return called ? { ...fresh, house: { tenantId: called.tenantId, name: called.name } } : fresh;
}

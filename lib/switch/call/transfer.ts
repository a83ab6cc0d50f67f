import type { CallerId } from '@/lib/core/call-plan/plan';
import { withoutHold } from '@/lib/protocol/sdp/direction';
import { type ReferTarget, readReferTo } from '@/lib/protocol/sip/refer-to';
import { fromWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { uriUser } from '@/lib/protocol/sip/uri';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';
import type { ExtensionRecord } from '@/lib/switch/directory/directory';
import { joinConversations } from './attended-transfer';
import type { Call } from './call';
import type { Conversation } from './conversation';
import { dial } from './dial';
import type { Leg } from './leg';
import { runLinkedCall } from './linked-call';
import type { CallingParty, ProgressStatus } from './party';
import { ownProvenance, type Provenance } from './provenance';
import { reconnect } from './reconnect';
import { ReferNotifier } from './refer-notifier';

/** A transferred call starts anew: its way here is not its target's business (RFC 3261 §8.1.1.6). */
const MAX_FORWARDS = 70;

/** How long a transferor may take to answer our last NOTIFY before it gets its BYE all the same. */
const NOTIFY_PATIENCE_MS = 2_000;

/** A leg that wants the other party of its conversation to talk to somebody else. */
export interface Transfer {
  readonly conversation: Conversation;
  /** Who transfers, and leaves when it works. */
  readonly transferor: Leg;
  /** Who is transferred. */
  readonly remaining: Leg;
  /** By whose rights, and at whose expense. */
  readonly extension: ExtensionRecord;
  readonly notifier: ReferNotifier;
}

/**
 * REFER inside a call (RFC 3515, 5589): accepted from extensions alone, a trunk's is declined
 * (facts: toll fraud). The target is planned and reserved anew, with the rights and the wallet of
 * who transfers; where that is refused or nobody answers the call goes on as it was.
 */
export function receiveRefer(
  conversation: Conversation,
  leg: Leg,
  transaction: ServerTransaction,
): void {
  const { request } = transaction;
  const { directory, stack } = conversation.environment;
  const { extensionId } = leg.identity;
  const extension = extensionId === null ? undefined : directory.extensionById(extensionId);
  const remaining = conversation.otherThan(leg);
  if (!extension || !remaining || !leg.isTalking) {
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
      contact: stack.contactOn(leg.flow),
      ...(isSilent ? { 'refer-sub': 'false' } : {}),
    },
  });
  const event = conversation.isFirstRefer(leg) ? 'refer' : `refer;id=${request.cseq.sequence}`;
  const notifier = new ReferNotifier(leg, { event, isSilent });
  notifier.tell(100);
  const transfer = { conversation, transferor: leg, remaining, extension, notifier };
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
  if (target.replaces) return await joinConversations(transfer, target.replaces);
  return await transferTo(transfer, target);
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
async function transferTo(transfer: Transfer, target: ReferTarget): Promise<number> {
  const { conversation, transferor, remaining, extension } = transfer;
  const { environment } = conversation;
  const { uri } = target;
  const named = uri.scheme === 'tel' ? undefined : environment.directory.tenantByDomain(uri.host);
  if (named && named.id !== extension.tenantId) return 404;
  const parent = conversation.callOf(transferor);
  if (!parent || !conversation.media.saidBy(remaining.id)) return 488;
  const outcome = await runLinkedCall(
    {
      environment,
      conversation,
      link: { callId: parent.callId, kind: 'transfer' },
      onBehalfOf: extension,
      dialled: fromWireText(uriUser(uri)).slice(0, 128),
      party: new TransferredParty(transfer),
      shown: shownOf(parent, remaining),
      history: [],
      provenance: provenanceOf(parent, remaining),
    },
    dial,
  );
  return outcome.kind === 'answered' ? 200 : outcome.failure.status;
}

/** Who is transferred, as colleagues see it. */
function shownOf(parent: Call, remaining: Leg): CallerId {
  if (parent.caller.leg === remaining) return parent.plan.callerId;
  return { number: parent.facts.toNumber, right: 'received', isWithheld: false };
}

/** What goes with who is transferred: a name for colleagues; no header of the call that was. */
function provenanceOf(parent: Call, remaining: Leg): Provenance {
  const { loops, directory } = parent.environment;
  const own = ownProvenance(loops.begin());
  if (parent.caller.leg === remaining) {
    const { name, house } = parent.provenance;
    return { ...own, name, house };
  }
  const { toExtensionId } = parent.facts;
  const called = toExtensionId === null ? undefined : directory.extensionById(toExtensionId);
  return called ? { ...own, house: { tenantId: called.tenantId, name: called.name } } : own;
}

/** The party that is transferred, as the caller of the new call. It talks already. */
class TransferredParty implements CallingParty {
  readonly isOwn = false;
  readonly maxForwards = MAX_FORWARDS;
  readonly request = null;
  private readonly transfer: Transfer;

  constructor(transfer: Transfer) {
    this.transfer = transfer;
  }

  get leg(): Leg {
    return this.transfer.remaining;
  }

  /** What it said last; the hold that preceded the transfer is over. */
  get offer(): Buffer | null {
    const said = this.transfer.conversation.media.saidBy(this.leg.id);
    return said && withoutHold(said);
  }

  progress(status: ProgressStatus): void {
    this.transfer.notifier.tell(status);
  }

  /** The transferor leaves, and this leg is told whom it talks to from now on. */
  answer(_sdp: Buffer, onLateAnswer?: (sdp: Buffer | null) => void): boolean {
    const { conversation, transferor } = this.transfer;
    if (!this.leg.isTalking || onLateAnswer) return false;
    conversation.depart(transferor);
    return true;
  }

  /** The offer was its old description; now it hears of the new one, and of the end of any hold. */
  connected(leg: Leg): void {
    const { conversation } = this.transfer;
    reconnect(conversation.media, { from: leg, to: this.leg }).catch((error: unknown) => {
      conversation.environment.stack.log.info('call.reconnect', { error });
    });
  }

  /** Where it leads nowhere the conversation goes on; the transferor is told why. */
  refuse(): void {}

  hangUp(): void {}

  facts(): LegFacts {
    return { ...this.leg.facts(), seq: 0 };
  }

  result(codec: string | null): LegResult {
    return { ...this.leg.result(codec), seq: 0 };
  }
}

import { type Dialog, type DialogId, isSameDialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { DialogUser, SipStack } from '@/lib/switch/stack';

/** Dialogs of one INVITE that was forked behind our back; further ones are not followed. */
export const MAX_FORKED_DIALOGS = 12;

/**
 * The dialogs of a leg: one, but for an INVITE that was forked behind our back, which has an early
 * one for each To-tag until one is answered (§13.2.2.4). All of them have our one tag, by which
 * requests of the peer find the leg.
 */
export abstract class LegDialogs implements DialogUser {
  protected readonly stack: SipStack;
  private latest: Dialog | undefined;
  /** All of them by the peer's tag, where there is more than one: nearly every leg has one alone. */
  private forked: Map<string, Dialog> | undefined;

  constructor(stack: SipStack) {
    this.stack = stack;
  }

  abstract onRequest(transaction: ServerTransaction, request: SipRequest, flow: Flow): void;

  abstract onAck(request: SipRequest, flow: Flow): void;

  /** The one that the leg speaks in: the latest, or the one that was settled on. */
  get dialog(): Dialog | undefined {
    return this.latest;
  }

  isIn(id: DialogId): boolean {
    return this.dialogOf(id) !== undefined;
  }

  protected dialogOf(id: DialogId): Dialog | undefined {
    const dialog = this.dialogWith(id.remoteTag);
    return dialog && isSameDialog(dialog, id) ? dialog : undefined;
  }

  /** By the peer's tag; none any more once the leg is over. */
  protected dialogWith(remoteTag: string): Dialog | undefined {
    const { latest } = this;
    if (latest === undefined || latest.state === 'ended') return undefined;
    return latest.remoteTag === remoteTag ? latest : this.forked?.get(remoteTag);
  }

  /** Takes a dialog for the leg's own, early or settled. False where it has too many already. */
  protected adopt(dialog: Dialog): boolean {
    const { latest } = this;
    if (this.dialogWith(dialog.remoteTag) === undefined) {
      if ((this.forked?.size ?? 0) >= MAX_FORKED_DIALOGS) return false;
      if (latest && latest.state !== 'ended') {
        this.forked ??= new Map([[latest.remoteTag, latest]]);
        this.forked.set(dialog.remoteTag, dialog);
      } else this.stack.dialogs.set(dialog.localTag, this);
    }
    this.latest = dialog;
    return true;
  }

  /** One of several early dialogs was answered: the others are over. */
  protected settleOn(dialog: Dialog): void {
    for (const other of this.forked?.values() ?? []) if (other !== dialog) other.end();
    this.forked = undefined;
    this.latest = dialog;
    this.stack.dialogs.set(dialog.localTag, this);
  }

  /** The leg is over. */
  protected endDialogs(): void {
    const { latest, forked } = this;
    if (latest === undefined) return;
    for (const dialog of forked?.values() ?? []) dialog.end();
    latest.end();
    this.forked = undefined;
    this.stack.dialogs.delete(latest.localTag);
  }
}

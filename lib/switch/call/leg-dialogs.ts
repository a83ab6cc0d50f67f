import type { Dialog } from '@/lib/protocol/sip/dialog';
import type { DialogTable, DialogUser } from '@/lib/switch/stack';

/** Dialogs of one INVITE that was forked behind our back; further ones are not followed. */
export const MAX_FORKED_DIALOGS = 12;

/**
 * The dialogs of a leg: one, but for an INVITE that was forked behind our back, which has an early
 * one for each To-tag until one is answered (§13.2.2.4). Requests of the peer find the leg by them.
 */
export class LegDialogs {
  private readonly table: DialogTable;
  private readonly leg: DialogUser;
  private readonly byKey = new Map<string, Dialog>();
  private latest: Dialog | undefined;

  constructor(table: DialogTable, leg: DialogUser) {
    this.table = table;
    this.leg = leg;
  }

  /** The one that the leg speaks in: the latest, or the one that was settled on. */
  get current(): Dialog | undefined {
    return this.latest;
  }

  find(key: string): Dialog | undefined {
    return this.byKey.get(key);
  }

  /** Takes a dialog for the leg's own, early or settled. False where it has too many already. */
  adopt(dialog: Dialog): boolean {
    if (!this.byKey.has(dialog.key)) {
      if (this.byKey.size >= MAX_FORKED_DIALOGS) return false;
      this.byKey.set(dialog.key, dialog);
      this.table.set(dialog.key, this.leg);
    }
    this.latest = dialog;
    return true;
  }

  /** One of several early dialogs was answered: the others are over. */
  settleOn(dialog: Dialog): void {
    for (const other of [...this.byKey.values()]) if (other !== dialog) this.drop(other);
    this.adopt(dialog);
  }

  /** The leg is over. */
  end(): void {
    for (const dialog of [...this.byKey.values()]) this.drop(dialog);
  }

  private drop(dialog: Dialog): void {
    dialog.end();
    this.byKey.delete(dialog.key);
    this.table.delete(dialog.key);
  }
}

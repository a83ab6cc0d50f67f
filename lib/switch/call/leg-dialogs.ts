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
  private latest: Dialog | undefined;
  /** All of them, where there is more than one: nearly every leg has one alone. */
  private forked: Map<string, Dialog> | undefined;
  private isOver = false;

  constructor(table: DialogTable, leg: DialogUser) {
    this.table = table;
    this.leg = leg;
  }

  /** The one that the leg speaks in: the latest, or the one that was settled on. */
  get current(): Dialog | undefined {
    return this.latest;
  }

  find(key: string): Dialog | undefined {
    if (this.isOver) return undefined;
    if (this.latest?.key === key) return this.latest;
    return this.forked?.get(key);
  }

  /** Takes a dialog for the leg's own, early or settled. False where it has too many already. */
  adopt(dialog: Dialog): boolean {
    if (this.find(dialog.key) === undefined) {
      if ((this.forked?.size ?? 0) >= MAX_FORKED_DIALOGS) return false;
      if (this.latest && !this.isOver) {
        this.forked ??= new Map([[this.latest.key, this.latest]]);
        this.forked.set(dialog.key, dialog);
      }
      this.table.set(dialog.key, this.leg);
    }
    this.latest = dialog;
    this.isOver = false;
    return true;
  }

  /** One of several early dialogs was answered: the others are over. */
  settleOn(dialog: Dialog): void {
    for (const other of this.all()) if (other !== dialog) this.drop(other);
    this.forked = undefined;
    this.latest = undefined;
    this.adopt(dialog);
  }

  /** The leg is over. */
  end(): void {
    for (const dialog of this.all()) this.drop(dialog);
    this.forked = undefined;
    this.isOver = true;
  }

  private all(): readonly Dialog[] {
    if (this.isOver) return [];
    if (this.forked) return [...this.forked.values()];
    return this.latest ? [this.latest] : [];
  }

  private drop(dialog: Dialog): void {
    dialog.end();
    this.table.delete(dialog.key);
  }
}

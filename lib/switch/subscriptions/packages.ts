import type { BusyLamps } from './busy-lamps';
import { DIALOG_INFO_TYPE, dialogInfo, type WatchedDialog } from './dialog-info';
import { MESSAGE_SUMMARY_TYPE, type MessagesWaiting, messageSummary } from './messages-waiting';

/** What a subscription has been told before. */
export interface ToldBefore {
  /** Grows by one with each NOTIFY. */
  readonly version: number;
  /** Whatever the package wrote down the last time. */
  readonly told: readonly string[];
}

/** The content of one NOTIFY, and what to write down. */
export interface NotifyContent {
  readonly body: string;
  readonly told: readonly string[];
}

/** An event package (RFC 6665 §7): what can be subscribed to. */
export interface EventPackage {
  readonly name: 'dialog' | 'message-summary';
  readonly contentType: string;
  /** Whether only an extension itself may ask. */
  readonly isPrivate: boolean;
  /** The state of an extension now; undefined where it is gone. */
  write(extensionId: string, before: ToldBefore): NotifyContent | undefined;
}

/** Busy lamps (RFC 4235): open to every extension of the tenant. */
export function dialogPackage(lamps: BusyLamps): EventPackage {
  return {
    name: 'dialog',
    contentType: DIALOG_INFO_TYPE,
    isPrivate: false,
    write(extensionId, { version, told }) {
      const extension = lamps.of(extensionId);
      if (!extension) return undefined;
      const live = extension.dialogs.map((dialog) => dialog.id);
      // Said once of each: many phones put a lamp out only for a dialog that they see terminated.
      const over = told.filter((id) => !live.includes(id)).map(overDialog);
      const dialogs = [...extension.dialogs, ...over];
      return { body: dialogInfo({ ...extension, dialogs }, version), told: live };
    },
  };
}

function overDialog(id: string): WatchedDialog {
  const direction = id.endsWith('-out') ? 'initiator' : 'recipient';
  return { id, direction, state: 'terminated', peer: null };
}

/** Messages waiting (RFC 3842): an extension's own. */
export function messageSummaryPackage(
  waiting: MessagesWaiting,
  addressOf: (extensionId: string) => string | undefined,
): EventPackage {
  return {
    name: 'message-summary',
    contentType: MESSAGE_SUMMARY_TYPE,
    isPrivate: true,
    write(extensionId) {
      const account = addressOf(extensionId);
      if (account === undefined) return undefined;
      return { body: messageSummary(account, waiting.of(extensionId)), told: [] };
    },
  };
}

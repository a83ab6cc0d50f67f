import type { Clock } from '@/lib/core/clock';
import type { Table } from '@/lib/core/text-table.server';
import type { Logger } from '@/lib/infra/log';
import type { DialogId } from '@/lib/protocol/sip/dialog';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { TimerScheduler } from '@/lib/protocol/sip/timers';
import type { ServerTransaction, TransactionLayer } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';

/** Whoever answers requests inside a dialog: a leg. */
export interface DialogUser {
  /** Whether a dialog is one of its own. */
  isIn(id: DialogId): boolean;
  onRequest(transaction: ServerTransaction, request: SipRequest, flow: Flow): void;
  onAck(request: SipRequest, flow: Flow): void;
}

/**
 * Who is in a dialog, by our tag in it: a random one, which tells dialogs apart by itself. Whoever
 * looks for a dialog asks `userOf`, which minds its Call-ID and the peer's tag as well.
 */
export type DialogTable = Table<DialogUser>;

/** Who is in a dialog, if anybody of ours is. */
export function userOf(dialogs: DialogTable, id: DialogId): DialogUser | undefined {
  const user = dialogs.get(id.localTag);
  return user?.isIn(id) ? user : undefined;
}

/** What the applications of the switch stand on: signalling, time, names of our own. */
export interface SipStack {
  readonly layer: TransactionLayer;
  readonly timers: TimerScheduler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dialogs: DialogTable;
  /** The address that phones and carriers are told. */
  readonly publicAddress: string;
  randomToken(): string;
  /** The Contact under which we are reached on a flow, in angle brackets. */
  contactOn(flow: Flow): string;
}

/** What we let others do to us; sent with 200 to OPTIONS and with 2xx to INVITE. */
export const ALLOWED_METHODS =
  'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REGISTER, UPDATE, PRACK, REFER, SUBSCRIBE';

/** What may be subscribed to (RFC 6665 §8.2.2); lib/switch/subscriptions/packages.ts has them. */
export const ALLOWED_EVENTS = 'dialog, message-summary';

/** The extensions of calls that we speak: Supported of our INVITEs and of 2xx to OPTIONS. */
export const SUPPORTED_OPTIONS = 'timer, 100rel, replaces';

/** What a request may require of us (RFC 3261 §8.2.2.3); anything else gets 420. */
export const KNOWN_OPTIONS: ReadonlySet<string> = new Set(['timer', '100rel', 'replaces']);

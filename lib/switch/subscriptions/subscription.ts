import { type Dialog, type DialogId, isSameDialog } from '@/lib/protocol/sip/dialog';
import type { SipRequest } from '@/lib/protocol/sip/message';
import {
  advanceSubscription,
  type SubscriptionEvent,
  type SubscriptionState,
  subscriptionStateValue,
} from '@/lib/protocol/sip/subscription';
import { toWireText } from '@/lib/protocol/sip/text';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { DialogUser, SipStack } from '@/lib/switch/stack';
import type { EventPackage } from './packages';

/** Changes nearer together than this are told as one (RFC 4235 §3.10). */
const NOTIFY_INTERVAL_MS = 1_000;

export interface SubscriptionInit {
  readonly package: EventPackage;
  /** The Event header as the subscriber wrote it, id included; NOTIFY says the same (§8.2.1). */
  readonly eventValue: string;
  readonly dialog: Dialog;
  /** Whose phone it is. */
  readonly subscriberId: string;
  /** The extension that it is about. */
  readonly resourceId: string;
  /** A SUBSCRIBE within the dialog; whoever it is has to be checked. */
  onRefresh(subscription: Subscription, transaction: ServerTransaction, flow: Flow): void;
  onOver(subscription: Subscription): void;
}

/** One subscription: a dialog, a clock, and what its phone has been told (RFC 6665 §4.2). */
export class Subscription implements DialogUser {
  readonly init: SubscriptionInit;
  private readonly stack: SipStack;
  private state: SubscriptionState = { kind: 'active', expiresAtMs: 0 };
  private version = 0;
  /** Dialogs that were told of and have to be told to have ended. */
  private told: readonly string[] = [];
  private isAsking = false;
  private isDirty = false;
  private lastNotifyMs = Number.NEGATIVE_INFINITY;
  private expiry: Timer | undefined;
  private pause: Timer | undefined;

  constructor(stack: SipStack, init: SubscriptionInit) {
    this.stack = stack;
    this.init = init;
    stack.dialogs.set(init.dialog.localTag, this);
  }

  get isOver(): boolean {
    return this.state.kind !== 'active';
  }

  /** Says yes to a SUBSCRIBE and tells the state at once (§4.2.1.2). */
  accept(transaction: ServerTransaction, expiresSeconds: number): void {
    const { dialog } = this.init;
    dialog.confirm();
    transaction.respond(200, 'OK', {
      headers: { expires: expiresSeconds, contact: this.stack.contactOn(dialog.flow) },
    });
    this.advance({ type: 'subscribed', expiresSeconds, nowMs: this.stack.clock.nowMs() });
  }

  /** What it is about has changed: tells it now, or together with what comes within a second. */
  changed(): void {
    if (this.isOver) return;
    this.isDirty = true;
    const sinceMs = this.stack.clock.monotonicMs() - this.lastNotifyMs;
    if (this.isAsking || this.pause) return;
    if (sinceMs >= NOTIFY_INTERVAL_MS) {
      this.notify();
      return;
    }
    this.pause = this.stack.timers.after(NOTIFY_INTERVAL_MS - sinceMs, () => {
      this.pause = undefined;
      if (!this.isOver && !this.isAsking) this.notify();
    });
  }

  /** Ends it from our side, telling why; or without a word where nobody is there to hear. */
  end(event: Extract<SubscriptionEvent, { type: 'ended' | 'answered' }>): void {
    this.advance(event);
  }

  isIn(id: DialogId): boolean {
    return isSameDialog(this.init.dialog, id);
  }

  onRequest(transaction: ServerTransaction, request: SipRequest, flow: Flow): void {
    if (request.method === 'SUBSCRIBE') this.init.onRefresh(this, transaction, flow);
    else transaction.respond(405, undefined, { headers: { allow: 'SUBSCRIBE' } });
  }

  onAck(): void {}

  private advance(event: SubscriptionEvent): void {
    const step = advanceSubscription(this.state, event);
    if (step.state === this.state) return;
    this.state = step.state;
    this.expiry?.cancel();
    if (step.state.kind === 'active') {
      const leftMs = step.state.expiresAtMs - this.stack.clock.nowMs();
      this.expiry = this.stack.timers.after(leftMs, () => this.advance({ type: 'expired' }));
    } else this.over();
    if (step.notify) this.notify();
  }

  private over(): void {
    this.pause?.cancel();
    this.stack.dialogs.delete(this.init.dialog.localTag);
    this.init.onOver(this);
  }

  private notify(): void {
    if (this.state.kind === 'forgotten') return;
    const { dialog, package: kind, eventValue, resourceId } = this.init;
    const content = kind.write(resourceId, { version: this.version, told: this.told });
    this.version += 1;
    this.told = content?.told ?? [];
    this.isDirty = false;
    this.isAsking = true;
    this.lastNotifyMs = this.stack.clock.monotonicMs();
    const request = dialog.request('NOTIFY', {
      headers: {
        contact: this.stack.contactOn(dialog.flow),
        event: eventValue,
        'subscription-state': subscriptionStateValue(this.state, this.stack.clock.nowMs()),
        ...(content ? { 'content-type': kind.contentType } : {}),
      },
      body: content && Buffer.from(toWireText(content.body), 'latin1'),
    });
    if (this.isOver) dialog.end();
    this.stack.layer.request(request, dialog.flow, {
      onResponse: (response) => {
        if (response.status >= 200) this.answered(response.status);
      },
      onFailure: () => this.answered(408),
    });
  }

  /** One NOTIFY at a time: a later one must never overtake it. */
  private answered(status: number): void {
    this.isAsking = false;
    this.advance({ type: 'answered', status });
    if (this.isDirty && !this.isOver) this.changed();
  }
}

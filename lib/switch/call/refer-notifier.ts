import { reasonOf } from '@/lib/protocol/sip/reasons';
import type { Leg } from './leg';

/** How long the subscription of a REFER lives; longer than anybody rings (RFC 3515 §2.4.4). */
const SUBSCRIPTION_SECONDS = 180;

/**
 * Tells who transferred how the new call goes: NOTIFY with the status line of its answers, from 100
 * to the final one (RFC 3515 §2.4.4). One at a time, so that they arrive in order; of several that
 * wait the latest counts.
 */
export class ReferNotifier {
  private readonly leg: Leg;
  /** "refer", with the CSeq of the REFER from the second one in a dialog on (§2.4.6). */
  private readonly event: string;
  /** Whether the other side wants no subscription (RFC 4488). */
  private readonly isSilent: boolean;
  private waiting: (() => void) | undefined;
  private sending = false;
  private lastStatus = 0;
  private isFinished = false;

  constructor(leg: Leg, subscription: { event: string; isSilent: boolean }) {
    this.leg = leg;
    this.event = subscription.event;
    this.isSilent = subscription.isSilent;
  }

  /** A provisional answer of the new call. */
  tell(status: number): void {
    if (this.isFinished || status === this.lastStatus) return;
    this.lastStatus = status;
    this.queue(status, `active;expires=${SUBSCRIPTION_SECONDS}`, () => undefined);
  }

  /** The final answer; `onTold` when the other side has heard it, or will not. */
  finish(status: number, onTold: () => void = () => undefined): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.queue(status, 'terminated;reason=noresource', onTold);
  }

  private queue(status: number, state: string, onTold: () => void): void {
    if (this.isSilent) {
      onTold();
      return;
    }
    this.waiting = () => this.send(status, state, onTold);
    this.next();
  }

  private next(): void {
    if (this.sending || !this.waiting) return;
    const send = this.waiting;
    this.waiting = undefined;
    this.sending = true;
    send();
  }

  private send(status: number, state: string, onTold: () => void): void {
    const body = Buffer.from(`SIP/2.0 ${status} ${reasonOf(status)}\r\n`);
    const headers = {
      event: this.event,
      'subscription-state': state,
      'content-type': 'message/sipfrag;version=2.0',
    };
    this.leg.ask('NOTIFY', { headers, body }, () => {
      this.sending = false;
      onTold();
      this.next();
    });
  }
}

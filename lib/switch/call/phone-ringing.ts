import { newId } from '@/lib/core/ids.server';
import type { HeaderInit } from '@/lib/protocol/sip/message';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { SipStack } from '@/lib/switch/stack';
import { type CalleeFailure, CalleeLeg } from './callee-leg';
import { type Branch, better, nextFlow } from './fork';
import type { HangUpCause } from './leg';
import { ELSEWHERE } from './refusals';

const NO_ANSWER: CalleeFailure = { status: 480, reason: 'No Answer', q850: 19 };
const MAX_FORWARDS = 70;

/** What the phones of somebody are rung with, and for how long. */
export interface PhonesToRing {
  readonly stack: SipStack;
  readonly extensionId: string;
  readonly branches: readonly Branch[];
  /** The From header without its tag. */
  readonly from: string;
  readonly headers: HeaderInit;
  readonly limitMs: number;
}

/** A phone that answered and said what it can do, to be told in `leg.acknowledge`; or why none did. */
export type RungPhone =
  | { readonly kind: 'answered'; readonly leg: CalleeLeg; readonly offer: Buffer }
  | {
      readonly kind: 'failed';
      readonly failure: CalleeFailure;
      readonly legs: readonly CalleeLeg[];
    };

/**
 * Rings all phones of an extension without a call behind it: whoever answers is to have one made. They
 * are asked to make the offer (RFC 3261 §13.2.1), so that nothing need be known of who is called.
 */
export class PhoneRinging {
  readonly outcome: Promise<RungPhone>;
  private readonly wanted: PhonesToRing;
  private readonly ringing = new Set<CalleeLeg>();
  private readonly limit: Timer;
  private all: readonly CalleeLeg[] = [];
  private best: CalleeFailure | undefined;
  private resolve: ((outcome: RungPhone) => void) | undefined;

  constructor(wanted: PhonesToRing) {
    this.wanted = wanted;
    this.outcome = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.limit = wanted.stack.timers.after(wanted.limitMs, () => this.giveUp(NO_ANSWER));
    for (const branch of wanted.branches) this.ring(branch);
  }

  /** Nobody is to be rung any more. */
  giveUp(failure: CalleeFailure): void {
    this.silence({ q850: failure.q850, text: failure.reason ?? 'given up' });
    this.finish({ kind: 'failed', failure, legs: this.all });
  }

  private ring(branch: Branch): void {
    const { stack, extensionId, from, headers } = this.wanted;
    const leg = new CalleeLeg(stack, {
      id: newId(stack.clock.nowMs()),
      identity: {
        seq: this.all.length,
        sipCallId: `${stack.randomToken()}@${stack.publicAddress}`,
        extensionId,
        trunkId: null,
        target: branch.uri,
      },
      flow: branch.flow,
      listener: {
        onProvisional: () => undefined,
        onAnswered: (answered, offer) => this.answered(answered, offer),
        onFailed: (failed, failure) => this.failed(failed, branch, failure),
      },
    });
    this.all = [...this.all, leg];
    this.ringing.add(leg);
    leg.invite({
      uri: branch.uri,
      from,
      to: branch.to,
      maxForwards: MAX_FORWARDS,
      headers: { route: branch.routes, ...headers },
      sdp: null,
    });
  }

  private answered(leg: CalleeLeg, offer: Buffer): void {
    this.ringing.delete(leg);
    this.silence(ELSEWHERE);
    if (!this.finish({ kind: 'answered', leg, offer })) leg.hangUp(ELSEWHERE);
  }

  private failed(leg: CalleeLeg, branch: Branch, failure: CalleeFailure): void {
    this.ringing.delete(leg);
    if (this.resolve === undefined) return;
    const next = nextFlow(branch, failure);
    if (next) {
      this.ring(next);
      return;
    }
    this.best = better(this.best, failure);
    // 6xx is the word for all phones (RFC 3261 §16.7 step 5).
    if (failure.status >= 600) this.giveUp(failure);
    else if (this.ringing.size === 0) {
      this.finish({ kind: 'failed', failure: this.best, legs: this.all });
    }
  }

  private silence(cause: HangUpCause): void {
    for (const leg of [...this.ringing]) leg.hangUp(cause);
    this.ringing.clear();
  }

  private finish(outcome: RungPhone): boolean {
    const { resolve } = this;
    if (resolve === undefined) return false;
    this.resolve = undefined;
    this.limit.cancel();
    resolve(outcome);
    return true;
  }
}

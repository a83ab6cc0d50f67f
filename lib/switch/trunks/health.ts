import { createRequest } from '@/lib/protocol/sip/build';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { SipStack } from '@/lib/switch/stack';
import type { TrunkStateChange } from './states';
import type { TrunkTarget, TrunkTargets } from './targets';

/** One lost packet is not an outage: with UDP's repetitions this is three silences of 4 s each. */
const FAILURES_TILL_DOWN = 3;
/** How long an OPTIONS may stay unanswered. */
const SILENCE_LIMIT_MS = 4_000;
/** While it seems to be away it is asked again this soon: to be sure, and to be back quickly. */
const SUSPECT_INTERVAL_MS = 5_000;
const OPTIONS_BYTES = 500;

export interface HealthOptions {
  readonly stack: SipStack;
  readonly targets: TrunkTargets;
  readonly trunk: ConfigTrunk;
  readonly intervalMs: number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly report: (change: TrunkStateChange) => void;
  /** Down: no call is tried there. */
  readonly mark: (isDown: boolean) => void;
}

/**
 * Asks a trunk whether it lives (OPTIONS, RFC 3261 §11). Any answer says that it does, a refusal
 * too; but 408 and 503 say that it can't work. Down after three failures in a row, up after one
 * success.
 */
export class TrunkHealth {
  private readonly options: HealthOptions;
  private readonly callId: string;
  private sequence = 0;
  private failures = 0;
  private timer: Timer | undefined;
  /** Grows with each question: an answer to an older one is late. */
  private asked = 0;

  constructor(options: HealthOptions) {
    this.options = options;
    this.callId = `${options.stack.randomToken()}@${options.stack.publicAddress}`;
  }

  /** The first question comes soon, at a moment by lot: not all trunks at once. */
  start(): void {
    const { intervalMs, random } = this.options;
    this.schedule(Math.min(intervalMs, SUSPECT_INTERVAL_MS) * random());
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.asked += 1;
  }

  private schedule(delayMs: number): void {
    this.timer?.cancel();
    this.timer = this.options.stack.timers.after(delayMs, () => this.ask());
  }

  private ask(): void {
    const { targets, trunk } = this.options;
    this.asked += 1;
    const question = this.asked;
    targets.of(trunk, OPTIONS_BYTES).then(
      (found) => {
        if (question !== this.asked) return;
        const [target] = found;
        if (target) this.send(question, target);
        else this.failed(null, 'There is no SIP server of this name.');
      },
      (error: unknown) => {
        if (question !== this.asked) return;
        this.failed(null, `DNS: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
  }

  private send(question: number, target: TrunkTarget): void {
    const { stack, trunk, targets } = this.options;
    const sentAtMs = stack.clock.monotonicMs();
    this.sequence += 1;
    const host = bracketed(trunk.host ?? target.address);
    const port = trunk.host === null || trunk.port !== null ? `:${target.port}` : '';
    const request = createRequest({
      method: 'OPTIONS',
      uri: `sip:${host}${port}`,
      headers: {
        from: `<sip:${stack.publicAddress}>;tag=${stack.randomToken()}`,
        to: `<sip:${host}${port}>`,
        'call-id': this.callId,
        cseq: `${this.sequence} OPTIONS`,
        contact: stack.contactOn(target.flow),
        accept: 'application/sdp',
      },
    });
    let over = false;
    const once = (work: () => void) => {
      if (over || question !== this.asked) return;
      over = true;
      silence.cancel();
      work();
    };
    const silent = (text: string) =>
      once(() => {
        targets.failed(target);
        this.failed(null, text);
      });
    const silence = stack.timers.after(SILENCE_LIMIT_MS, () => silent('It does not answer.'));
    stack.layer.request(request, target.flow, {
      onResponse: ({ status, reason }) => {
        if (status < 200) return;
        once(() => {
          if (status === 408 || status === 503) {
            targets.failed(target);
            this.failed(status, reason);
            return;
          }
          targets.worked(target);
          this.alive(stack.clock.monotonicMs() - sentAtMs);
        });
      },
      onFailure: (failure) =>
        silent(
          failure === 'timeout'
            ? 'It does not answer.'
            : (targets.whyBroken(target) ?? 'It can’t be connected to.'),
        ),
    });
  }

  private alive(roundTripMs: number): void {
    const { report, mark, intervalMs } = this.options;
    this.failures = 0;
    mark(false);
    report({ health: 'up', roundTripMs: Math.round(roundTripMs), ...healed(this.options) });
    this.schedule(intervalMs);
  }

  private failed(errorStatus: number | null, text: string): void {
    const { report, mark, intervalMs } = this.options;
    this.failures += 1;
    if (this.failures >= FAILURES_TILL_DOWN) {
      mark(true);
      report({ health: 'down', roundTripMs: null, errorStatus, errorText: text.slice(0, 200) });
    }
    this.schedule(Math.min(intervalMs, SUSPECT_INTERVAL_MS));
  }
}

/** What was wrong is over; but what a registration says about itself is not the health's. */
function healed({ trunk }: HealthOptions): TrunkStateChange {
  return trunk.kind === 'registration' ? {} : { errorStatus: null, errorText: null };
}

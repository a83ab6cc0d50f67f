import { createRequest } from '@/lib/protocol/sip/build';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { SipRequest, SipResponse } from '@/lib/protocol/sip/message';
import type { Timer } from '@/lib/protocol/sip/timers';
import type { Flow } from '@/lib/protocol/sip/transport';
import { escapeUser } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { ChallengeAnswer } from '@/lib/switch/call/challenge-answer';
import type { SipStack } from '@/lib/switch/stack';
import { askedRealms, type ChallengeAnswers } from './challenge';
import { refreshDelayMs, registerVerdict, retryDelayMs } from './registration-rules';
import type { TrunkStateChange } from './states';
import type { TrunkTarget, TrunkTargets } from './targets';

/** A registrar that says nothing for this long is passed over; timer F's 32 s is too long. */
const SILENCE_LIMIT_MS = 8_000;
/** Far above what a REGISTER of ours ever is, far below what UDP takes. */
const REGISTER_BYTES = 800;

export interface RegistrationOptions {
  readonly stack: SipStack;
  readonly targets: TrunkTargets;
  readonly trunk: ConfigTrunk;
  readonly answers: ChallengeAnswers;
  /** The user of our Contact: unguessable, the same after a restart. */
  readonly contactUser: string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly report: (change: TrunkStateChange) => void;
}

/** One try at one target; whatever comes after it is over is ignored. */
interface Attempt {
  readonly targets: readonly TrunkTarget[];
  readonly index: number;
  readonly authenticate: ChallengeAnswer;
  readonly expiresSeconds: number;
}

/** Whoever waits for what comes of a REGISTER. */
interface Waiting {
  onFinal(response: SipResponse, request: SipRequest): void;
  onFailure(why: string): void;
}
const NOBODY_WAITS: Waiting = { onFinal: () => {}, onFailure: () => {} };

type Phase =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'waiting'; readonly timer: Timer }
  | { readonly kind: 'locating' }
  | { readonly kind: 'asking'; readonly attempt: Attempt; readonly silence: Timer };

/**
 * Keeps one trunk registered with its carrier (RFC 3261 §10.2): proves who we are, refreshes ahead
 * of time, goes from server to server where one is away, waits longer each time where none helps.
 */
export class TrunkRegistration {
  private readonly options: RegistrationOptions;
  private readonly callId: string;
  private readonly fromTag: string;
  private sequence = 0;
  private failures = 0;
  private expiresSeconds: number;
  private registeredUntilMs = 0;
  private registeredAt: TrunkTarget | undefined;
  private phase: Phase = { kind: 'stopped' };

  constructor(options: RegistrationOptions) {
    const { stack, trunk } = options;
    this.options = options;
    this.callId = `${stack.randomToken()}@${stack.publicAddress}`;
    this.fromTag = stack.randomToken();
    this.expiresSeconds = trunk.registerSeconds;
  }

  get isRegistered(): boolean {
    return this.registeredUntilMs > this.options.stack.clock.nowMs();
  }

  /** Where it is registered; undefined while it is not. */
  get target(): TrunkTarget | undefined {
    return this.isRegistered ? this.registeredAt : undefined;
  }

  /** Whether it is registered by the very connection of a flow. */
  isOver({ transport, remote, peerName }: Flow): boolean {
    const target = this.target;
    if (target?.transport !== transport || target.flow.peerName !== peerName) return false;
    return target.address === remote.address && target.port === remote.port;
  }

  start(): void {
    if (this.phase.kind !== 'stopped') return;
    this.options.report({ registration: 'registering' });
    this.locate();
  }

  /** Stops asking; the registration runs out by itself, or another node goes on with it. */
  stop(): void {
    this.leave();
    this.phase = { kind: 'stopped' };
  }

  /** Stops, and takes the registration back: the trunk is deleted or disabled. */
  unregister(): void {
    const target = this.target;
    this.stop();
    this.registeredUntilMs = 0;
    this.options.report({ registration: null, registeredUntilMs: null });
    if (!target) return;
    const authenticate = this.options.answers.forRequest();
    const attempt = { targets: [target], index: 0, authenticate, expiresSeconds: 0 };
    this.send(
      attempt,
      {},
      {
        onFinal: (response, request) => {
          const proof = authenticate(request, response);
          if (proof) this.send(attempt, proof, NOBODY_WAITS);
        },
        onFailure: () => {},
      },
    );
  }

  /** A connection ended: calls can't come by it any more, so it is asked for anew. */
  flowClosed(remote: { readonly address: string; readonly port: number }, transport: string): void {
    const target = this.target;
    if (!target || this.phase.kind !== 'waiting' || target.transport !== transport) return;
    if (target.address !== remote.address || target.port !== remote.port) return;
    this.wait(retryDelayMs(1, 'unavailable', this.options.random()));
  }

  private locate(): void {
    this.leave();
    this.phase = { kind: 'locating' };
    const { targets, trunk } = this.options;
    targets.of(trunk, REGISTER_BYTES).then(
      (found) => this.located(found),
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        this.failed('unavailable', { errorStatus: null, errorText: `DNS: ${why}` });
      },
    );
  }

  private located(targets: readonly TrunkTarget[]): void {
    if (this.phase.kind !== 'locating') return;
    const authenticate = this.options.answers.forRequest();
    if (targets.length === 0) {
      const errorText = `There is no SIP server at ${this.options.trunk.host ?? ''}.`;
      this.failed('unavailable', { errorStatus: null, errorText });
      return;
    }
    this.ask({ targets, index: 0, authenticate, expiresSeconds: this.expiresSeconds }, {});
  }

  private ask(attempt: Attempt, proof: Readonly<Record<string, string>>): void {
    this.leave();
    const silence = this.options.stack.timers.after(SILENCE_LIMIT_MS, () => {
      if (this.isCurrent(attempt)) this.unanswered(attempt, 'It does not answer.');
    });
    this.phase = { kind: 'asking', attempt, silence };
    this.send(attempt, proof, {
      onFinal: (response, request) => {
        if (this.isCurrent(attempt)) this.answered(attempt, request, response);
      },
      onFailure: (why) => {
        if (this.isCurrent(attempt)) this.unanswered(attempt, why);
      },
    });
  }

  private isCurrent(attempt: Attempt): boolean {
    return this.phase.kind === 'asking' && this.phase.attempt === attempt;
  }

  private answered(attempt: Attempt, request: SipRequest, response: SipResponse): void {
    const { contactUser, targets } = this.options;
    const target = attempt.targets[attempt.index];
    const verdict = registerVerdict(response, { contactUser, seconds: attempt.expiresSeconds });
    switch (verdict.kind) {
      case 'registered':
        if (target) this.registered(target, verdict.grantedSeconds);
        return;
      case 'challenged': {
        const proof = attempt.authenticate(request, response);
        if (proof) this.ask({ ...attempt }, proof);
        else this.failed('refused', this.whyUnproved(response));
        return;
      }
      case 'too_brief':
        this.expiresSeconds = verdict.minSeconds;
        this.ask(
          {
            ...attempt,
            authenticate: this.options.answers.forRequest(),
            expiresSeconds: verdict.minSeconds,
          },
          {},
        );
        return;
      case 'unavailable':
        if (target) targets.failed(target, verdict.retryAfterMs);
        this.next(attempt, errorOf(response), verdict.retryAfterMs);
        return;
      case 'refused':
        this.failed('refused', errorOf(response));
    }
  }

  private unanswered(attempt: Attempt, errorText: string): void {
    const target = attempt.targets[attempt.index];
    if (target) this.options.targets.failed(target);
    this.next(attempt, { errorStatus: null, errorText }, undefined);
  }

  /** The next server, each with a transaction of its own; after the last a pause. */
  private next(attempt: Attempt, error: TrunkError, retryAfterMs: number | undefined): void {
    if (attempt.index + 1 < attempt.targets.length) {
      const authenticate = this.options.answers.forRequest();
      this.ask({ ...attempt, index: attempt.index + 1, authenticate }, {});
      return;
    }
    this.failed('unavailable', error, retryAfterMs);
  }

  private registered(target: TrunkTarget, granted: number): void {
    const { stack, targets, report, random } = this.options;
    targets.worked(target);
    this.failures = 0;
    this.registeredAt = target;
    this.registeredUntilMs = stack.clock.nowMs() + granted * 1000;
    report({
      registration: 'registered',
      registeredUntilMs: this.registeredUntilMs,
      errorStatus: null,
      errorText: null,
    });
    this.wait(refreshDelayMs(granted, random()));
  }

  private failed(
    kind: 'unavailable' | 'refused',
    error: TrunkError,
    retryAfterMs: number | undefined = undefined,
  ): void {
    if (this.phase.kind === 'stopped') return;
    this.failures += 1;
    // Within the granted time the carrier still knows us: calls go on.
    const registration = this.isRegistered && kind === 'unavailable' ? 'registered' : 'failed';
    if (registration === 'failed') this.registeredUntilMs = 0;
    this.options.report({ registration, ...error });
    const delayMs = retryDelayMs(this.failures, kind, this.options.random());
    this.wait(Math.max(delayMs, retryAfterMs ?? 0));
  }

  private wait(delayMs: number): void {
    this.leave();
    const timer = this.options.stack.timers.after(delayMs, () => this.locate());
    this.phase = { kind: 'waiting', timer };
  }

  private leave(): void {
    if (this.phase.kind === 'waiting') this.phase.timer.cancel();
    if (this.phase.kind === 'asking') this.phase.silence.cancel();
  }

  private whyUnproved(response: SipResponse): TrunkError {
    const realm = realmOf(this.options.trunk);
    const asked = askedRealms(response);
    const errorText = asked.includes(realm)
      ? 'Wrong user name or secret.'
      : `It asks for the realm "${asked[0] ?? ''}", but the secret is for "${realm}".`;
    return { errorStatus: response.status, errorText };
  }

  private send(
    attempt: Attempt,
    proof: Readonly<Record<string, string>>,
    { onFinal, onFailure }: Waiting,
  ): void {
    const { stack, trunk, contactUser, targets } = this.options;
    const target = attempt.targets[attempt.index];
    if (!target) return;
    this.sequence += 1;
    const host = bracketed(trunk.host ?? target.address);
    const us = `<sip:${escapeUser(trunk.username ?? '')}@${host}>`;
    const contact = stack.contactOn(target.flow).replace('<sip:', `<sip:${contactUser}@`);
    const request = createRequest({
      method: 'REGISTER',
      uri: `sip:${host}${trunk.port === null ? '' : `:${trunk.port}`}`,
      headers: {
        from: `${us};tag=${this.fromTag}`,
        to: us,
        'call-id': this.callId,
        cseq: `${this.sequence} REGISTER`,
        contact: `${contact};expires=${attempt.expiresSeconds}`,
        expires: String(attempt.expiresSeconds),
        ...proof,
      },
    });
    const transaction = stack.layer.request(request, target.flow, {
      onResponse: (response) => {
        if (response.status >= 200) onFinal(response, transaction.request);
      },
      onFailure: (failure) =>
        onFailure(
          failure === 'timeout'
            ? 'It does not answer.'
            : (targets.whyBroken(target) ?? 'It can’t be connected to.'),
        ),
    });
  }
}

interface TrunkError {
  readonly errorStatus: number | null;
  readonly errorText: string | null;
}

function errorOf(response: SipResponse): TrunkError {
  return { errorStatus: response.status, errorText: response.reason.slice(0, 200) };
}

/** The realm that a trunk's secret is for: as configured, else its own name. */
export function realmOf(trunk: ConfigTrunk): string {
  return trunk.realm ?? trunk.host ?? trunk.address ?? '';
}

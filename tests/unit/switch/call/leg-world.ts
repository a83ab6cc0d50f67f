import { expect } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { silentLogger } from '@/lib/infra/log';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import { answerFor } from '@/lib/switch/call/answer-for';
import { CallMedia } from '@/lib/switch/call/call-media';
import { type CalleeFailure, CalleeLeg } from '@/lib/switch/call/callee-leg';
import { CallerLeg } from '@/lib/switch/call/caller-leg';
import type { ChallengeAnswer } from '@/lib/switch/call/challenge-answer';
import { dismissLateAnswer } from '@/lib/switch/call/late-answer';
import type { HangUpCause, Leg } from '@/lib/switch/call/leg';
import { relayInfo } from '@/lib/switch/call/relay-info';
import { renegotiate } from '@/lib/switch/call/renegotiation';
import type { LegDescription, MediaEngine, PressedKey } from '@/lib/switch/media/engine';
import { createRouter } from '@/lib/switch/router';
import type { DialogTable, SipStack } from '@/lib/switch/stack';
import { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import { Phone } from './phone';

export const US = '192.0.2.1';
export const ALICE = '192.0.2.10';
export const BOB = '192.0.2.20';

/** A media engine that only writes down what it is asked: "us(x)" is x as the other leg sees it. */
class FakeEngine implements Partial<MediaEngine> {
  readonly log: string[] = [];
  private pending: string | undefined;

  offer = (description: LegDescription) => this.note('offer', description);
  answer = (description: LegDescription) => {
    this.pending = undefined;
    return this.note('answer', description);
  };
  update = async (description: LegDescription) => {
    if (this.pending) throw new AppError('CONFLICT', 'Another offer is pending.');
    this.pending = description.fromLegId;
    return await this.note('update', description);
  };
  /** Whether keys can be put into what a leg hears. */
  takesKeys = false;
  press = (_sessionId: string, _legId: string, { digit, durationMs }: PressedKey) => {
    if (this.takesKeys) this.log.push(`press ${digit} for ${durationMs}`);
    return this.takesKeys;
  };
  rollback = () => {
    this.pending = undefined;
    this.log.push('rollback');
  };

  private async note(verb: string, { sdp }: LegDescription): Promise<Buffer> {
    this.log.push(`${verb} ${sdp}`);
    return Buffer.from(`us(${sdp})`);
  }
}

function asEngine(fake: FakeEngine): MediaEngine {
  // What the fake lacks no leg asks for.
  return fake as unknown as MediaEngine;
}

/** Two phones, our two legs between them, and the least of a call that connects them. */
export class LegWorld {
  readonly network = new VirtualNetwork();
  readonly dialogs: DialogTable = new Map();
  readonly stack: SipStack;
  readonly alice: Phone;
  readonly bob: Phone;
  readonly engine = new FakeEngine();
  readonly media: CallMedia;
  readonly failures: CalleeFailure[] = [];
  readonly hungUp: { readonly leg: 'caller' | 'callee'; readonly cause: HangUpCause | null }[] = [];
  /** Further addresses that speak for Bob, as those of a carrier. */
  readonly kin = new Set<string>();
  /** What we prove ourselves to Bob with. */
  credentials: ChallengeAnswer | undefined;
  caller: CallerLeg | undefined;
  callee: CalleeLeg | undefined;
  private early: CalleeLeg | undefined;
  private tokens = 0;

  /** With an engine that negotiates, where what is said matters. */
  constructor(engine?: MediaEngine) {
    const { network } = this;
    engine?.createSession({ sessionId: 'session', callerLegId: '', onEvent: () => undefined });
    this.media = new CallMedia(engine ?? asEngine(this.engine), 'session');
    const router = createRouter({
      dialogs: this.dialogs,
      log: { ...silentLogger, error: (...entry) => network.errors.push(entry) },
      register: (transaction) => transaction.respond(200),
      invite: (transaction) => this.invited(transaction),
      subscribe: (transaction) => transaction.respond(489),
      isDraining: () => false,
      mayBeEmergency: () => false,
    });
    this.stack = {
      layer: network.host(US, {
        ...router,
        onLateAnswer: (response, flow) => dismissLateAnswer(this.stack, response, flow),
      }),
      timers: network.timers,
      clock: network.clock,
      log: silentLogger,
      dialogs: this.dialogs,
      publicAddress: US,
      randomToken: () => {
        this.tokens += 1;
        return `ours${this.tokens}`;
      },
      contactOn: () => `<sip:${US}:5060>`,
    };
    this.alice = new Phone(network, ALICE, US);
    this.bob = new Phone(network, BOB, US);
    this.bob.on['INVITE'] = (transaction) => this.bob.answer(transaction, 200, { sdp: 'answer' });
  }

  /** Moves time on; what media promised is kept on the way. */
  async pass(ms: number): Promise<void> {
    const stepMs = ms > 5_000 ? 500 : 10;
    for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
      this.network.advance(Math.min(leftMs, stepMs));
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
    expect(this.network.errors).toEqual([]);
  }

  /** A call that both are in. */
  async talking(headers: Record<string, string> = {}): Promise<void> {
    const call = this.alice.call({ sdp: 'offer', headers });
    await this.pass(100);
    expect(call.statuses()).toEqual([200]);
    this.engine.log.length = 0;
  }

  /** Nothing of a call may be left: no transaction, no dialog, no timer. */
  async settled(): Promise<void> {
    await this.pass(70_000);
    const { inviteServer, inviteClient, nonInviteServer, nonInviteClient } =
      this.stack.layer.counters();
    expect({ inviteServer, inviteClient, nonInviteServer, nonInviteClient }).toEqual({
      inviteServer: 0,
      inviteClient: 0,
      nonInviteServer: 0,
      nonInviteClient: 0,
    });
    expect(this.dialogs.size).toBe(0);
    expect(this.network.timers.size).toBe(0);
  }

  private invited(transaction: ServerTransaction): void {
    const caller = new CallerLeg(this.stack, {
      id: newId(0),
      identity: this.identity(0, transaction.request.callId),
      transaction,
    });
    this.caller = caller;
    if (!caller.isUsable) throw new Error('the caller has no Contact');
    const callee = new CalleeLeg(this.stack, {
      id: newId(1),
      identity: this.identity(1, 'ours@us'),
      flow: this.network.flow(US, BOB),
      isKin: (flow) => this.kin.has(flow.remote.address),
      listener: {
        onProvisional: (leg, status, sdp) => void this.ringing(leg, status, sdp),
        onAnswered: (leg, sdp) => void this.answered(leg, sdp),
        onFailed: (_leg, failure) => {
          this.failures.push(failure);
          caller.refuse({ status: failure.status, q850: failure.q850 });
        },
      },
    });
    this.callee = callee;
    caller.onCancelled = () => callee.hangUp({ q850: 16, text: 'cancelled' });
    for (const leg of [caller, callee]) {
      leg.listener = {
        onHungUp: (from, cause) => this.ended(from, cause),
        onReoffer: (from, reoffer) =>
          renegotiate({
            leg: from,
            other: this.otherThan(from),
            media: this.media,
            reoffer,
            onTrouble: () => undefined,
            onAgreed: () => undefined,
          }),
        onInfo: (from, info, request) => {
          const { media } = this;
          relayInfo({ leg: from, other: this.otherThan(from), media }, info, request);
        },
        onRefer: (_from, refer) => void refer.respond(603),
      };
    }
    void this.dial(caller, callee);
  }

  private async dial(caller: CallerLeg, callee: CalleeLeg): Promise<void> {
    const { offer } = caller;
    const sdp =
      offer &&
      (await this.media.offerTo(callee.id, { leg: caller, offer }, { protection: 'plain' }));
    callee.invite({
      uri: `sip:102@${BOB}`,
      from: '<sip:101@acme.test>',
      to: '<sip:102@acme.test>',
      maxForwards: 69,
      headers: {},
      sdp,
      authenticate: (request, response) => this.credentials?.(request, response),
    });
  }

  private async ringing(leg: CalleeLeg, status: number, sdp: Buffer | null): Promise<void> {
    const early = sdp && (await this.media.answer(leg, this.callerLeg, sdp));
    if (early) this.early = leg;
    this.callerLeg.progress(status === 183 ? 183 : 180, early);
  }

  private async answered(leg: CalleeLeg, sdp: Buffer): Promise<void> {
    const told = await answerFor({
      ...{ media: this.media, caller: this.callerLeg, leg, sdp },
      early: this.early,
    });
    if (!this.callerLeg.answer(told.sdp, told.onLateAnswer)) {
      leg.hangUp({ q850: 16, text: 'too late' });
    }
  }

  private ended(from: Leg, cause: HangUpCause | null): void {
    this.hungUp.push({ leg: from === this.caller ? 'caller' : 'callee', cause });
    this.otherThan(from).hangUp({ q850: cause?.q850 ?? 16, text: 'over' });
  }

  private get callerLeg(): CallerLeg {
    if (!this.caller) throw new Error('nobody called');
    return this.caller;
  }

  private otherThan(leg: Leg): Leg {
    const other = leg === this.caller ? this.callee : this.caller;
    if (!other) throw new Error('there is no other leg');
    return other;
  }

  private identity(seq: number, sipCallId: string) {
    return { seq, sipCallId, extensionId: null, trunkId: null, target: '' };
  }
}

import type { Clock } from '@/lib/core/clock';
import type { TimerScheduler } from '@/lib/protocol/sip/timers';
import type { Flow, InboundMessage, Transport } from '@/lib/protocol/sip/transport';
import type { CallFacts, LegFacts } from '@/lib/services/charging/types';
import type { CallTrace, TraceMessage } from '@/lib/services/traces/types';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { maskSecrets } from './mask';
import { type Claim, type HeardDialog, TraceRing } from './ring';
import { callIdOf, isInvite } from './sniff';

const DAY_MS = 24 * 3_600_000;
/** What comes after a call's end still belongs to it: the 200 to the BYE, and its repetition. */
const LINGER_MS = 3_000;

/** A call as the capture follows it. */
export interface FollowedCall {
  readonly callId: string;
  readonly facts: CallFacts;
  readonly legs: readonly LegFacts[];
}

/** What of a running call can be seen, and by whom. */
export interface LiveTrace {
  readonly accountId: string;
  readonly isTruncated: boolean;
  readonly messages: readonly TraceMessage[];
}

export interface CaptureOptions {
  readonly directory: SwitchDirectory;
  readonly clock: Clock;
  readonly timers: TimerScheduler;
  /** Where complete traces go. */
  readonly writer: { add(trace: CallTrace): void; close(): Promise<void> };
  readonly ring?: TraceRing;
}

/**
 * Keeps the signalling of calls whose tenants asked for it. While no tenant does, a message costs
 * one look at a flag. A leg is its tenant's: both sides of a call between two accounts decide for
 * themselves; a carrier's leg goes with the call's own tenant, and only the operator reads it. A leg
 * that another call of the tenant takes over (a forward, a transfer) is kept for both, for the second
 * from its beginning on.
 */
export class Capture {
  private readonly options: CaptureOptions;
  private readonly ring: TraceRing;
  private readonly wallMinusMonotonicMs: number;
  private readonly lingering = new Map<string, () => void>();
  private on = false;

  constructor(options: CaptureOptions) {
    this.options = options;
    this.ring = options.ring ?? new TraceRing();
    this.wallMinusMonotonicMs = options.clock.nowMs() - options.clock.monotonicMs();
  }

  get isOn(): boolean {
    return this.on;
  }

  get figures(): { readonly bytes: number; readonly dialogs: number; readonly dropped: number } {
    return { bytes: this.ring.bytes, dialogs: this.ring.size, dropped: this.ring.dropped };
  }

  /** Looks anew whether any tenant captures; call it when tenants have changed. */
  refresh(): void {
    let any = false;
    for (const tenant of this.options.directory.records('tenant').values()) {
      any ||= tenant.captureDays !== null;
    }
    this.on = any;
    if (!any) this.ring.clear();
  }

  /** Hears what comes in, before it is parsed. */
  received(batch: readonly InboundMessage[]): void {
    if (!this.on) return;
    for (const { bytes, flow } of batch) this.hear('in', bytes, flow);
  }

  /** A transport that is heard, too. */
  around(transport: Transport): Transport {
    return {
      send: (bytes, flow) => {
        const isSent = transport.send(bytes, flow);
        if (this.on && isSent) this.hear('out', bytes, flow);
        return isSent;
      },
    };
  }

  /** A CallObserver: whose the dialogs are shows at the reservation, the answer and the end. */
  held(call: FollowedCall): void {
    this.follow(call);
  }

  /** Says whose the dialogs of a call are, as far as it has any. */
  follow(call: FollowedCall): void {
    if (!this.on) return;
    const { link, startedAtMs } = call.facts;
    const isBorrowed = link?.kind === 'forward' || link?.kind === 'transfer';
    for (const leg of call.legs) {
      // The caller of a forward or transfer has been in another call before, whole.
      const sinceMs = isBorrowed && leg.seq === 0 ? startedAtMs : 0;
      this.ring.claim(leg.sipCallId, this.claimOf(call, leg), sinceMs);
    }
  }

  /** A call is over: what is kept of it is handed on when its last answers have come. */
  ended(call: FollowedCall): void {
    if (!this.on) return;
    this.follow(call);
    if (!this.ring.has(call.callId) || this.lingering.has(call.callId)) return;
    const finish = (): void => {
      this.lingering.delete(call.callId);
      timer.cancel();
      for (const trace of this.tracesOf(call)) this.options.writer.add(trace);
    };
    const timer = this.options.timers.after(LINGER_MS, finish);
    this.lingering.set(call.callId, finish);
  }

  /** What is kept of a call that goes on or has just ended. */
  live(callId: string): readonly LiveTrace[] {
    return byAccount(this.ring.read(callId)).map(({ claim, isTruncated, messages }) => ({
      accountId: claim.accountId,
      isTruncated,
      messages,
    }));
  }

  /** Looks whose the dialogs of running calls are, and drops what nobody claimed. */
  sweep(calls: Iterable<{ followed(): FollowedCall }>): void {
    if (!this.on) return;
    for (const call of calls) this.follow(call.followed());
    this.ring.sweep(this.nowMs());
  }

  /** Writes everything that waits for last answers. */
  async close(): Promise<void> {
    for (const finish of [...this.lingering.values()]) finish();
    await this.options.writer.close();
  }

  private tracesOf({ callId, facts }: FollowedCall): CallTrace[] {
    return byAccount(this.ring.take(callId)).map(({ claim, isTruncated, messages }) => ({
      callId,
      accountId: claim.accountId,
      startedAtMs: facts.startedAtMs,
      expiresAtMs: this.options.clock.nowMs() + claim.retentionDays * DAY_MS,
      isTruncated,
      messages,
    }));
  }

  private hear(direction: 'in' | 'out', bytes: Buffer, flow: Flow): void {
    const sipCallId = callIdOf(bytes);
    if (sipCallId === undefined || !this.ring.wants(sipCallId, isInvite(bytes))) return;
    const { transport, local, remote } = flow;
    this.ring.add(sipCallId, {
      atMs: this.nowMs(),
      direction,
      transport,
      local,
      remote,
      text: maskSecrets(bytes.toString('latin1')),
    });
  }

  /** To the microsecond, and never back. */
  private nowMs(): number {
    return this.wallMinusMonotonicMs + this.options.clock.monotonicMs();
  }

  private claimOf({ callId, facts }: FollowedCall, leg: LegFacts): Claim | null {
    const { directory } = this.options;
    const extension = leg.extensionId === null ? null : directory.extensionById(leg.extensionId);
    const trunk = leg.trunkId === null ? null : directory.trunkById(leg.trunkId);
    const tenantId = extension?.tenantId ?? trunk?.tenantId ?? facts.tenantId;
    const tenant = directory.tenantById(tenantId);
    if (!tenant || tenant.captureDays === null) return null;
    return {
      callId,
      tenantId,
      accountId: tenant.accountId,
      retentionDays: tenant.captureDays,
      leg: leg.seq,
      isCarrier: leg.extensionId === null && !trunk?.tenantId,
    };
  }
}

/** Dialogs of one call, together for each account, their messages by time. */
function byAccount(dialogs: readonly HeardDialog[]) {
  const accounts = new Map<
    string,
    { claim: Claim; isTruncated: boolean; messages: TraceMessage[] }
  >();
  for (const { claim, isTruncated, messages } of dialogs) {
    const { leg, isCarrier } = claim;
    const own = accounts.get(claim.accountId) ?? { claim, isTruncated: false, messages: [] };
    own.isTruncated ||= isTruncated;
    own.messages.push(...messages.map((message) => ({ ...message, leg, isCarrier })));
    accounts.set(claim.accountId, own);
  }
  for (const { messages } of accounts.values()) messages.sort((a, b) => a.atMs - b.atMs);
  return [...accounts.values()];
}

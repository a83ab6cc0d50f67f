import type { Flow } from '@/lib/protocol/sip/transport';
import type { LegFacts, LegResult } from '@/lib/services/charging/types';

/**
 * A moment that is kept as what passed since another one: a small number, where a time of its own
 * would take memory. Null where it has not come.
 */
export function momentAfter(startMs: number, afterMs: number | null): number | null {
  return afterMs === null ? null : startMs + afterMs;
}

/** What is known of a leg before it does anything. */
export interface LegIdentity {
  readonly seq: number;
  readonly sipCallId: string;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
  readonly target: string;
}

/** Which leg it is and how it went, for the record of its call; every moment is noted once. */
export class LegRecord implements LegIdentity {
  readonly seq: number;
  readonly sipCallId: string;
  readonly extensionId: string | null;
  readonly trunkId: string | null;
  readonly target: string;
  readonly startedAtMs: number;
  /** After the start. */
  private ringingAfterMs: number | null = null;
  private answeredAfterMs: number | null = null;
  private ended:
    | { readonly atMs: number; readonly status: number; readonly q850: number | null }
    | undefined;

  constructor(identity: LegIdentity, nowMs: number) {
    this.seq = identity.seq;
    this.sipCallId = identity.sipCallId;
    this.extensionId = identity.extensionId;
    this.trunkId = identity.trunkId;
    this.target = identity.target;
    this.startedAtMs = nowMs;
  }

  get isAnswered(): boolean {
    return this.answeredAfterMs !== null;
  }

  get isEnded(): boolean {
    return this.ended !== undefined;
  }

  ringing(nowMs: number): void {
    this.ringingAfterMs ??= nowMs - this.startedAtMs;
  }

  answered(nowMs: number): void {
    this.answeredAfterMs ??= nowMs - this.startedAtMs;
  }

  /** False where it has ended before. */
  end(nowMs: number, status: number, q850: number | null): boolean {
    if (this.ended) return false;
    this.ended = { atMs: nowMs, status, q850 };
    return true;
  }

  /**
   * As it stands now. Spelt out, like the result: what is spread into an object is looked up name by
   * name, and every call asks for this several times.
   */
  facts(flow: Flow): LegFacts {
    return {
      seq: this.seq,
      sipCallId: this.sipCallId,
      extensionId: this.extensionId,
      trunkId: this.trunkId,
      target: this.target,
      address: flow.remote.address,
      transport: flow.transport,
      startedAtMs: this.startedAtMs,
      ringingAtMs: momentAfter(this.startedAtMs, this.ringingAfterMs),
      answeredAtMs: momentAfter(this.startedAtMs, this.answeredAfterMs),
    };
  }

  /** As it ended; what has not ended yet ends now. */
  result(flow: Flow, codec: string | null, nowMs: number): LegResult {
    return {
      seq: this.seq,
      sipCallId: this.sipCallId,
      extensionId: this.extensionId,
      trunkId: this.trunkId,
      target: this.target,
      address: flow.remote.address,
      transport: flow.transport,
      startedAtMs: this.startedAtMs,
      ringingAtMs: momentAfter(this.startedAtMs, this.ringingAfterMs),
      answeredAtMs: momentAfter(this.startedAtMs, this.answeredAfterMs),
      endedAtMs: this.ended?.atMs ?? nowMs,
      sipStatus: this.ended?.status ?? 0,
      q850Cause: this.ended?.q850 ?? null,
      codec,
      media: null,
    };
  }
}

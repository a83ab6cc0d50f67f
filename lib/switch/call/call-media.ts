import type { Timer, TimerScheduler } from '@/lib/protocol/sip/timers';
import type { JsonValue } from '@/lib/services/charging/types';
import type { Gate, LegMediaStats, MediaEngine, MediaEvent } from '@/lib/switch/media/engine';
import type { Leg } from './leg';

/**
 * A conversation that fell silent is dead after the engine's own timeout. One in which no packet
 * was ever heard may be meant so (media that takes another way, a test of signalling alone): it
 * has ten minutes more.
 */
const NEVER_HEARD_GRACE_MS = 10 * 60_000;

/** What the CDR keeps of a call's media. */
export interface MediaFigures {
  readonly codec: string | null;
  readonly summary: JsonValue;
  codecOf(legId: string): string | null;
}

/** The media of one call: one session of the engine, the caller's leg and the called ones. */
export class CallMedia {
  private readonly engine: MediaEngine;
  private readonly sessionId: string;
  private readonly caller: Leg;
  private grace: Timer | undefined;

  constructor(engine: MediaEngine, sessionId: string, caller: Leg) {
    this.engine = engine;
    this.sessionId = sessionId;
    this.caller = caller;
  }

  /** Opens the session; `onDead` when no media will ever flow again. */
  open(timers: TimerScheduler, onDead: (reason: string) => void): void {
    const fellSilent = async (): Promise<void> => {
      if (await this.wasHeard()) onDead('silent');
      else this.grace ??= timers.after(NEVER_HEARD_GRACE_MS, () => void graceOver());
    };
    const graceOver = async (): Promise<void> => {
      if (!(await this.wasHeard())) onDead('never heard');
    };
    this.engine.createSession({
      sessionId: this.sessionId,
      callerLegId: this.caller.id,
      onEvent: (event: MediaEvent) => {
        if (event.type === 'lost') onDead(event.reason);
        else if (event.sessionSilent) void fellSilent();
      },
    });
  }

  /** What to offer to a called leg, made of what the caller offered. */
  offerTo(legId: string, callerSdp: Buffer): Promise<Buffer> {
    return this.engine.offer({
      sessionId: this.sessionId,
      fromLegId: this.caller.id,
      toLegId: legId,
      sdp: callerSdp,
      signallingAddress: this.caller.flow.remote.address,
    });
  }

  /** What to tell `to` of the answer of `from`; the two are connected. */
  answer(from: Leg, to: Leg, sdp: Buffer): Promise<Buffer> {
    return this.engine.answer(this.describe(from, to, sdp));
  }

  /** What to offer anew to `to`, made of the new offer of `from`. */
  update(from: Leg, to: Leg, sdp: Buffer): Promise<Buffer> {
    return this.engine.update(this.describe(from, to, sdp));
  }

  /** A new offer was refused: everything stays as it was. */
  rollback(): void {
    this.engine.rollback(this.sessionId);
  }

  /** Ends a branch that lost. */
  drop(legId: string): void {
    this.engine.deleteLeg(this.sessionId, legId).catch(() => undefined);
  }

  gate(gate: Gate): void {
    this.engine.gate(this.sessionId, gate);
  }

  /** Ends the session; media stops at once. */
  async close(): Promise<MediaFigures> {
    this.grace?.cancel();
    const stats = await this.engine.delete(this.sessionId).catch(() => null);
    const legs = stats?.legs ?? [];
    return {
      codec: legs.find((leg) => leg.codec !== null)?.codec ?? null,
      summary: stats === null ? null : { legs: legs.map(summaryOf) },
      codecOf: (legId) => legs.find((leg) => leg.legId === legId)?.codec ?? null,
    };
  }

  /** Whether any leg ever sent a packet; a session that can't be asked counts as heard. */
  private async wasHeard(): Promise<boolean> {
    const stats = await this.engine.stats(this.sessionId).catch(() => null);
    return stats?.legs.some((leg) => leg.received.packets > 0) ?? true;
  }

  private describe(from: Leg, to: Leg, sdp: Buffer) {
    return {
      sessionId: this.sessionId,
      fromLegId: from.id,
      toLegId: to.id,
      sdp,
      signallingAddress: from.flow.remote.address,
    };
  }
}

function summaryOf(leg: LegMediaStats): JsonValue {
  return {
    legId: leg.legId,
    codec: leg.codec,
    received: { ...leg.received },
    sent: { ...leg.sent },
    reported: leg.reported === null ? null : { ...leg.reported },
    dropped: { ...leg.dropped },
  };
}

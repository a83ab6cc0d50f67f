import type { Timer, TimerScheduler } from '@/lib/protocol/sip/timers';
import type { JsonValue } from '@/lib/services/charging/types';
import type {
  Gate,
  LegMediaStats,
  MediaEngine,
  MediaEvent,
  SessionStats,
} from '@/lib/switch/media/engine';
import type { Leg } from './leg';

/**
 * A conversation that fell silent is dead after the engine's own timeout. One in which no packet
 * was ever heard may be meant so (media that takes another way, a test of signalling alone): it
 * has ten minutes more.
 */
const NEVER_HEARD_GRACE_MS = 10 * 60_000;

/** What calls' records keep of the media: each call asks for its own legs. */
export interface MediaFigures {
  codecOf(legId: string): string | null;
  /** Null where the session can't be asked any more. */
  summaryOf(legIds: readonly string[]): JsonValue;
}

/** The media of a conversation: one session of the engine and the legs that it has. */
export class CallMedia {
  private readonly engine: MediaEngine;
  private readonly sessionId: string;
  private grace: Timer | undefined;

  constructor(engine: MediaEngine, sessionId: string) {
    this.engine = engine;
    this.sessionId = sessionId;
  }

  /**
   * Opens the session; `callerLegId` is heard by nobody before the gate opens. `onDead` when no
   * media will ever flow again.
   */
  open(callerLegId: string, timers: TimerScheduler, onDead: (reason: string) => void): void {
    const fellSilent = async (): Promise<void> => {
      if (await this.wasHeard()) onDead('silent');
      else this.grace ??= timers.after(NEVER_HEARD_GRACE_MS, () => void graceOver());
    };
    const graceOver = async (): Promise<void> => {
      if (!(await this.wasHeard())) onDead('never heard');
    };
    this.engine.createSession({
      sessionId: this.sessionId,
      callerLegId,
      onEvent: (event: MediaEvent) => {
        if (event.type === 'lost') onDead(event.reason);
        else if (event.sessionSilent) void fellSilent();
      },
    });
  }

  /** What to offer to a called leg, made of what `from` offers. */
  offerTo(legId: string, from: { readonly leg: Leg; readonly offer: Buffer }): Promise<Buffer> {
    return this.engine.offer(this.describe(from.leg, { id: legId }, from.offer));
  }

  /** What to offer to `to`, made of the first offer of `from`: the caller wanted the callee to offer. */
  offer(from: Leg, to: Leg, sdp: Buffer): Promise<Buffer> {
    return this.engine.offer(this.describe(from, to, sdp));
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

  /** The figures as they are now; the session goes on. */
  async figures(): Promise<MediaFigures> {
    return figuresOf(await this.engine.stats(this.sessionId).catch(() => null));
  }

  /** Ends the session; media stops at once. */
  async close(): Promise<MediaFigures> {
    this.grace?.cancel();
    return figuresOf(await this.engine.delete(this.sessionId).catch(() => null));
  }

  /** Whether any leg ever sent a packet; a session that can't be asked counts as heard. */
  private async wasHeard(): Promise<boolean> {
    const stats = await this.engine.stats(this.sessionId).catch(() => null);
    return stats?.legs.some((leg) => leg.received.packets > 0) ?? true;
  }

  private describe(from: Leg, to: { readonly id: string }, sdp: Buffer) {
    return {
      sessionId: this.sessionId,
      fromLegId: from.id,
      toLegId: to.id,
      sdp,
      signallingAddress: from.flow.remote.address,
    };
  }
}

function figuresOf(stats: SessionStats | null): MediaFigures {
  const legs = stats?.legs ?? [];
  return {
    codecOf: (legId) => legs.find((leg) => leg.legId === legId)?.codec ?? null,
    summaryOf: (legIds) =>
      stats && { legs: legs.filter((leg) => legIds.includes(leg.legId)).map(summaryOf) },
  };
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

import type { Timer, TimerScheduler } from '@/lib/protocol/sip/timers';
import { isSecure } from '@/lib/protocol/sip/transport';
import type { JsonValue } from '@/lib/services/charging/types';
import type {
  Gate,
  LegCodecs,
  LegDescription,
  LegMediaStats,
  LegProtection,
  MediaEngine,
  MediaEvent,
  PressedKey,
  SessionStats,
} from '@/lib/switch/media/engine';
import type { Playback } from '@/lib/switch/media/sound';
import { KeptSdp } from './kept-sdp';
import type { Leg } from './leg';
import { usualProtection } from './media-protection';
import { Playing } from './playing';

/**
 * A conversation that fell silent is dead after the engine's own timeout. One in which no packet
 * was ever heard may be meant so (media that takes another way, a test of signalling alone): it
 * has ten minutes more.
 */
const NEVER_HEARD_GRACE_MS = 10 * 60_000;

/** What calls' records keep of the media: each call asks for its own legs. */
export interface MediaFigures {
  codecOf(legId: string): string | null;
  /** Null where the session can't be asked any more, or hears nothing of the media. */
  summaryOf(legIds: readonly string[]): JsonValue;
}

/** What the engine has to know of a leg. */
type MediaSide = Pick<Leg, 'id' | 'flow' | 'identity'>;

/** What a leg said; those of a session point to one another, for there are two of them in every call. */
class LegSaid extends KeptSdp {
  readonly legId: string;
  next: LegSaid | undefined;

  constructor(legId: string, sdp: Buffer) {
    super(sdp);
    this.legId = legId;
  }
}

type Sayings = LegSaid | undefined;

function saidIn(sayings: Sayings, legId: string): Sayings {
  let said = sayings;
  while (said !== undefined && said.legId !== legId) said = said.next;
  return said;
}

function without(sayings: Sayings, legId: string): Sayings {
  if (sayings === undefined) return undefined;
  if (sayings.legId === legId) return sayings.next;
  sayings.next = without(sayings.next, legId);
  return sayings;
}

/** The latest of its leg takes the place of what that one said before. */
function withLatest(sayings: Sayings, latest: LegSaid): LegSaid {
  latest.next = without(sayings, latest.legId);
  return latest;
}

/** Of a session that no leg has left. */
const NOTHING_EARLIER: readonly never[] = [];

/** The media of a conversation: one session of the engine and the legs that it has. */
export class CallMedia {
  private readonly engine: MediaEngine;
  private readonly sessionId: string;
  /** Told of each key that a leg presses; undefined where nobody asks. */
  onKey: ((legId: string, key: string) => void) | undefined;
  private grace: Timer | undefined;
  /** Undefined until something is played. */
  private playing: Playing | undefined;
  /** Whether anything was ever offered anew. */
  wasUpdated = false;
  /** What each leg offered and what came into force; copies, as a body pins its packet. */
  private offered: Sayings;
  private said: Sayings;
  /** Figures of legs that are gone, and of sessions that were given up. */
  private earlier: readonly Promise<readonly LegMediaStats[]>[] = NOTHING_EARLIER;

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
        if (event.type === 'played') this.playing?.ended(event.legId, event.playbackId);
        else if (event.type === 'digit') this.onKey?.(event.legId, event.digit);
        else if (event.type === 'lost') onDead(event.reason);
        else if (event.type === 'inactive' && event.sessionSilent) void fellSilent();
      },
    });
  }

  /** The session's id, for whoever records it. */
  get session(): string {
    return this.sessionId;
  }

  /** What to offer to a called leg, made of what `from` offers. */
  offerTo(
    legId: string,
    from: { readonly leg: Leg; readonly offer: Buffer },
    towards: { readonly codecs?: LegCodecs; readonly protection: LegProtection },
  ): Promise<Buffer> {
    this.noteOffer(from.leg.id, from.offer);
    return this.engine.offer({
      sessionId: this.sessionId,
      fromLegId: from.leg.id,
      toLegId: legId,
      sdp: from.offer,
      codecs: towards.codecs,
      protection: towards.protection,
      signallingAddress: from.leg.flow.remote.address,
      isSignallingSecure: isSecure(from.leg.flow),
    });
  }

  /** What to offer to `to`, made of the first offer of `from`: the caller wanted the callee to offer. */
  offer(from: Leg, to: Leg, sdp: Buffer): Promise<Buffer> {
    this.noteOffer(from.id, sdp);
    return this.engine.offer(this.describe(from, to, sdp));
  }

  /** What to tell `to` of the answer of `from`; the two are connected. */
  async answer(from: MediaSide, to: Leg, sdp: Buffer): Promise<Buffer> {
    const told = await this.engine.answer(this.describe(from, to, sdp));
    this.noteSaid(from.id, sdp);
    const offer = saidIn(this.offered, to.id);
    this.offered = without(this.offered, to.id);
    if (offer !== undefined) this.said = withLatest(this.said, offer);
    return told;
  }

  /** Answers a leg's offer ourselves, with nobody on the other side. */
  async host(leg: Leg, offer: Buffer, codecs?: readonly string[]): Promise<Buffer> {
    const told = await this.engine.host({
      sessionId: this.sessionId,
      legId: leg.id,
      sdp: offer,
      codecs,
      signallingAddress: leg.flow.remote.address,
      isSignallingSecure: isSecure(leg.flow),
    });
    this.offered = without(this.offered, leg.id);
    this.noteSaid(leg.id, offer);
    return told;
  }

  /**
   * Plays to a leg in place of whom it talks to; resolves when that has ended, was ended, or can't be
   * heard at all: only the first is true.
   */
  async play(legId: string, playback: Playback): Promise<boolean> {
    const playbackId = this.engine.play(this.sessionId, legId, playback);
    if (playbackId === null) return false;
    this.playing ??= new Playing();
    return await this.playing.begin(legId, playbackId);
  }

  stopPlaying(legId: string): void {
    if (this.playing === undefined) return;
    this.engine.stopPlaying(this.sessionId, legId);
    this.playing.end(legId);
  }

  /** Two legs that both offered talk to each other; the answer for each. */
  async meet(
    one: { readonly leg: Leg; readonly offer: Buffer },
    other: { readonly leg: Leg; readonly offer: Buffer },
  ): Promise<{ readonly toOne: Buffer; readonly toOther: Buffer }> {
    const sideOf = ({ leg, offer }: { readonly leg: Leg; readonly offer: Buffer }) => ({
      legId: leg.id,
      sdp: offer,
      signallingAddress: leg.flow.remote.address,
      isSignallingSecure: isSecure(leg.flow),
    });
    const { sessionId } = this;
    const met = await this.engine.meet({ sessionId, one: sideOf(one), other: sideOf(other) });
    for (const { leg, offer } of [one, other]) {
      this.noteSaid(leg.id, offer);
      this.offered = without(this.offered, leg.id);
    }
    return met;
  }

  /** `to`, who talks to somebody else still, hears `from` already: early media of a transfer. */
  async preview(from: Leg, to: Leg, sdp: Buffer): Promise<void> {
    await this.engine.answer({ ...this.describe(from, to, sdp), isPreview: true });
  }

  /** What a leg said last that is in force; null before anything is. */
  saidBy(legId: string): Buffer | null {
    return saidIn(this.said, legId)?.bytes ?? null;
  }

  /** Makes ready to take over a leg of another conversation; an offer to it follows. */
  adopt(legId: string, from: CallMedia): void {
    this.engine.adopt(this.sessionId, { legId, fromSessionId: from.sessionId });
  }

  /** Ends another conversation's session, whose legs talk here now. */
  absorb(other: CallMedia): void {
    other.grace?.cancel();
    other.playing?.endAll();
    const closed = this.engine.delete(other.sessionId).catch(() => null);
    this.earlier = this.earlier.concat(
      other.earlier,
      closed.then((stats) => stats?.legs ?? []),
    );
  }

  /** What to offer anew to `to`, made of the new offer of `from`. */
  update(from: Leg, to: Leg, sdp: Buffer): Promise<Buffer> {
    this.wasUpdated = true;
    this.noteOffer(from.id, sdp);
    return this.engine.update(this.describe(from, to, sdp));
  }

  /** A new offer was refused: everything stays as it was. */
  rollback(): void {
    this.engine.rollback(this.sessionId);
  }

  /** Ends the media of a leg that left; its figures are kept. */
  retire(legId: string): void {
    this.playing?.end(legId);
    const gone = this.engine.deleteLeg(this.sessionId, legId).catch(() => null);
    this.earlier = this.earlier.concat(gone.then((stats) => (stats ? [stats] : [])));
  }

  /** Ends a branch that lost. */
  drop(legId: string): void {
    this.engine.deleteLeg(this.sessionId, legId).catch(() => undefined);
  }

  /** Lets whom a leg talks to hear a key of it; false where nobody can. */
  press(legId: string, key: PressedKey): boolean {
    return this.engine.press(this.sessionId, legId, key);
  }

  gate(gate: Gate): void {
    this.engine.gate(this.sessionId, gate);
  }

  /** The figures as they are now; the session goes on. */
  async figures(): Promise<MediaFigures> {
    return await this.with(await this.engine.stats(this.sessionId).catch(() => null));
  }

  /** Ends the session; media stops at once. */
  async close(): Promise<MediaFigures> {
    this.grace?.cancel();
    this.playing?.endAll();
    return await this.with(await this.engine.delete(this.sessionId).catch(() => null));
  }

  private noteOffer(legId: string, sdp: Buffer): void {
    this.offered = withLatest(this.offered, new LegSaid(legId, sdp));
  }

  private noteSaid(legId: string, sdp: Buffer): void {
    this.said = withLatest(this.said, new LegSaid(legId, sdp));
  }

  private async with(stats: SessionStats | null): Promise<MediaFigures> {
    const earlier = (await Promise.all(this.earlier)).flat();
    const { hearsMedia } = this.engine;
    if (earlier.length === 0) return figuresOf(stats?.legs ?? null, hearsMedia);
    return figuresOf([...(stats?.legs ?? []), ...earlier], hearsMedia);
  }

  /** Whether any leg ever sent a packet; a session that can't be asked counts as heard. */
  private async wasHeard(): Promise<boolean> {
    const stats = await this.engine.stats(this.sessionId).catch(() => null);
    return stats?.legs.some((leg) => leg.received.packets > 0) ?? true;
  }

  private describe(from: MediaSide, to: MediaSide, sdp: Buffer): LegDescription {
    return {
      sessionId: this.sessionId,
      fromLegId: from.id,
      toLegId: to.id,
      sdp,
      signallingAddress: from.flow.remote.address,
      isSignallingSecure: isSecure(from.flow),
      protection: usualProtection(to.flow),
      // Whoever is held by one of our phones hears us.
      letsHearUs: from.identity.extensionId !== null,
    };
  }
}

function figuresOf(legs: readonly LegMediaStats[] | null, hearsMedia: boolean): MediaFigures {
  return {
    codecOf: (legId) =>
      legs?.find((leg) => leg.legId === legId && leg.codec !== null)?.codec ?? null,
    summaryOf: (legIds) =>
      hearsMedia && legs !== null
        ? { legs: legs.filter((leg) => legIds.includes(leg.legId)).map(summaryOf) }
        : null,
  };
}

function summaryOf(leg: LegMediaStats): JsonValue {
  return {
    legId: leg.legId,
    codec: leg.codec,
    received: { ...leg.received },
    sent: { ...leg.sent },
    reported: leg.reported === null ? null : { ...leg.reported },
    roundTripMs: leg.roundTripMs,
    dropped: { ...leg.dropped },
  };
}

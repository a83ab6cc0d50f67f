import { AppError } from '@/lib/core/errors';
import type { LegMediaStats, SessionStart } from './engine';
import { legsStats, type MediaLeg, newSdp, type SessionPlace } from './media-leg';
import type { EndpointConfig, EndpointFigures } from './relay/messages';
import { SharedConfig } from './relay/shared-config';

/** A caller, ten branches (the most an address of record forks to), and room for transfers. */
const MAX_LEGS = 32;

/** What legs have in common, of all sessions. */
const sharedConfig = new SharedConfig();

/** The legs of a session: their ports, what is in force for each, who talks to whom. */
export class SessionLegs {
  private readonly start: SessionStart;
  private readonly place: SessionPlace;
  private readonly legs = new Map<string, MediaLeg>();

  constructor(start: SessionStart, place: SessionPlace) {
    this.start = start;
    this.place = place;
  }

  /** In the order in which they joined. */
  all(): readonly MediaLeg[] {
    return [...this.legs.values()];
  }

  find(legId: string | null): MediaLeg | undefined {
    return legId === null ? undefined : this.legs.get(legId);
  }

  /** Throws NOT_FOUND where it is not there. */
  get(legId: string): MediaLeg {
    const leg = this.legs.get(legId);
    if (!leg) throw new AppError('NOT_FOUND', 'The media session has no such leg.');
    return leg;
  }

  has(leg: MediaLeg): boolean {
    return this.legs.get(leg.legId) === leg;
  }

  /** The leg by its id; where it is not there yet, a new one with its port pair on the way. */
  getOrBind(legId: string): MediaLeg {
    const existing = this.legs.get(legId);
    if (existing) return existing;
    if (this.legs.size >= MAX_LEGS) {
      throw new AppError('UNAVAILABLE', 'The media session has too many legs.');
    }
    const { link, gateSlot, newEndpointId } = this.place;
    const endpointId = newEndpointId();
    const isCaller = legId === this.start.callerLegId;
    const port = link.bind({ id: endpointId, gateSlot, isCaller });
    // Whoever needs the port hears of its failure; this only keeps it from being unhandled.
    port.catch(() => undefined);
    const nothing = { config: null, peerLegId: null, heard: null, codecs: [], security: null };
    const leg: MediaLeg = { legId, endpointId, port, sdp: newSdp(), ...nothing };
    this.legs.set(legId, leg);
    return leg;
  }

  /** Waits for the ports of some; those that got none, and are there still, are handed to `onNone`. */
  async bound(legs: readonly MediaLeg[], onNone: (leg: MediaLeg) => Promise<void>): Promise<void> {
    const results = await Promise.allSettled(legs.map((leg) => leg.port));
    for (const [index, leg] of legs.entries()) {
      if (results[index]?.status === 'rejected' && this.has(leg)) await onNone(leg);
    }
  }

  /** Takes a leg out; whoever talked to it talks to nobody. */
  remove(leg: MediaLeg): void {
    const { legId } = leg;
    this.legs.delete(legId);
    this.endPreview(leg);
    for (const other of this.legs.values()) if (other.peerLegId === legId) this.disconnect(other);
  }

  /** Makes two legs each other's peers, and nobody else's. */
  connect(one: MediaLeg, other: MediaLeg): void {
    for (const leg of this.legs.values()) {
      const isOutside = leg !== one && leg !== other;
      if (isOutside && (leg.peerLegId === one.legId || leg.peerLegId === other.legId)) {
        this.disconnect(leg);
      }
    }
    one.peerLegId = other.legId;
    other.peerLegId = one.legId;
  }

  /** Nobody is on the other side of a leg any more. */
  leaveAlone(leg: MediaLeg): void {
    for (const other of this.legs.values()) {
      if (other !== leg && other.peerLegId === leg.legId) this.disconnect(other);
    }
    leg.peerLegId = null;
  }

  /** `heard` is heard by `listener` alone, whose peer is not heard for so long. */
  listenIn(listener: MediaLeg, heard: MediaLeg): void {
    const peer = this.find(listener.peerLegId);
    if (peer === heard) return;
    heard.peerLegId = listener.legId;
    if (peer?.config) this.configure(peer, { ...peer.config, peerId: null });
  }

  configure(leg: MediaLeg, config: EndpointConfig): void {
    // Where media comes from is said once; repeating it would learn anew.
    leg.config = sharedConfig.inForce(config);
    this.place.link.configure(leg.endpointId, config);
  }

  /** The last figures of legs whose ports are freed; none where the worker that had them is gone. */
  async release(legs: readonly MediaLeg[]): Promise<readonly LegMediaStats[]> {
    if (legs.length === 0) return [];
    const { link, log } = this.place;
    let figures: readonly EndpointFigures[] = [];
    try {
      figures = await link.release(legs.map(({ endpointId }) => endpointId));
    } catch (error) {
      log.warn('media.release_unanswered', { callId: this.start.sessionId, error });
    }
    return legsStats(legs, figures);
  }

  /** The figures as they are now. */
  async stats(): Promise<readonly LegMediaStats[]> {
    const legs = this.all();
    return legsStats(legs, await this.place.link.query(legs.map(({ endpointId }) => endpointId)));
  }

  /** Whoever was not heard for the sake of a preview is heard again. */
  private endPreview(heard: MediaLeg): void {
    const listener = this.find(heard.peerLegId);
    if (!listener || listener.peerLegId === null || listener.peerLegId === heard.legId) return;
    const peer = this.find(listener.peerLegId);
    if (peer?.config) this.configure(peer, { ...peer.config, peerId: listener.endpointId });
  }

  private disconnect(leg: MediaLeg): void {
    leg.peerLegId = null;
    if (leg.config) this.configure(leg, { ...leg.config, peerId: null });
  }
}

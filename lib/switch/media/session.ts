import { AppError } from '@/lib/core/errors';
import type {
  Gate,
  LegDescription,
  LegMediaStats,
  Meeting,
  PressedKey,
  SessionStart,
  SessionStats,
} from './engine';
import {
  answeredBy,
  answerTo,
  type LegSecurity,
  movedElsewhere,
  newOffer,
  offeredAgain,
  policyOf,
  protectionOf,
} from './leg-security';
import {
  configOf,
  heardOf,
  type LegAgreement,
  legsStats,
  type MediaLeg,
  newSdp,
  policyOfSide,
  type SessionPlace,
} from './media-leg';
import { meetOffers } from './meeting';
import {
  bridgeOffer,
  type Exchange,
  forwardAnswer,
  forwardOffer,
  type OurAddress,
  readAnswer,
  readOffer,
} from './negotiation';
import type { EndpointConfig, EndpointFigures } from './relay/messages';
import { SharedConfig } from './relay/shared-config';
import { answererConfig, offererConfig } from './settlement';

/** A caller, ten branches (the most an address of record forks to), and room for transfers. */
const MAX_LEGS = 32;

/** What legs have in common, of all sessions. */
const sharedConfig = new SharedConfig();

/** The media of one call: its legs, what they said, who talks to whom. */
export class MediaSession {
  readonly start: SessionStart;
  readonly place: SessionPlace;
  gate: Gate = 'early';
  private readonly legs = new Map<string, MediaLeg>();
  /** By the leg that is to answer. */
  private readonly exchanges = new Map<string, Exchange>();
  private end: 'deleted' | 'lost' | null = null;

  constructor(start: SessionStart, place: SessionPlace) {
    this.start = start;
    this.place = place;
  }

  get id(): string {
    return this.start.sessionId;
  }

  get isLost(): boolean {
    return this.end === 'lost';
  }

  /** The worker is gone, and the sockets with it. */
  lose(): void {
    this.end = 'lost';
  }

  legIdOf(endpointId: number): string | undefined {
    return [...this.legs.values()].find((leg) => leg.endpointId === endpointId)?.legId;
  }

  offer(description: LegDescription): Promise<Buffer> {
    return this.handOn(description, false);
  }

  async update(description: LegDescription): Promise<Buffer> {
    this.checkAlive();
    if (this.leg(description.fromLegId).peerLegId !== description.toLegId) {
      throw new AppError('NOT_FOUND', 'The legs are not connected.');
    }
    if ([...this.exchanges.values()].some((one) => one.isUpdate && !one.isAnswered)) {
      throw new AppError('CONFLICT', 'Another offer is pending.', { meta: { sipStatus: 491 } });
    }
    return this.handOn(description, true);
  }

  rollback(): void {
    for (const [answererId, exchange] of this.exchanges) {
      if (exchange.isUpdate && !exchange.isAnswered) this.exchanges.delete(answererId);
    }
  }

  async answer(description: LegDescription): Promise<Buffer> {
    this.checkAlive();
    const { fromLegId, toLegId, sdp, signallingAddress } = description;
    const answerer = this.leg(fromLegId);
    const offerer = this.leg(toLegId);
    const exchange = this.exchanges.get(fromLegId);
    if (exchange?.offererId !== toLegId) {
      throw new AppError('NOT_FOUND', 'There is no offer to answer.');
    }
    const port = await offerer.port;
    this.checkAlive([answerer, offerer]);
    const policy = policyOf(description.isSignallingSecure);
    const settlement = readAnswer(answerer.sdp, exchange, { body: sdp, policy });
    const security = answeredBy(answerer.security, settlement.audio.security);
    const offererSecurity = answerTo(
      exchange.audio.security,
      exchange.answered ?? offerer.security,
    );
    // The same answer again has the same keys.
    exchange.answered = offererSecurity;
    const ours = this.ours(port, offererSecurity);
    const forwarded = forwardAnswer(
      { offererSdp: exchange.offererSdp, lastSent: offerer.sdp },
      settlement,
      ours,
    );
    const said = { audio: settlement.audio, heard: { sdp, signallingAddress } };
    answerer.security = security;
    if (description.isPreview) {
      this.listenIn(offerer, answerer);
      this.apply(answerer, { config: answererConfig(settlement), ...said });
      await this.place.link.inForce();
      return forwarded.body;
    }
    offerer.sdp = forwarded.sdp;
    offerer.security = offererSecurity;
    exchange.isAnswered = true;
    // What was agreed the other way round before is over.
    this.exchanges.delete(toLegId);
    this.connect(offerer, answerer);
    this.apply(offerer, {
      config: offererConfig(settlement),
      audio: exchange.audio,
      heard: { sdp: exchange.body, signallingAddress: exchange.signallingAddress },
    });
    this.apply(answerer, { config: answererConfig(settlement), ...said });
    await this.place.link.inForce();
    return forwarded.body;
  }

  async meet({ one, other }: Meeting): Promise<{ toOne: Buffer; toOther: Buffer }> {
    this.checkAlive();
    for (const side of [one, other]) readOffer(newSdp(), side.sdp, policyOfSide(side));
    const [first, second] = [this.legOf(one.legId), this.legOf(other.legId)];
    const secondPort = await this.portsOf(first, second);
    const firstPort = await first.port;
    this.checkAlive([first, second]);
    const offers = [
      readOffer(first.sdp, one.sdp, policyOfSide(one)),
      readOffer(second.sdp, other.sdp, policyOfSide(other)),
    ] as const;
    const secured = [
      answerTo(offers[0].audio.security, first.security),
      answerTo(offers[1].audio.security, second.security),
    ] as const;
    const met = meetOffers(
      { offer: offers[0], codecs: first.codecs, ours: this.ours(firstPort, secured[0]) },
      { offer: offers[1], codecs: second.codecs, ours: this.ours(secondPort, secured[1]) },
    );
    first.security = secured[0];
    second.security = secured[1];
    first.sdp = met.one.sdp;
    second.sdp = met.other.sdp;
    for (const { legId } of [first, second]) this.exchanges.delete(legId);
    this.connect(first, second);
    const { settlement } = met;
    const config = { one: offererConfig(settlement), other: answererConfig(settlement) };
    this.apply(first, { config: config.one, audio: offers[0].audio, heard: heardOf(one) });
    this.apply(second, { config: config.other, audio: offers[1].audio, heard: heardOf(other) });
    await this.place.link.inForce();
    return { toOne: met.one.body, toOther: met.other.body };
  }

  /** A leg of another session gets a place here, with all that it was ever told by us. */
  adopt(legId: string, from: MediaSession): void {
    this.checkAlive();
    const { sdp, security } = from.leg(legId);
    const leg = this.legOf(legId);
    leg.sdp = sdp;
    leg.security = security && movedElsewhere(security);
  }

  press(legId: string, key: PressedKey): boolean {
    const leg = this.legs.get(legId);
    if (leg?.config?.voice === undefined || leg.peerLegId === null || this.isLost) return false;
    this.place.link.press(leg.endpointId, key);
    return true;
  }

  async stats(): Promise<SessionStats> {
    const legs = [...this.legs.values()];
    const figures = await this.place.link.query(legs.map(({ endpointId }) => endpointId));
    return this.statsOf(legs, figures);
  }

  /** Takes a leg out and frees its ports; whoever talked to it talks to nobody. */
  async deleteLeg(legId: string): Promise<LegMediaStats | null> {
    const leg = this.legs.get(legId);
    if (!leg) return null;
    this.remove(leg);
    const figures = await this.release([leg]);
    return this.statsOf([leg], figures).legs[0] ?? null;
  }

  /** Frees all ports; nothing can be done with the session from here on. */
  async delete(): Promise<SessionStats | null> {
    const legs = [...this.legs.values()];
    const wasLost = this.isLost;
    this.end ??= 'deleted';
    const figures = await this.release(legs);
    return wasLost ? null : this.statsOf(legs, figures);
  }

  private leg(legId: string): MediaLeg {
    const leg = this.legs.get(legId);
    if (!leg) throw new AppError('NOT_FOUND', 'The media session has no such leg.');
    return leg;
  }

  /** Also after every wait: the call may have ended meanwhile. */
  private checkAlive(legs: readonly MediaLeg[] = []): void {
    if (this.end === 'lost') throw new AppError('UNAVAILABLE', 'The media of the call was lost.');
    if (this.end === 'deleted' || legs.some((leg) => this.legs.get(leg.legId) !== leg)) {
      throw new AppError('NOT_FOUND', 'The media session or leg has ended.');
    }
  }

  private async handOn(description: LegDescription, isUpdate: boolean): Promise<Buffer> {
    this.checkAlive();
    const { fromLegId, toLegId, sdp: body, signallingAddress } = description;
    // Read first: what can't be used takes no ports.
    const policy = policyOf(description.isSignallingSecure);
    const read = readOffer(this.legs.get(fromLegId)?.sdp ?? newSdp(), body, policy);
    bridgeOffer(read.audio, description.codecs);
    const from = this.legOf(fromLegId);
    const to = this.legOf(toLegId);
    if (description.codecs) {
      from.codecs = description.codecs.from;
      to.codecs = description.codecs.to;
    }
    const port = await this.portsOf(from, to);
    this.checkAlive([from, to]);
    const { audio: whole, sdp: offererSdp } = readOffer(from.sdp, body, policy);
    const { audio, forOther } = bridgeOffer(whole, { from: from.codecs, to: to.codecs });
    const isNew = to.sdp.sections.length === 0;
    if (isNew) to.security = newOffer(description.protection ?? 'plain');
    else to.security &&= offeredAgain(to.security);
    const ours = this.ours(port, to.security);
    const forwarded = forwardOffer(to.sdp, { ...audio, formats: forOther }, ours);
    // The leg sees it, agreed or not; so its o= version is spent.
    to.sdp = forwarded.sdp;
    this.exchanges.set(toLegId, {
      offererId: fromLegId,
      offererSdp,
      audio,
      forwarded: forwarded.forwarded,
      body,
      signallingAddress,
      isUpdate,
      isAnswered: false,
    });
    return forwarded.body;
  }

  /** The leg by its id; where it is not there yet, a new one with its port pair on the way. */
  private legOf(legId: string): MediaLeg {
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

  /** Waits for both ports; a leg that gets none is taken out, so that a retry starts anew. */
  private async portsOf(from: MediaLeg, to: MediaLeg): Promise<number> {
    const legs = [from, to];
    const results = await Promise.allSettled(legs.map((leg) => leg.port));
    for (const [index, leg] of legs.entries()) {
      const isStillThere = this.legs.get(leg.legId) === leg;
      if (results[index]?.status !== 'rejected' || !isStillThere) continue;
      this.remove(leg);
      await this.release([leg]);
    }
    await from.port;
    return to.port;
  }

  private remove(leg: MediaLeg): void {
    const { legId } = leg;
    this.legs.delete(legId);
    this.endPreview(leg);
    for (const other of this.legs.values()) if (other.peerLegId === legId) this.disconnect(other);
    for (const [answererId, exchange] of this.exchanges) {
      if (answererId === legId || exchange.offererId === legId) this.exchanges.delete(answererId);
    }
  }

  /** Makes two legs each other's peers, and nobody else's. */
  private connect(one: MediaLeg, other: MediaLeg): void {
    for (const leg of this.legs.values()) {
      const isOutside = leg !== one && leg !== other;
      if (isOutside && (leg.peerLegId === one.legId || leg.peerLegId === other.legId)) {
        this.disconnect(leg);
      }
    }
    one.peerLegId = other.legId;
    other.peerLegId = one.legId;
  }

  /** `heard` is heard by `listener` alone, whose peer is not heard for so long. */
  private listenIn(listener: MediaLeg, heard: MediaLeg): void {
    const peer = listener.peerLegId === null ? undefined : this.legs.get(listener.peerLegId);
    if (peer === heard) return;
    heard.peerLegId = listener.legId;
    if (peer?.config) this.configure(peer, { ...peer.config, peerId: null });
  }

  /** Whoever was not heard for the sake of a preview is heard again. */
  private endPreview(heard: MediaLeg): void {
    const listener = heard.peerLegId === null ? undefined : this.legs.get(heard.peerLegId);
    if (!listener || listener.peerLegId === null || listener.peerLegId === heard.legId) return;
    const peer = this.legs.get(listener.peerLegId);
    if (peer?.config) this.configure(peer, { ...peer.config, peerId: listener.endpointId });
  }

  private disconnect(leg: MediaLeg): void {
    leg.peerLegId = null;
    if (leg.config) this.configure(leg, { ...leg.config, peerId: null });
  }

  /** Puts what was agreed for a leg in force. */
  private apply(leg: MediaLeg, agreed: LegAgreement): void {
    const peer = leg.peerLegId === null ? undefined : this.legs.get(leg.peerLegId);
    const { own } = this.place;
    this.configure(leg, configOf(leg, agreed, { own, peerId: peer?.endpointId ?? null }));
    leg.heard = agreed.heard;
  }

  private ours(port: number, security: LegSecurity | null): OurAddress {
    const place = { address: this.place.own.publicAddress, port };
    return { ...place, protection: protectionOf(security, place) };
  }

  private configure(leg: MediaLeg, config: EndpointConfig): void {
    // Where media comes from is said once; repeating it would learn anew.
    leg.config = sharedConfig.inForce(config);
    this.place.link.configure(leg.endpointId, config);
  }

  /** Frees the legs' ports. A worker that is gone has freed them already: then there are no figures. */
  private async release(legs: readonly MediaLeg[]): Promise<readonly EndpointFigures[]> {
    if (legs.length === 0 || this.isLost) return [];
    try {
      return await this.place.link.release(legs.map(({ endpointId }) => endpointId));
    } catch (error) {
      this.place.log.warn('media.release_unanswered', { callId: this.id, error });
      return [];
    }
  }

  private statsOf(legs: readonly MediaLeg[], figures: readonly EndpointFigures[]): SessionStats {
    return { sessionId: this.id, gate: this.gate, legs: legsStats(legs, figures) };
  }
}

import { AppError } from '@/lib/core/errors';
import type {
  Gate,
  HostedOffer,
  LegDescription,
  LegMediaStats,
  Meeting,
  PressedKey,
  SessionStart,
  SessionStats,
} from './engine';
import { hostable, hostOffer } from './hosting';
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
import { SessionLegs } from './session-legs';
import { answererConfig, letHearUs, offererConfig, withUsHeard } from './settlement';
import type { Playback } from './sound';

/** The media of one call: its legs and what they said. */
export class MediaSession {
  readonly start: SessionStart;
  readonly place: SessionPlace;
  gate: Gate = 'early';
  private readonly legs: SessionLegs;
  /** By the leg that is to answer. */
  private readonly exchanges = new Map<string, Exchange>();
  private end: 'deleted' | 'lost' | null = null;

  constructor(start: SessionStart, place: SessionPlace) {
    this.start = start;
    this.place = place;
    this.legs = new SessionLegs(start, place);
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
    return this.legs.all().find((leg) => leg.endpointId === endpointId)?.legId;
  }

  endpointIdOf(legId: string): number | undefined {
    return this.legs.find(legId)?.endpointId;
  }

  offer(description: LegDescription): Promise<Buffer> {
    return this.handOn(description, false);
  }

  async update(description: LegDescription): Promise<Buffer> {
    this.checkAlive();
    if (this.legs.get(description.fromLegId).peerLegId !== description.toLegId) {
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
    const answerer = this.legs.get(fromLegId);
    const offerer = this.legs.get(toLegId);
    const exchange = this.exchanges.get(fromLegId);
    if (exchange?.offererId !== toLegId) {
      throw new AppError('NOT_FOUND', 'There is no offer to answer.');
    }
    const port = await offerer.port;
    this.checkAlive([answerer, offerer]);
    const policy = policyOf(description.isSignallingSecure);
    const answered = readAnswer(answerer.sdp, exchange, { body: sdp, policy });
    const settlement = description.letsHearUs ? withUsHeard(answered, exchange.audio) : answered;
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
      this.legs.listenIn(offerer, answerer);
      this.apply(answerer, { config: answererConfig(settlement), ...said });
      await this.place.link.inForce();
      return forwarded.body;
    }
    offerer.sdp = forwarded.sdp;
    offerer.security = offererSecurity;
    exchange.isAnswered = true;
    // What was agreed the other way round before is over.
    this.exchanges.delete(toLegId);
    this.legs.connect(offerer, answerer);
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
    const [first, second] = [this.legs.getOrBind(one.legId), this.legs.getOrBind(other.legId)];
    const [firstPort, secondPort] = await this.portsOf(first, second);
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
    this.legs.connect(first, second);
    const { settlement } = met;
    const config = { one: offererConfig(settlement), other: answererConfig(settlement) };
    this.apply(first, { config: config.one, audio: offers[0].audio, heard: heardOf(one) });
    this.apply(second, { config: config.other, audio: offers[1].audio, heard: heardOf(other) });
    await this.place.link.inForce();
    return { toOne: met.one.body, toOther: met.other.body };
  }

  async host(side: HostedOffer): Promise<Buffer> {
    this.checkAlive();
    const policy = policyOfSide(side);
    const codecs = side.codecs ?? [];
    // Read first: what can't be used takes no port.
    hostable(readOffer(newSdp(), side.sdp, policy), codecs);
    const leg = this.legs.getOrBind(side.legId);
    const port = await this.portOf(leg);
    this.checkAlive([leg]);
    leg.codecs = codecs;
    const offer = readOffer(leg.sdp, side.sdp, policy);
    const security = answerTo(offer.audio.security, leg.security);
    const hosted = hostOffer({ offer, codecs, ours: this.ours(port, security) });
    leg.security = security;
    leg.sdp = hosted.sdp;
    this.exchanges.delete(leg.legId);
    this.legs.leaveAlone(leg);
    this.apply(leg, { config: hosted.config, audio: offer.audio, heard: heardOf(side) });
    await this.place.link.inForce();
    return hosted.body;
  }

  /** A leg of another session gets a place here, with all that it was ever told by us. */
  adopt(legId: string, from: MediaSession): void {
    this.checkAlive();
    const { sdp, security } = from.legs.get(legId);
    const leg = this.legs.getOrBind(legId);
    leg.sdp = sdp;
    leg.security = security && movedElsewhere(security);
  }

  press(legId: string, key: PressedKey): boolean {
    const leg = this.legs.find(legId);
    if (leg?.config?.voice === undefined || leg.peerLegId === null || this.isLost) return false;
    this.place.link.press(leg.endpointId, key);
    return true;
  }

  /** False where the leg can't be played anything: nothing was agreed with it yet. */
  play(legId: string, playbackId: number, playback: Playback): boolean {
    const leg = this.legs.find(legId);
    if (!leg?.config || this.isLost) return false;
    this.place.link.play(leg.endpointId, playbackId, playback);
    return true;
  }

  stopPlaying(legId: string): void {
    const leg = this.legs.find(legId);
    if (leg && !this.isLost) this.place.link.stopPlaying(leg.endpointId);
  }

  async stats(): Promise<SessionStats> {
    return this.statsOf(await this.legs.stats());
  }

  /** Takes a leg out and frees its ports; whoever talked to it talks to nobody. */
  async deleteLeg(legId: string): Promise<LegMediaStats | null> {
    const leg = this.legs.find(legId);
    if (!leg) return null;
    this.remove(leg);
    const [figures] = await this.release([leg]);
    return figures ?? null;
  }

  /** Frees all ports; nothing can be done with the session from here on. */
  async delete(): Promise<SessionStats | null> {
    const legs = this.legs.all();
    const wasLost = this.isLost;
    this.end ??= 'deleted';
    const figures = await this.release(legs);
    return wasLost ? null : this.statsOf(figures);
  }

  /** Also after every wait: the call may have ended meanwhile. */
  private checkAlive(legs: readonly MediaLeg[] = []): void {
    if (this.end === 'lost') throw new AppError('UNAVAILABLE', 'The media of the call was lost.');
    if (this.end === 'deleted' || legs.some((leg) => !this.legs.has(leg))) {
      throw new AppError('NOT_FOUND', 'The media session or leg has ended.');
    }
  }

  private async handOn(description: LegDescription, isUpdate: boolean): Promise<Buffer> {
    this.checkAlive();
    const { fromLegId, toLegId, sdp: body, signallingAddress } = description;
    // Read first: what can't be used takes no ports.
    const policy = policyOf(description.isSignallingSecure);
    const read = readOffer(this.legs.find(fromLegId)?.sdp ?? newSdp(), body, policy);
    bridgeOffer(read.audio, description.codecs);
    const from = this.legs.getOrBind(fromLegId);
    const to = this.legs.getOrBind(toLegId);
    if (description.codecs) {
      from.codecs = description.codecs.from;
      to.codecs = description.codecs.to;
    }
    const [, port] = await this.portsOf(from, to);
    this.checkAlive([from, to]);
    const { audio: whole, sdp: offererSdp } = readOffer(from.sdp, body, policy);
    const { audio, forOther } = bridgeOffer(whole, { from: from.codecs, to: to.codecs });
    const isNew = to.sdp.sections.length === 0;
    if (isNew) to.security = newOffer(description.protection ?? 'plain');
    else to.security &&= offeredAgain(to.security);
    const ours = this.ours(port, to.security);
    const direction = description.letsHearUs ? letHearUs(audio.direction) : audio.direction;
    const forwarded = forwardOffer(to.sdp, { ...audio, formats: forOther, direction }, ours);
    // The leg sees it, agreed or not; so its o= version is spent.
    to.sdp = forwarded.sdp;
    this.exchanges.set(toLegId, {
      offererId: fromLegId,
      offererSdp,
      audio,
      forwarded: forwarded.forwarded,
      forwardedDirection: direction,
      body,
      signallingAddress,
      isUpdate,
      isAnswered: false,
    });
    return forwarded.body;
  }

  private async portsOf(one: MediaLeg, other: MediaLeg): Promise<readonly [number, number]> {
    await this.bound([one, other]);
    return [await one.port, await other.port];
  }

  private async portOf(leg: MediaLeg): Promise<number> {
    await this.bound([leg]);
    return await leg.port;
  }

  /** Waits for ports; a leg that gets none is taken out, so that a retry starts anew. */
  private async bound(legs: readonly MediaLeg[]): Promise<void> {
    await this.legs.bound(legs, async (leg) => {
      this.remove(leg);
      await this.release([leg]);
    });
  }

  private remove(leg: MediaLeg): void {
    const { legId } = leg;
    this.legs.remove(leg);
    for (const [answererId, exchange] of this.exchanges) {
      if (answererId === legId || exchange.offererId === legId) this.exchanges.delete(answererId);
    }
  }

  /** Puts what was agreed for a leg in force. */
  private apply(leg: MediaLeg, agreed: LegAgreement): void {
    const peer = this.legs.find(leg.peerLegId);
    const { own } = this.place;
    this.legs.configure(leg, configOf(leg, agreed, { own, peerId: peer?.endpointId ?? null }));
    leg.heard = agreed.heard;
  }

  private ours(port: number, security: LegSecurity | null): OurAddress {
    const place = { address: this.place.own.publicAddress, port };
    return { ...place, protection: protectionOf(security, place) };
  }

  /** A worker that is gone has freed the ports already: then there are no figures. */
  private async release(legs: readonly MediaLeg[]): Promise<readonly LegMediaStats[]> {
    return this.isLost ? [] : await this.legs.release(legs);
  }

  private statsOf(legs: readonly LegMediaStats[]): SessionStats {
    return { sessionId: this.id, gate: this.gate, legs };
  }
}

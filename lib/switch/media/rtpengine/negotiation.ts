import { AppError } from '@/lib/core/errors';
import type { AudioSide } from '@/lib/protocol/sdp/leg-sdp';
import { type AudioSecurity, PLAIN } from '@/lib/protocol/sdp/security';
import type { PayloadFormat } from '@/lib/protocol/sdp/types';
import type {
  Gate,
  HostedOffer,
  LegDescription,
  Meeting,
  PressedKey,
  SessionStart,
} from '@/lib/switch/media/engine';
import { hostable, hostOffer } from '@/lib/switch/media/hosting';
import { policyOf } from '@/lib/switch/media/leg-security';
import { newSdp, policyOfSide } from '@/lib/switch/media/media-leg';
import { meetOffers } from '@/lib/switch/media/meeting';
import {
  bridgeOffer,
  forwardAnswer,
  forwardOffer,
  readAnswer,
  readOffer,
} from '@/lib/switch/media/negotiation';
import { answererConfig, offererConfig, type Settlement } from '@/lib/switch/media/settlement';
import { Bridge, type Join } from './bridge';
import { type NodeExchange, type NodeLeg, NodeLegs, oursFor } from './legs';
import {
  checkAnswered,
  keyApart,
  keysMet,
  keysOffered,
  keysTaken,
  mannerOf,
  mannerOffered,
  numbersOfNode,
  suitesOf,
  transcodedTo,
} from './manner';
import type { NodeCall } from './node-call';
import { keyLines, midOf, type NodePort, nobodySdp, sdpForNode } from './node-sdp';

/** What a leg says, and from where. */
interface Said {
  readonly audio: AudioSide;
  readonly formats: readonly PayloadFormat[];
  readonly signallingAddress: string;
}

type ReadOffer = ReturnType<typeof readOffer>;

/** Where a leg is to send to, before anybody knows. */
const UNKNOWN_PLACE = { address: '0.0.0.0', port: 9 };

/**
 * What the legs of a call say to one another, by a node of rtpengine. Descriptions are ours, as with
 * our own relay: the node is told who talks to whom, from where and how, and lends its ports.
 */
export class NodeNegotiation {
  readonly start: SessionStart;
  readonly call: NodeCall;
  readonly legs = new NodeLegs();
  readonly bridge: Bridge;
  gate: Gate = 'early';
  /** Whom a leg hears while it talks to another, and what is in force again afterwards. */
  private preview: { readonly heard: NodeLeg; readonly before: Join | null } | null = null;

  constructor(start: SessionStart, call: NodeCall) {
    this.start = start;
    this.call = call;
    this.bridge = new Bridge(call);
  }

  /** A first offer, or a new one of connected legs; nothing of it is in force yet. */
  async handOn(description: LegDescription, isUpdate: boolean): Promise<Buffer> {
    const { fromLegId, toLegId, sdp: body, signallingAddress, codecs } = description;
    const policy = policyOf(description.isSignallingSecure);
    // Read first: what can't be used takes no ports.
    const before = this.legs.find(fromLegId)?.sdp ?? newSdp();
    bridgeOffer(readOffer(before, body, policy).audio, codecs);
    const from = this.legs.getOrMake(fromLegId);
    const to = this.legs.getOrMake(toLegId);
    if (codecs) {
      from.codecs = codecs.from;
      to.codecs = codecs.to;
    }
    const { audio: whole, sdp: offererSdp } = readOffer(from.sdp, body, policy);
    const bridged = bridgeOffer(whole, { from: from.codecs, to: to.codecs });
    from.manner ??= mannerOf(whole.security);
    to.manner ??= mannerOffered(description.protection ?? 'plain');
    const audio = { ...bridged.audio, security: keyApart(whole.security, to.manner) };
    const { forOther } = bridged;
    const isNew = to.port === null;
    if (isNew) {
      const said = { audio, formats: audio.formats, signallingAddress };
      await this.allocate([from, to], said, forOther);
    }
    const formats = isNew ? numbersOfNode(forOther, audio.formats, to.port?.formats) : forOther;
    const forwarded = forwardOffer(to.sdp, { ...audio, formats }, oursFor(to, 'actpass'));
    // The leg sees it, agreed or not; so its o= version is spent.
    to.sdp = forwarded.sdp;
    to.exchange = {
      offererId: fromLegId,
      offererSdp,
      audio,
      forwarded: forwarded.forwarded,
      body,
      signallingAddress,
      isUpdate,
      isAnswered: false,
      answer: null,
    };
    await this.relay();
    return forwarded.body;
  }

  async answer(description: LegDescription): Promise<Buffer> {
    const { fromLegId, toLegId, sdp, signallingAddress } = description;
    const answerer = this.legs.get(fromLegId);
    const offerer = this.legs.get(toLegId);
    const { exchange } = answerer;
    if (exchange?.offererId !== toLegId) {
      throw new AppError('NOT_FOUND', 'There is no offer to answer.');
    }
    const isInForce = answerer.peerLegId === toLegId && offerer.peerLegId === fromLegId;
    if (isInForce && exchange.answer?.body.equals(sdp)) return exchange.answer.told;
    const policy = policyOf(description.isSignallingSecure);
    const settlement = readAnswer(answerer.sdp, exchange, { body: sdp, policy });
    const join = this.joinOf({ offerer, answerer }, exchange, { settlement, signallingAddress });
    const before = this.preview?.before ?? this.bridge.current;
    const port = await this.join(join);
    const { security } = exchange.audio;
    this.take(offerer, port, security);
    const forwarded = forwardAnswer(
      { offererSdp: exchange.offererSdp, lastSent: offerer.sdp },
      settlement,
      oursFor(offerer, 'passive'),
    );
    answerer.agreed = answererConfig(settlement);
    if (description.isPreview) {
      this.preview = { heard: answerer, before };
      answerer.peerLegId = toLegId;
      await this.relay();
      return forwarded.body;
    }
    this.preview = null;
    offerer.sdp = forwarded.sdp;
    offerer.agreed = offererConfig(settlement);
    exchange.isAnswered = true;
    exchange.answer = { body: Buffer.from(sdp), told: forwarded.body };
    // What was agreed the other way round before is over.
    offerer.exchange = undefined;
    this.legs.connect(offerer, answerer);
    await this.relay();
    return forwarded.body;
  }

  async meet({ one, other }: Meeting): Promise<{ toOne: Buffer; toOther: Buffer }> {
    for (const side of [one, other]) readOffer(newSdp(), side.sdp, policyOfSide(side));
    const [first, second] = [this.legs.getOrMake(one.legId), this.legs.getOrMake(other.legId)];
    const offers = [
      readOffer(first.sdp, one.sdp, policyOfSide(one)),
      readOffer(second.sdp, other.sdp, policyOfSide(other)),
    ] as const;
    const sides = (ours: readonly [typeof UNKNOWN_PLACE, typeof UNKNOWN_PLACE]) =>
      meetOffers(
        { offer: offers[0], codecs: first.codecs, ours: ours[0] },
        { offer: offers[1], codecs: second.codecs, ours: ours[1] },
      );
    // By what comes of it the node is told; what it says then is what the legs are told.
    const { settlement } = sides([UNKNOWN_PLACE, UNKNOWN_PLACE]);
    await this.joinMet([first, second], { one, other, offers, settlement });
    const met = sides([oursFor(first, 'passive'), oursFor(second, 'passive')]);
    first.sdp = met.one.sdp;
    second.sdp = met.other.sdp;
    first.agreed = offererConfig(settlement);
    second.agreed = answererConfig(settlement);
    for (const leg of [first, second]) leg.exchange = undefined;
    this.preview = null;
    this.legs.connect(first, second);
    await this.relay();
    return { toOne: met.one.body, toOther: met.other.body };
  }

  /** An offer that is ours alone to answer. */
  async host(side: HostedOffer): Promise<Buffer> {
    const policy = policyOfSide(side);
    const codecs = side.codecs ?? [];
    // Read first: what can't be used takes no port.
    hostable(readOffer(newSdp(), side.sdp, policy), codecs);
    const leg = this.legs.getOrMake(side.legId);
    leg.codecs = codecs;
    const offer = readOffer(leg.sdp, side.sdp, policy);
    const { audio } = offer;
    const { formats } = hostable(offer, codecs);
    leg.manner = mannerOf(audio.security);
    const said = { audio, formats, signallingAddress: side.signallingAddress };
    const hosting = {
      sdp: this.textOf(said),
      nobodySdp: (at: NodePort | null) => nobodySdp(at, { ...said, formats }),
      echoes: false,
    };
    this.take(leg, await this.bridge.host(leg, hosting), audio.security);
    const hosted = hostOffer({ offer, codecs, ours: oursFor(leg, 'passive') });
    leg.sdp = hosted.sdp;
    leg.agreed = hosted.config;
    this.legs.leaveAlone(leg);
    leg.hosted = hosting;
    await this.relay();
    return hosted.body;
  }

  /** A leg that talks to nobody hears itself, or no more. */
  async echo(leg: NodeLeg, echoes: boolean): Promise<void> {
    const { hosted } = leg;
    if (hosted === null || hosted.echoes === echoes) return;
    leg.hosted = { ...hosted, echoes };
    await this.bridge.host(leg, leg.hosted);
    await this.relay();
  }

  /** A leg of another session gets a place here, with all that it was ever told by us. */
  adopt(legId: string, from: NodeNegotiation): void {
    const { sdp, manner } = from.legs.get(legId);
    if (manner?.kind === 'dtls') {
      // A node has one certificate: a browser would go on with the handshake that it has had.
      throw new AppError('UNAVAILABLE', 'With rtpengine a leg keyed by DTLS stays in its call.');
    }
    const leg = this.legs.getOrMake(legId);
    leg.sdp = sdp;
    leg.manner = manner;
  }

  rollback(): void {
    for (const leg of this.legs.all()) {
      if (leg.exchange?.isUpdate && !leg.exchange.isAnswered) leg.exchange = undefined;
    }
  }

  async press(legId: string, { digit, durationMs }: PressedKey): Promise<void> {
    const leg = this.legs.find(legId);
    // A node puts keys also into the voice of somebody that it does not relay.
    if (!leg || !this.isHeard(leg, this.legs.all().length)) return;
    await this.bridge.inject();
    await this.call.press(legId, { code: digit, duration: Math.round(durationMs) });
  }

  /** Takes a leg out; whoever talked to it talks to nobody, or again to whom it talked before. */
  async remove(leg: NodeLeg): Promise<void> {
    const { preview } = this;
    this.legs.remove(leg);
    await this.bridge.leave(leg, this.legs.all());
    if (preview?.heard === leg) {
      this.preview = null;
      if (preview.before) await this.bridge.join(preview.before);
    }
    await this.relay();
  }

  /** Has the node relay whoever may be heard by somebody, and nobody else. */
  async relay(): Promise<void> {
    const legs = this.legs.all();
    for (const leg of legs) {
      if (leg.isAtNode) await this.call.relay(leg.legId, this.isHeard(leg, legs.length));
    }
  }

  private isHeard(leg: NodeLeg, count: number): boolean {
    if (this.gate === 'closed') return false;
    if (this.gate === 'early' && leg.legId === this.start.callerLegId) return false;
    if (leg.agreed && !leg.agreed.maySend) return false;
    if (this.legs.find(leg.peerLegId)?.isPlayedTo) return false;
    if (this.preview) return leg === this.preview.heard;
    if (leg.hosted) return leg.hosted.echoes;
    // Of two nobody else is there; of more a node may relay who talked before.
    return count <= 2 || leg.peerLegId !== null;
  }

  private async join(join: Join): Promise<NodePort> {
    const port = await this.bridge.join(join);
    if (join.keys.length > 0) join.answerer.leg.keys = join.keys;
    return port;
  }

  private joinOf(
    { offerer, answerer }: { offerer: NodeLeg; answerer: NodeLeg },
    { audio: offered, forwarded, signallingAddress }: NodeExchange,
    answer: { readonly settlement: Settlement; readonly signallingAddress: string },
  ): Join {
    const { audio, voices } = answer.settlement;
    if (answerer.manner) checkAnswered(answerer.manner, audio.security);
    offerer.manner = mannerOf(offered.security);
    // Where nothing passes it is ours to say what the offerer speaks.
    const formats = voices.agreed.length === 0 ? voices.toOfferer : offered.formats;
    const [offer, answered] = [
      { audio: offered, formats, signallingAddress },
      { audio, formats: voices.toAnswerer, signallingAddress: answer.signallingAddress },
    ];
    return {
      offerer: { leg: offerer, sdp: this.textOf(offer) },
      answerer: { leg: answerer, sdp: this.textOf(answered) },
      details: transcodedTo(formats, forwarded),
      keys: audio.security.kind === 'sdes' ? keysTaken(answerer.keys, audio.security) : [],
      suites: suitesOf(offered.security),
    };
  }

  private async joinMet(
    [first, second]: readonly [NodeLeg, NodeLeg],
    met: Pick<Meeting, 'one' | 'other'> & {
      readonly offers: readonly [ReadOffer, ReadOffer];
      readonly settlement: Settlement;
    },
  ): Promise<void> {
    const [one, other] = met.offers;
    const { voices } = met.settlement;
    first.manner = mannerOf(one.audio.security);
    second.manner = mannerOf(other.audio.security);
    const said: Said = {
      audio: { ...one.audio, security: keyApart(one.audio.security, second.manner) },
      formats: voices.toOfferer,
      signallingAddress: met.one.signallingAddress,
    };
    if (second.port === null) await this.allocate([first, second], said, voices.toAnswerer);
    const { security } = other.audio;
    const keys = security.kind === 'sdes' ? keysMet(second.keys, security) : null;
    const answered: Said = {
      audio: { ...other.audio, security: keys?.forNode ?? asAnswer(security) },
      formats: voices.toAnswerer,
      signallingAddress: met.other.signallingAddress,
    };
    const port = await this.bridge.join({
      offerer: { leg: first, sdp: this.textOf(said) },
      answerer: { leg: second, sdp: this.textOf(answered) },
      details: transcodedTo(voices.toOfferer, voices.toAnswerer),
      keys: [],
      suites: suitesOf(said.audio.security),
    });
    if (keys) second.keys = keys.forLeg;
    if (security.kind === 'dtls') second.mid = security.mid;
    this.take(first, port, one.audio.security);
  }

  /** A port at the node for a leg that was never told one. */
  private async allocate(
    [from, to]: readonly [NodeLeg, NodeLeg],
    said: Said,
    forOther: readonly PayloadFormat[],
  ): Promise<void> {
    const { security } = said.audio;
    // Its keys of SDES are known to the node in either case; a handshake is the leg's alone.
    const kept = security.kind === 'sdes' ? security : PLAIN;
    const nobody = { ...said, audio: { ...said.audio, security: kept, connection: null } };
    try {
      to.port = await this.bridge.allocate({
        from,
        to,
        sdp: this.textOf(said),
        standInSdp: this.textOf({ ...nobody, signallingAddress: '' }),
        suites: suitesOf(security),
        details: transcodedTo(said.formats, forOther),
      });
    } catch (error) {
      // Taken out, so that a retry starts anew.
      this.legs.remove(to);
      throw error;
    }
    to.keys = keysOffered(keyLines(to.port), security);
    to.mid = midOf(to.port);
  }

  /** What the node says to an offer of a leg. */
  private take(leg: NodeLeg, port: NodePort, security: AudioSecurity): void {
    leg.port = port;
    leg.keys = keyLines(port);
    leg.mid = security.kind === 'dtls' ? security.mid : null;
  }

  private textOf(said: Said): string {
    const { direction } = said.audio;
    const isOurs = (address: string, port: number): boolean => this.legs.isOurs(address, port);
    return sdpForNode({ ...said, direction, isOurs });
  }
}

/** Whoever leaves it open who begins the handshake begins it: a node waits. */
function asAnswer(security: AudioSecurity): AudioSecurity {
  return security.kind === 'dtls' ? { ...security, setup: 'active' } : security;
}

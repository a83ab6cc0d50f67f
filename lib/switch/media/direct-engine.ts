import { randomInt } from 'node:crypto';
import { appended } from '@/lib/core/appended';
import { AppError } from '@/lib/core/errors';
import { TextTable } from '@/lib/core/text-table.server';
import { formatName } from '@/lib/protocol/sdp/formats';
import { type AudioSide, type LegSdp, newLegSdp } from '@/lib/protocol/sdp/leg-sdp';
import type {
  Gate,
  LegDescription,
  LegMediaStats,
  MediaEngine,
  Meeting,
  SessionStart,
  SessionStats,
} from './engine';
import { meetOffers } from './meeting';
import {
  type Exchange,
  forwardAnswer,
  forwardOffer,
  type OurAddress,
  readAnswer,
  readOffer,
} from './negotiation';

/** As in the relay: a caller, ten branches, and room for transfers. */
const MAX_LEGS = 32;

interface DirectLeg {
  readonly legId: string;
  sdp: LegSdp;
  peerLegId: string | null;
  codec: string | null;
  /** What it is to answer, or has answered before the final answer is through. */
  exchange: Exchange | undefined;
}

interface DirectSession {
  readonly sessionId: string;
  gate: Gate;
  /** A few; a list of two is a third of a map, and every call that stands has it. */
  legs: readonly DirectLeg[];
}

const NO_LEGS: readonly never[] = [];

const NOTHING_HEARD = {
  remote: null,
  held: false,
  received: { packets: 0, octets: 0, lost: 0, jitterMs: 0, lastPacketAtMs: null, mos: null },
  sent: { packets: 0, octets: 0 },
  reported: null,
  roundTripMs: null,
  dropped: { foreign: 0, unauthentic: 0, invalid: 0, gated: 0, unroutable: 0, excess: 0 },
} as const;

function findLeg({ legs }: DirectSession, legId: string): DirectLeg | undefined {
  return legs.find((leg) => leg.legId === legId);
}

function sessionGone(): AppError {
  return new AppError('NOT_FOUND', 'There is no such media session.');
}

/** Where a side said that it receives; that is what the other side is told. */
function placeOf({ connection, port }: AudioSide): OurAddress {
  if (connection) return { address: connection.address, port };
  throw new AppError('INVALID_INPUT', "The session description can't be used: no c= line.", {
    meta: { sipStatus: 488, reason: 'no c= line' },
  });
}

/**
 * Lets both sides send to each other, past us: descriptions are still ours (one unbroken o= line a
 * leg, RFC 3264 numbers, refused m= lines), addresses are theirs. For networks without NAT, or with
 * a media plane of their own. A gate has nothing to close here: a call that is cut is cut by its
 * BYE alone.
 */
export class DirectEngine implements MediaEngine {
  readonly hearsMedia = false;
  private readonly sessions = new TextTable<DirectSession>();

  createSession({ sessionId }: SessionStart): void {
    if (this.sessions.has(sessionId)) {
      throw new AppError('CONFLICT', 'The media session exists already.');
    }
    this.sessions.set(sessionId, { sessionId, gate: 'early', legs: NO_LEGS });
  }

  async offer(description: LegDescription): Promise<Buffer> {
    return this.handOn(description, false);
  }

  async update(description: LegDescription): Promise<Buffer> {
    const session = this.session(description.sessionId);
    if (findLeg(session, description.fromLegId)?.peerLegId !== description.toLegId) {
      throw new AppError('NOT_FOUND', 'The legs are not connected.');
    }
    if (session.legs.some(({ exchange }) => exchange?.isUpdate && !exchange.isAnswered)) {
      throw new AppError('CONFLICT', 'Another offer is pending.', { meta: { sipStatus: 491 } });
    }
    return this.handOn(description, true);
  }

  async answer(description: LegDescription): Promise<Buffer> {
    const { sessionId, fromLegId, toLegId, sdp, isPreview } = description;
    const session = this.session(sessionId);
    const answerer = findLeg(session, fromLegId);
    const offerer = findLeg(session, toLegId);
    const exchange = answerer?.exchange;
    if (!answerer || !offerer || exchange?.offererId !== toLegId) {
      throw new AppError('NOT_FOUND', 'There is no offer to answer.');
    }
    const settlement = readAnswer(answerer.sdp, exchange, { body: sdp });
    const place = placeOf(settlement.audio);
    const forwarded = forwardAnswer(
      { offererSdp: exchange.offererSdp, lastSent: offerer.sdp },
      settlement,
      place,
    );
    if (isPreview) return forwarded.body;
    offerer.sdp = forwarded.sdp;
    exchange.isAnswered = true;
    offerer.exchange = undefined;
    this.connect(session, offerer, answerer);
    const codec = settlement.voices.agreed[0];
    if (codec) offerer.codec = answerer.codec = formatName(codec.offered);
    return forwarded.body;
  }

  async meet({ sessionId, one, other }: Meeting) {
    const session = this.session(sessionId);
    const [first, second] = [this.legOf(session, one.legId), this.legOf(session, other.legId)];
    const offers = [readOffer(first.sdp, one.sdp), readOffer(second.sdp, other.sdp)] as const;
    const met = meetOffers(
      { offer: offers[0], codecs: [], ours: placeOf(offers[1].audio) },
      { offer: offers[1], codecs: [], ours: placeOf(offers[0].audio) },
    );
    first.sdp = met.one.sdp;
    second.sdp = met.other.sdp;
    for (const leg of [first, second]) leg.exchange = undefined;
    this.connect(session, first, second);
    const codec = met.settlement.voices.agreed[0];
    if (codec) first.codec = second.codec = formatName(codec.offered);
    return { toOne: met.one.body, toOther: met.other.body };
  }

  /** Nobody is here to be talked to. */
  async host(): Promise<never> {
    throw new AppError('UNAVAILABLE', 'Media goes past this switch: it can answer no call itself.');
  }

  play(): null {
    return null;
  }

  stopPlaying(): void {}

  adopt(sessionId: string, { legId, fromSessionId }: { legId: string; fromSessionId: string }) {
    const from = findLeg(this.session(fromSessionId), legId);
    if (!from) throw new AppError('NOT_FOUND', 'The media session has no such leg.');
    this.legOf(this.session(sessionId), legId).sdp = from.sdp;
  }

  rollback(sessionId: string): void {
    for (const leg of this.sessions.get(sessionId)?.legs ?? []) {
      if (leg.exchange?.isUpdate && !leg.exchange.isAnswered) leg.exchange = undefined;
    }
  }

  gate(sessionId: string, gate: Gate): void {
    const session = this.sessions.get(sessionId);
    if (!session || session.gate === 'closed') return;
    session.gate = gate;
    if (gate !== 'open') return;
    // The final answer is through: it does not come again, and what led to it is not needed.
    for (const leg of session.legs) if (leg.exchange?.isAnswered) leg.exchange = undefined;
  }

  press(): boolean {
    return false;
  }

  async stats(sessionId: string): Promise<SessionStats | null> {
    const session = this.sessions.get(sessionId);
    return session ? statsOf(session) : null;
  }

  async deleteLeg(sessionId: string, legId: string): Promise<LegMediaStats | null> {
    const session = this.sessions.get(sessionId);
    const leg = session && findLeg(session, legId);
    if (!session || !leg) return null;
    session.legs = session.legs.filter((other) => other !== leg);
    for (const other of session.legs) {
      if (other.peerLegId === legId) other.peerLegId = null;
      if (other.exchange?.offererId === legId) other.exchange = undefined;
    }
    return { legId, codec: leg.codec, ...NOTHING_HEARD };
  }

  async delete(sessionId: string): Promise<SessionStats | null> {
    const session = this.sessions.get(sessionId);
    this.sessions.delete(sessionId);
    return session ? statsOf(session) : null;
  }

  async usage() {
    let legs = 0;
    for (const session of this.sessions.values()) legs += session.legs.length;
    const ports = { portPairsInUse: 0, portPairsQuarantined: 0, portPairsFree: 0 };
    return { sessions: this.sessions.size, legs, ...ports, workersUp: 0 };
  }

  async close(): Promise<void> {
    this.sessions.clear();
  }

  private session(sessionId: string): DirectSession {
    const session = this.sessions.get(sessionId);
    if (!session) throw sessionGone();
    return session;
  }

  private handOn(description: LegDescription, isUpdate: boolean): Buffer {
    const { sessionId, fromLegId, toLegId, sdp: body, signallingAddress } = description;
    const session = this.session(sessionId);
    const from = this.legOf(session, fromLegId);
    const to = this.legOf(session, toLegId);
    const offer = readOffer(from.sdp, body);
    const {
      sdp,
      forwarded,
      body: written,
    } = forwardOffer(to.sdp, offer.audio, placeOf(offer.audio));
    // The leg sees it, agreed or not; so its o= version is spent.
    to.sdp = sdp;
    to.exchange = {
      offererId: fromLegId,
      offererSdp: offer.sdp,
      audio: offer.audio,
      forwarded,
      body,
      signallingAddress,
      isUpdate,
      isAnswered: false,
    };
    return written;
  }

  private legOf(session: DirectSession, legId: string): DirectLeg {
    const known = findLeg(session, legId);
    if (known) return known;
    if (session.legs.length >= MAX_LEGS) {
      throw new AppError('UNAVAILABLE', 'The media session has too many legs.');
    }
    const sdp = newLegSdp(randomInt(1, 2 ** 47));
    const leg: DirectLeg = { legId, sdp, peerLegId: null, codec: null, exchange: undefined };
    session.legs = appended(session.legs, leg);
    return leg;
  }

  private connect({ legs }: DirectSession, one: DirectLeg, other: DirectLeg): void {
    for (const leg of legs) {
      if (leg.peerLegId === one.legId || leg.peerLegId === other.legId) leg.peerLegId = null;
    }
    one.peerLegId = other.legId;
    other.peerLegId = one.legId;
  }
}

function statsOf({ sessionId, gate, legs }: DirectSession): SessionStats {
  return {
    sessionId,
    gate,
    legs: legs.map(({ legId, codec }) => ({ legId, codec, ...NOTHING_HEARD })),
  };
}

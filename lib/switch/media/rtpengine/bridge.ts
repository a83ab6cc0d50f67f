import { AppError } from '@/lib/core/errors';
import type { NgArguments } from '@/lib/protocol/ng/message';
import type { SdpAttribute } from '@/lib/protocol/sdp/types';
import type { NodeLeg } from './legs';
import { type LegManner, towards } from './manner';
import type { NodeCall } from './node-call';
import { keyLines, type NodePort } from './node-sdp';

/** One of two legs that are brought together. */
export interface JoinedSide {
  readonly leg: NodeLeg;
  /** Its description, for the node. */
  readonly sdp: string;
}

/** Two legs that are brought together at the node. */
export interface Join {
  readonly offerer: JoinedSide;
  readonly answerer: JoinedSide;
  /** What the node adds to the offer. */
  readonly details: NgArguments;
  /** The key of SDES that the answerer took: the node must still have it. */
  readonly keys: readonly SdpAttribute[];
  /** The suites that the offerer has keys of. */
  readonly suites: readonly string[];
}

/** A leg that is to get a port. */
export interface Allocation {
  readonly from: NodeLeg;
  readonly to: NodeLeg;
  /** What `from` offers. */
  readonly sdp: string;
  /** The same of somebody who is nowhere. */
  readonly standInSdp: string;
  readonly suites: readonly string[];
  readonly details: NgArguments;
}

/** A leg that talks to nobody, for the node. */
export interface Hosting {
  readonly sdp: string;
  /** Of whom it talks to: somebody at a port of the node's, or nowhere. */
  readonly nobodySdp: (at: NodePort | null) => string;
  /** Whether it is to hear itself. */
  readonly echoes: boolean;
}

const PLAIN_MANNER: LegManner = { kind: 'plain' };

/** Tags of those who stand in for a leg, and whom a leg talks to that talks to nobody; no leg's id. */
const standInFor = (legId: string): string => `${legId}~`;
const nobodyFor = (legId: string): string => `${legId}!`;

/**
 * Who hears whom at the node. There an offer is in force as soon as it is said, so nothing is said
 * before it is answered, and a leg that talks already is stood in for while another one is rung.
 */
export class Bridge {
  private readonly call: NodeCall;
  /** The offer that the node heard last, not answered yet. */
  private armed: { readonly from: string; readonly to: string; readonly sdp: string } | null = null;
  private joined: Join | null = null;
  /** Legs that are gone and must stay at the node until whoever talked to them talks to others. */
  private readonly retired = new Set<string>();
  private injects = false;

  constructor(call: NodeCall) {
    this.call = call;
  }

  /** What is in force; null while nobody talks. */
  get current(): Join | null {
    return this.joined;
  }

  /** A port for a leg that has none: the node is offered to it. */
  async allocate({ from, to, sdp, standInSdp, suites, details }: Allocation): Promise<NodePort> {
    const { manner } = to;
    if (!manner) throw new AppError('UNAVAILABLE', 'The leg has no way of being protected.');
    const isStoodIn = from.port !== null;
    const tag = isStoodIn ? standInFor(to.legId) : from.legId;
    const said = isStoodIn ? standInSdp : sdp;
    const all = { ...details, ...towards(manner, { injects: this.injects, suites }) };
    const port = await this.call.offer({ from: tag, to: to.legId, sdp: said, details: all });
    to.standIn = isStoodIn ? tag : null;
    to.isAtNode = true;
    if (!isStoodIn) {
      from.isAtNode = true;
      this.armed = { from: from.legId, to: to.legId, sdp };
    }
    return port;
  }

  /** Brings two legs together and nobody else; where the node takes the offerer's media. */
  async join(join: Join): Promise<NodePort> {
    const { offerer, answerer, details } = join;
    const [one, other] = [offerer.leg, answerer.leg];
    if (!one.manner || !other.manner) {
      throw new AppError('UNAVAILABLE', 'The legs have no way of being protected.');
    }
    const { injects, armed } = this;
    const isArmed =
      armed?.from === one.legId && armed.to === other.legId && armed.sdp === offerer.sdp;
    this.armed = null;
    if (!isArmed) {
      const all = { ...details, ...towards(other.manner, { injects, suites: join.suites }) };
      const tags = { from: one.legId, to: other.legId };
      const port = await this.call.offer({ ...tags, sdp: offerer.sdp, details: all });
      checkUnmoved(other, port, join.keys);
    }
    const tags = { from: other.legId, to: one.legId };
    const told = { ...tags, sdp: answerer.sdp, details: towards(one.manner, { injects }) };
    const port = await this.call.answer(told);
    this.joined = join;
    one.isAtNode = true;
    other.isAtNode = true;
    await this.sweep(other);
    return port;
  }

  /**
   * Brings a leg together with nobody: it can be played to, or hears itself. Where the node takes its
   * media.
   */
  async host(leg: NodeLeg, said: Hosting): Promise<NodePort> {
    const { manner } = leg;
    if (!manner) throw new AppError('UNAVAILABLE', 'The leg has no way of being protected.');
    const nobody = nobodyFor(leg.legId);
    const { injects } = this;
    const offer = { to: nobody, sdp: said.sdp };
    const plain = towards(PLAIN_MANNER, { injects });
    if (leg.port !== null && !this.retired.has(nobody)) {
      const standIn = standInFor(nobody);
      const sdp = said.nobodySdp(null);
      await this.call.offer({ ...offer, from: standIn, sdp, details: plain });
      this.retired.add(standIn);
    }
    this.armed = null;
    this.joined = null;
    const at = await this.call.offer({ ...offer, from: leg.legId, details: plain });
    leg.isAtNode = true;
    this.retired.add(nobody);
    // What is sent to nobody's own port at the node comes back as if nobody had said it. (A node can
    // be told to echo, too, and never stops.)
    const answer = { from: nobody, to: leg.legId, sdp: said.nobodySdp(said.echoes ? at : null) };
    return await this.call.answer({ ...answer, details: towards(manner, { injects }) });
  }

  /** From now on keys can be put into what the legs say; a node asks for that beforehand. */
  async inject(): Promise<void> {
    if (this.injects || !this.joined) return;
    this.injects = true;
    await this.join(this.joined);
  }

  /** Takes a leg out. Where it is all that keeps another's port it stays, unheard, for a while. */
  async leave(leg: NodeLeg, others: readonly NodeLeg[]): Promise<void> {
    const isJoined = this.joined?.offerer.leg === leg || this.joined?.answerer.leg === leg;
    if (this.armed?.to === leg.legId || this.armed?.from === leg.legId) this.armed = null;
    if (!leg.isAtNode) return;
    if (leg.standIn !== null) await this.call.remove(leg.standIn);
    if (isJoined) this.joined = null;
    if (others.some(({ port }) => port !== null) && (isJoined || others.length === 1)) {
      await this.call.relay(leg.legId, false);
      this.retired.add(leg.legId);
      return;
    }
    await this.call.remove(leg.legId);
    // Whoever had no port yet may be gone as well: it is there again with the next offer.
    for (const other of others) other.isAtNode &&= other.port !== null;
  }

  private async sweep(answerer: NodeLeg): Promise<void> {
    if (answerer.standIn !== null) this.retired.add(answerer.standIn);
    answerer.standIn = null;
    for (const tag of [...this.retired]) {
      this.retired.delete(tag);
      await this.call.remove(tag);
    }
  }
}

/** A leg that was told a port and a key can't be told others now. */
function checkUnmoved(leg: NodeLeg, port: NodePort, keys: readonly SdpAttribute[]): void {
  const isMoved = leg.port !== null && leg.port.port !== port.port;
  const offered = keyLines(port).map(({ value }) => value);
  if (!isMoved && keys.every(({ value }) => offered.includes(value))) return;
  throw new AppError('UNAVAILABLE', 'rtpengine does not keep what a leg was told.');
}

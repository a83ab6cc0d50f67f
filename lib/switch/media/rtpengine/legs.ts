import { AppError } from '@/lib/core/errors';
import type { LegSdp } from '@/lib/protocol/sdp/leg-sdp';
import type { SdpAttribute } from '@/lib/protocol/sdp/types';
import { newSdp } from '@/lib/switch/media/media-leg';
import type { Exchange, OurAddress } from '@/lib/switch/media/negotiation';
import type { AgreedConfig } from '@/lib/switch/media/settlement';
import type { Hosting } from './bridge';
import type { LegManner } from './manner';
import { type NodePort, protectionTold } from './node-sdp';

/** As in the relay: a caller, ten branches, and room for transfers. */
const MAX_LEGS = 32;

/** An exchange with what its answer came to: the same answer again has the same bytes. */
export interface NodeExchange extends Exchange {
  answer: { readonly body: Buffer; readonly told: Buffer } | null;
}

/** A leg as the engine knows it. */
export interface NodeLeg {
  readonly legId: string;
  sdp: LegSdp;
  /** Null before it offered, or was offered anything. */
  manner: LegManner | null;
  /** Where the node takes its media; null while it has none there. */
  port: NodePort | null;
  /** The lines of SDES that it is told. */
  keys: readonly SdpAttribute[];
  /** How its section is named. */
  mid: string | null;
  /** In force; null before anything was agreed. */
  agreed: AgreedConfig | null;
  peerLegId: string | null;
  codecs: readonly string[];
  /** What it is to answer, or has answered. */
  exchange: NodeExchange | undefined;
  /** Who stands at the node in the place of whoever offers to it, until it has answered. */
  standIn: string | null;
  /** Whether the node knows it. */
  isAtNode: boolean;
  /** What it said when it was answered by nobody but us; null once it talks to somebody. */
  hosted: Hosting | null;
  /** Whether it is played something, and hears nobody for so long. */
  isPlayedTo: boolean;
}

/** What a leg is told of the node's side. Throws where the node has no place for it. */
export function oursFor(leg: NodeLeg, setup: 'passive' | 'actpass'): OurAddress {
  const { port, manner, keys, mid } = leg;
  if (!port || !manner) throw new AppError('UNAVAILABLE', 'rtpengine has no port for the leg.');
  const { address, port: number } = port;
  if (manner.kind === 'plain') return { address, port: number };
  const told = { kind: manner.kind, setup, keys, mid };
  return { address, port: number, protection: protectionTold(port, told) };
}

/** The legs of a session: who talks to whom. */
export class NodeLegs {
  private readonly legs = new Map<string, NodeLeg>();

  /** In the order in which they joined. */
  all(): readonly NodeLeg[] {
    return [...this.legs.values()];
  }

  find(legId: string | null): NodeLeg | undefined {
    return legId === null ? undefined : this.legs.get(legId);
  }

  /** Throws NOT_FOUND where it is not there. */
  get(legId: string): NodeLeg {
    const leg = this.legs.get(legId);
    if (!leg) throw new AppError('NOT_FOUND', 'The media session has no such leg.');
    return leg;
  }

  /** The leg by its id; where it is not there yet, a new one. */
  getOrMake(legId: string): NodeLeg {
    const existing = this.legs.get(legId);
    if (existing) return existing;
    if (this.legs.size >= MAX_LEGS) {
      throw new AppError('UNAVAILABLE', 'The media session has too many legs.');
    }
    const leg: NodeLeg = {
      legId,
      sdp: newSdp(),
      manner: null,
      port: null,
      keys: [],
      mid: null,
      agreed: null,
      peerLegId: null,
      codecs: [],
      exchange: undefined,
      standIn: null,
      isAtNode: false,
      hosted: null,
      isPlayedTo: false,
    };
    this.legs.set(legId, leg);
    return leg;
  }

  /** Takes a leg out; whoever talked to it talks to nobody. */
  remove(leg: NodeLeg): void {
    const { legId } = leg;
    this.legs.delete(legId);
    for (const other of this.legs.values()) {
      if (other.peerLegId === legId) other.peerLegId = null;
      if (other.exchange?.offererId === legId) other.exchange = undefined;
    }
  }

  /** Makes two legs each other's peers, and nobody else's. */
  connect(one: NodeLeg, other: NodeLeg): void {
    for (const leg of this.legs.values()) {
      if (leg.peerLegId === one.legId || leg.peerLegId === other.legId) leg.peerLegId = null;
    }
    one.hosted = null;
    other.hosted = null;
    one.peerLegId = other.legId;
    other.peerLegId = one.legId;
  }

  /** A leg talks to nobody, and nobody to it. */
  leaveAlone(leg: NodeLeg): void {
    for (const other of this.legs.values()) {
      if (other.peerLegId === leg.legId) other.peerLegId = null;
    }
    leg.peerLegId = null;
    leg.exchange = undefined;
  }

  /** Whether a port is one that somebody was told. */
  isOurs(address: string, number: number): boolean {
    return [...this.legs.values()].some(
      ({ port }) => port?.address === address && (port.port === number || port.port + 1 === number),
    );
  }
}

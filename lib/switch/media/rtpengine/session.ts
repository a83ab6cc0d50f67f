import { AppError } from '@/lib/core/errors';
import type { Logger } from '@/lib/infra/log';
import type { BencodedTable } from '@/lib/protocol/ng/bencode';
import type {
  Gate,
  HostedOffer,
  LegDescription,
  LegMediaStats,
  MediaEvent,
  Meeting,
  PressedKey,
  SessionStart,
  SessionStats,
} from '@/lib/switch/media/engine';
import type { Playback } from '@/lib/switch/media/sound';
import { isHeld, legFigures, streamOf } from './figures';
import type { NodeLeg } from './legs';
import { NodeNegotiation } from './negotiation';
import type { NodeCall } from './node-call';
import { Player } from './player';
import { Turns } from './turns';
import { Watch } from './watch';

export interface NodeSessionOptions {
  readonly call: NodeCall;
  readonly log: Logger;
  readonly inactivityTimeoutMs: number;
  /** Tells the session's owner; never throws. */
  readonly tell: (event: MediaEvent) => void;
}

/** The media of one call at a node: what is asked of it, one thing after the other. */
export class NodeSession {
  readonly start: SessionStart;
  readonly call: NodeCall;
  private readonly negotiation: NodeNegotiation;
  private readonly turns = new Turns();
  private readonly log: Logger;
  private readonly watch: Watch;
  private readonly tell: (event: MediaEvent) => void;
  private readonly players = new Map<string, Player>();
  private end: 'deleted' | 'lost' | null = null;

  constructor(start: SessionStart, options: NodeSessionOptions) {
    const { call, log, inactivityTimeoutMs, tell } = options;
    this.tell = tell;
    this.start = start;
    this.call = call;
    this.log = log;
    this.negotiation = new NodeNegotiation(start, call);
    this.watch = new Watch(inactivityTimeoutMs);
  }

  get id(): string {
    return this.start.sessionId;
  }

  get isLost(): boolean {
    return this.end === 'lost';
  }

  /** Port pairs at the node. */
  get portPairs(): number {
    return this.negotiation.legs.all().filter(({ isAtNode }) => isAtNode).length;
  }

  get legCount(): number {
    return this.negotiation.legs.all().length;
  }

  offer(description: LegDescription): Promise<Buffer> {
    return this.turn(() => this.negotiation.handOn(description, false));
  }

  async update(description: LegDescription): Promise<Buffer> {
    const { legs } = this.negotiation;
    if (legs.find(description.fromLegId)?.peerLegId !== description.toLegId) {
      throw new AppError('NOT_FOUND', 'The legs are not connected.');
    }
    if (legs.all().some(({ exchange }) => exchange?.isUpdate && !exchange.isAnswered)) {
      throw new AppError('CONFLICT', 'Another offer is pending.', { meta: { sipStatus: 491 } });
    }
    return await this.turn(() => this.negotiation.handOn(description, true));
  }

  answer(description: LegDescription): Promise<Buffer> {
    return this.turn(() => this.negotiation.answer(description));
  }

  meet(meeting: Meeting): Promise<{ toOne: Buffer; toOther: Buffer }> {
    return this.turn(() => this.negotiation.meet(meeting));
  }

  adopt(legId: string, from: NodeSession): void {
    this.checkAlive();
    this.negotiation.adopt(legId, from.negotiation);
  }

  rollback(): void {
    this.negotiation.rollback();
  }

  get gate(): Gate {
    return this.negotiation.gate;
  }

  /** Closing is said at once and once more after whatever is under way; opening waits for that. */
  setGate(gate: Gate): void {
    if (this.negotiation.gate === 'closed') return;
    this.negotiation.gate = gate;
    const isCut = gate === 'closed';
    if (isCut) {
      void this.call.cut();
      this.endAllPlaying();
    }
    this.turns
      .take(() => (isCut ? this.call.cut() : this.negotiation.relay()))
      .catch((error: unknown) => {
        this.log.error('media.gate_failed', { callId: this.id, gate, error });
      });
  }

  /** False where nobody would hear it. */
  press(legId: string, key: PressedKey): boolean {
    const { legs } = this.negotiation;
    const leg = legs.find(legId);
    if (leg?.agreed?.voice === undefined || leg.peerLegId === null || this.end !== null) {
      return false;
    }
    this.inTurn(() => this.negotiation.press(legId, key));
    return true;
  }

  host(offer: HostedOffer): Promise<Buffer> {
    return this.turn(() => this.negotiation.host(offer));
  }

  /** False where the leg can't be played anything: nothing was agreed with it yet. */
  play(legId: string, playbackId: number, playback: Playback): boolean {
    const leg = this.negotiation.legs.find(legId);
    if (!leg?.agreed || this.end !== null || this.gate === 'closed') return false;
    this.endPlaying(leg);
    if (playback.sound.kind === 'echo') {
      if (!leg.hosted) return false;
      this.inTurn(() => this.negotiation.echo(leg, true));
      return true;
    }
    const player = new Player(playback, {
      play: (wav, times) => this.turn(() => this.call.play(legId, wav, times)),
      onEnd: () => {
        this.endPlaying(leg);
        this.tell({ type: 'played', sessionId: this.id, legId, playbackId });
      },
    });
    this.players.set(legId, player);
    leg.isPlayedTo = true;
    this.inTurn(() => this.negotiation.relay());
    player.begin();
    return true;
  }

  stopPlaying(legId: string): void {
    const leg = this.negotiation.legs.find(legId);
    if (leg) this.endPlaying(leg);
  }

  async stats(): Promise<SessionStats> {
    const legs = await this.turn(() => this.figures());
    return { sessionId: this.id, gate: this.gate, legs };
  }

  /** Takes a leg out and frees its ports. Its last figures; null where it is not there. */
  async deleteLeg(legId: string): Promise<LegMediaStats | null> {
    if (this.end !== null) return null;
    return await this.turn(async () => {
      const leg = this.negotiation.legs.find(legId);
      if (!leg) return null;
      this.endPlaying(leg);
      const figures = await this.figures().catch(() => []);
      await this.negotiation.remove(leg);
      return figures.find((one) => one.legId === legId) ?? null;
    });
  }

  /** Ends it: media stops at once. The last figures; null where the node can't be asked. */
  async delete(): Promise<SessionStats | null> {
    const wasLost = this.isLost;
    this.end ??= 'deleted';
    const { gate } = this;
    this.negotiation.gate = 'closed';
    if (gate !== 'closed') void this.call.cut();
    this.endAllPlaying();
    return await this.turns.take(async () => {
      const wasThere = this.call.isThere;
      const body = wasLost ? null : await this.call.query().catch(() => null);
      const deleted = this.call.delete();
      if (wasLost || (wasThere && body === null)) return null;
      await deleted;
      return { sessionId: this.id, gate, legs: body ? this.figuresIn(body) : [] };
    });
  }

  /** The node is gone, or not what it was. */
  lose(): void {
    if (this.end !== null) return;
    this.end = 'lost';
    this.endAllPlaying();
    this.call.lose();
  }

  /** Asks the node who is heard; what is to be told of it. Null: the node has no such call any more. */
  async look(nowMs: number): Promise<readonly MediaEvent[] | null> {
    if (!this.call.isThere || this.end !== null) return [];
    const body = await this.call.query();
    if (this.end !== null) return [];
    if (body === null) return null;
    const legs = this.negotiation.legs.all();
    const isDue = this.gate === 'open' && !legs.some(isHeld);
    const talking = legs.filter(({ peerLegId }) => peerLegId !== null);
    const counted = talking.map(({ legId }) => ({ legId, packets: streamOf(body, legId).packets }));
    return this.watch.look({ sessionId: this.id, isDue, legs: counted, nowMs });
  }

  /** Whoever is played to hears its peer again. */
  private endPlaying(leg: NodeLeg): void {
    const player = this.players.get(leg.legId);
    player?.stop();
    this.players.delete(leg.legId);
    leg.isPlayedTo = false;
    if (leg.hosted?.echoes) this.inTurn(() => this.negotiation.echo(leg, false));
    if (!player || this.end !== null) return;
    this.inTurn(async () => {
      if (!this.players.has(leg.legId)) await this.call.stopPlaying(leg.legId);
      await this.negotiation.relay();
    });
  }

  private endAllPlaying(): void {
    for (const leg of this.negotiation.legs.all()) this.endPlaying(leg);
  }

  /** What nobody waits for. */
  private inTurn(work: () => Promise<void>): void {
    this.turn(work).catch((error: unknown) => {
      this.log.info('media.rtpengine_refused', { callId: this.id, error });
    });
  }

  private async figures(): Promise<readonly LegMediaStats[]> {
    if (!this.call.isThere) return [];
    const body = await this.call.query();
    return body ? this.figuresIn(body) : [];
  }

  private figuresIn(body: BencodedTable): readonly LegMediaStats[] {
    return this.negotiation.legs.all().map((leg) => legFigures(leg, body));
  }

  private async turn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.checkAlive();
    return await this.turns.take(async () => {
      this.checkAlive();
      const result = await work();
      this.checkAlive();
      return result;
    });
  }

  /** Also after every wait: the call may have ended meanwhile. */
  private checkAlive(): void {
    if (this.end === 'lost') throw new AppError('UNAVAILABLE', 'The media of the call was lost.');
    if (this.end === 'deleted') throw new AppError('NOT_FOUND', 'The media session has ended.');
  }
}

import { AppError } from '@/lib/core/errors';
import { TextTable } from '@/lib/core/text-table.server';
import type { Logger } from '@/lib/infra/log';
import type {
  EngineUsage,
  Gate,
  HostedOffer,
  LegDescription,
  LegMediaStats,
  MediaEngine,
  MediaEvent,
  Meeting,
  PressedKey,
  SessionStart,
  SessionStats,
} from '@/lib/switch/media/engine';
import type { Playback } from '@/lib/switch/media/sound';
import { type NodePlace, RtpengineNode } from './node';
import { NodeCall } from './node-call';
import { NodeSession } from './session';

/** As with our own relay. */
const INACTIVITY_TIMEOUT_MS = 60_000;
/** Every call is asked after so often, spread over the time. */
const LOOK_EVERY_MS = 10_000;
const LOOK_TICK_MS = 500;
/** So many calls are asked after at once when all of a node's may be gone. */
const LANES = 32;

export interface RtpengineOptions {
  readonly nodes: readonly NodePlace[];
  readonly log: Logger;
  /** 60 s unless given. */
  readonly inactivityTimeoutMs?: number;
  /** 10 s unless given. */
  readonly lookEveryMs?: number;
}

/**
 * Starts with one or several rtpengines. Where none of them answers that is said in the log, and
 * sessions are refused until one does: after a power cut it may be there a minute later.
 */
export async function startRtpengine(options: RtpengineOptions): Promise<MediaEngine> {
  const engine = new RtpengineEngine(options);
  await engine.start();
  return engine;
}

/** The media of calls by rtpengine, over its ng protocol; new calls go to the nodes that are there. */
class RtpengineEngine implements MediaEngine {
  readonly hearsMedia = true;
  private readonly options: RtpengineOptions;
  private readonly nodes: readonly RtpengineNode[];
  private readonly sessions = new TextTable<NodeSession>();
  private looking: NodeJS.Timeout | undefined;
  /** Those still to be looked at in this round. */
  private round: NodeSession[] = [];
  private perTick = 1;
  private lastPlaybackId = 0;

  constructor(options: RtpengineOptions) {
    this.options = options;
    const { log } = options;
    this.nodes = options.nodes.map((place) => {
      const node: RtpengineNode = new RtpengineNode({
        place,
        log,
        onRestarted: () => this.restarted(node),
      });
      return node;
    });
  }

  async start(): Promise<void> {
    const answered = await Promise.all(this.nodes.map((node) => node.start()));
    if (!answered.includes(true)) {
      this.options.log.error('media.no_rtpengine', {
        nodes: this.nodes.map(({ name }) => name),
        effect: 'none of RTPENGINE answers: calls are refused with 503 until one does',
      });
    }
    this.looking = setInterval(() => this.look(), LOOK_TICK_MS).unref();
  }

  createSession(start: SessionStart): void {
    if (this.sessions.has(start.sessionId)) {
      throw new AppError('CONFLICT', 'The media session exists already.');
    }
    const node = this.pick(new Set());
    if (!node) throw new AppError('UNAVAILABLE', 'No rtpengine is there.');
    const { log, inactivityTimeoutMs = INACTIVITY_TIMEOUT_MS } = this.options;
    const nodes = { pick: (except: ReadonlySet<RtpengineNode>) => this.pick(except) };
    const call = new NodeCall({ callId: start.sessionId, node, nodes, log });
    const tell = (event: MediaEvent): void => this.tell(session, event);
    const session = new NodeSession(start, { call, log, inactivityTimeoutMs, tell });
    this.sessions.set(start.sessionId, session);
  }

  async offer(description: LegDescription): Promise<Buffer> {
    return this.session(description.sessionId).offer(description);
  }

  async update(description: LegDescription): Promise<Buffer> {
    return this.session(description.sessionId).update(description);
  }

  async answer(description: LegDescription): Promise<Buffer> {
    return this.session(description.sessionId).answer(description);
  }

  async meet(meeting: Meeting): Promise<{ toOne: Buffer; toOther: Buffer }> {
    return this.session(meeting.sessionId).meet(meeting);
  }

  async host(offer: HostedOffer): Promise<Buffer> {
    return this.session(offer.sessionId).host(offer);
  }

  play(sessionId: string, legId: string, playback: Playback): number | null {
    const playbackId = this.lastPlaybackId + 1;
    if (!this.sessions.get(sessionId)?.play(legId, playbackId, playback)) return null;
    this.lastPlaybackId = playbackId;
    return playbackId;
  }

  stopPlaying(sessionId: string, legId: string): void {
    this.sessions.get(sessionId)?.stopPlaying(legId);
  }

  adopt(sessionId: string, leg: { legId: string; fromSessionId: string }): void {
    this.session(sessionId).adopt(leg.legId, this.session(leg.fromSessionId));
  }

  rollback(sessionId: string): void {
    this.sessions.get(sessionId)?.rollback();
  }

  gate(sessionId: string, gate: Gate): void {
    this.sessions.get(sessionId)?.setGate(gate);
  }

  press(sessionId: string, legId: string, key: PressedKey): boolean {
    return this.sessions.get(sessionId)?.press(legId, key) ?? false;
  }

  async stats(sessionId: string): Promise<SessionStats | null> {
    const session = this.sessions.get(sessionId);
    return session && !session.isLost ? session.stats() : null;
  }

  async deleteLeg(sessionId: string, legId: string): Promise<LegMediaStats | null> {
    return (await this.sessions.get(sessionId)?.deleteLeg(legId)) ?? null;
  }

  async delete(sessionId: string): Promise<SessionStats | null> {
    const session = this.sessions.get(sessionId);
    if (!session) return null;
    this.sessions.delete(sessionId);
    return await session.delete();
  }

  async usage(): Promise<EngineUsage> {
    const sessions = this.sessions.values();
    const sum = (figureOf: (one: NodeSession) => number): number =>
      sessions.reduce((total, one) => total + figureOf(one), 0);
    return {
      sessions: sessions.length,
      legs: sum(({ legCount }) => legCount),
      portPairsInUse: sum(({ portPairs }) => portPairs),
      // Nodes don't tell what they have left.
      portPairsQuarantined: 0,
      portPairsFree: 0,
      workersUp: this.nodes.filter(({ isUp }) => isUp).length,
      nodes: this.nodes.map(({ name, isUp }) => ({ name, isUp })),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.looking);
    const ended = this.sessions.values().map((session) => session.delete().catch(() => null));
    this.sessions.clear();
    await Promise.all(ended);
    for (const node of this.nodes) node.close();
  }

  private pick(except: ReadonlySet<RtpengineNode>): RtpengineNode | undefined {
    return this.nodes
      .filter((node) => node.isUp && !except.has(node))
      .reduce<RtpengineNode | undefined>(
        (least, node) => (least && least.sessionCount <= node.sessionCount ? least : node),
        undefined,
      );
  }

  private session(sessionId: string): NodeSession {
    const session = this.sessions.get(sessionId);
    if (!session) throw new AppError('NOT_FOUND', 'There is no such media session.');
    return session;
  }

  /** A part of all calls at each tick, so that nobody asks after all of them at once. */
  private look(): void {
    if (this.round.length === 0) {
      this.round = this.sessions.values();
      const ticks = (this.options.lookEveryMs ?? LOOK_EVERY_MS) / LOOK_TICK_MS;
      this.perTick = Math.max(1, Math.ceil(this.round.length / ticks));
    }
    for (const session of this.round.splice(0, this.perTick)) void this.lookAt(session);
  }

  private async lookAt(session: NodeSession): Promise<void> {
    if (this.sessions.get(session.id) !== session || session.isLost) return;
    try {
      const events = await session.look(performance.now());
      if (events === null) this.lose(session, 'rtpengine has the call no more');
      else for (const event of events) this.tell(session, event);
    } catch {
      // A node that does not answer is no reason to end its calls: their media may go on.
    }
  }

  /** A node that was started anew has nothing of what it had; what it got since then it has. */
  private restarted(node: RtpengineNode): void {
    const all = this.sessions.values().filter(({ call }) => call.node === node);
    const lookOn = async (): Promise<void> => {
      for (let next = all.pop(); next; next = all.pop()) await this.lookAt(next);
    };
    for (let lane = 0; lane < LANES; lane += 1) void lookOn();
  }

  private lose(session: NodeSession, reason: string): void {
    if (session.isLost) return;
    session.lose();
    this.tell(session, { type: 'lost', sessionId: session.id, reason });
  }

  /** What a call makes of an event must not end the others. */
  private tell(session: NodeSession, event: MediaEvent): void {
    try {
      session.start.onEvent(event);
    } catch (error) {
      this.options.log.error('media.event_failed', { callId: session.id, type: event.type, error });
    }
  }
}

import { AppError, assert } from '@/lib/core/errors';
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
} from './engine';
import { type OwnMedia, ownAddresses } from './reachability';
import { type FromWorker, GATE_CLOSED, GATE_EARLY, GATE_OPEN } from './relay/messages';
import { MediaSession } from './session';
import { SessionCaptures } from './session-captures';
import type { Playback } from './sound';
import { WorkerLink } from './worker-link';
import type { MediaWorkerLocation } from './worker-location';

const GATE_VALUES = { early: GATE_EARLY, open: GATE_OPEN, closed: GATE_CLOSED } as const;

/** A far side that was hung up on sends for a second or two. */
const QUARANTINE_MS = 10_000;
const INACTIVITY_TIMEOUT_MS = 60_000;
/** RTP + RTCP. */
const PORTS_PER_PAIR = 2;
const MAX_WORKERS = 64;

export interface BuiltInEngineOptions extends MediaWorkerLocation {
  /** Where sockets are bound. */
  readonly bindAddress: string;
  /** What SDPs say. */
  readonly publicAddress: string;
  /** RTP and RTCP ports, both ends included. */
  readonly portMin: number;
  readonly portMax: number;
  /** 1 unless given; each takes an equal slice of the ports. */
  readonly workerCount?: number;
  /** False: node:dgram also where the native fast path is built. */
  readonly native?: boolean;
  /** 60 s unless given. */
  readonly inactivityTimeoutMs?: number;
  /** 10 s unless given. */
  readonly quarantineMs?: number;
  readonly log: Logger;
}

interface Slice {
  readonly portMin: number;
  readonly portMax: number;
}

/** Equal slices of whole pairs, the last with the rest. */
function slicesOf(options: BuiltInEngineOptions): Slice[] {
  const count = options.workerCount ?? 1;
  const first = options.portMin + (options.portMin % PORTS_PER_PAIR);
  const pairs = Math.floor((options.portMax - first + 1) / PORTS_PER_PAIR);
  assert(count >= 1 && count <= MAX_WORKERS && pairs >= count, 'each media worker has a port pair');
  const width = Math.floor(pairs / count) * PORTS_PER_PAIR;
  return Array.from({ length: count }, (_, index) => ({
    portMin: first + index * width,
    portMax: index === count - 1 ? options.portMax : first + (index + 1) * width - 1,
  }));
}

/** Starts the built-in relay; rejects where a worker can't be started. */
export async function startBuiltInEngine(options: BuiltInEngineOptions): Promise<MediaEngine> {
  const engine = new BuiltInEngine(options);
  try {
    await engine.start();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

class BuiltInEngine implements MediaEngine {
  readonly hearsMedia = true;
  readonly recorder = new SessionCaptures((sessionId) => this.sessions.get(sessionId));
  private readonly options: BuiltInEngineOptions;
  private readonly own: OwnMedia;
  private readonly links: readonly WorkerLink[];
  private readonly gates: Int32Array;
  private readonly freeGateSlots: number[];
  private readonly sessions = new TextTable<MediaSession>();
  private readonly bySlot: (MediaSession | undefined)[];
  private lastEndpointId = 0;
  private lastPlaybackId = 0;

  constructor(options: BuiltInEngineOptions) {
    this.options = options;
    const { bindAddress, publicAddress, portMin, portMax } = options;
    const addresses = ownAddresses(bindAddress, publicAddress);
    this.own = { bindAddress, publicAddress, portMin, portMax, addresses };
    // A session without a port pair is of no use, so there are never more of them than pairs.
    const slots = Math.ceil((portMax - portMin + 1) / PORTS_PER_PAIR);
    const memory = new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT);
    this.gates = new Int32Array(memory);
    this.freeGateSlots = Array.from({ length: slots }, (_, slot) => slot);
    this.bySlot = new Array(slots);
    this.links = slicesOf(options).map((slice) => this.linkOf(slice, memory));
  }

  async start(): Promise<void> {
    await Promise.all(this.links.map((link) => link.start()));
  }

  createSession(start: SessionStart): void {
    if (this.sessions.has(start.sessionId)) {
      throw new AppError('CONFLICT', 'The media session exists already.');
    }
    const link = this.leastUsedLink();
    const gateSlot = link && this.freeGateSlots.pop();
    if (!link || gateSlot === undefined) {
      throw new AppError('UNAVAILABLE', 'No media session is free.');
    }
    Atomics.store(this.gates, gateSlot, GATE_EARLY);
    const newEndpointId = (): number => {
      this.lastEndpointId += 1;
      return this.lastEndpointId;
    };
    const { own } = this;
    const { log } = this.options;
    const session = new MediaSession(start, { gateSlot, link, own, log, newEndpointId });
    this.sessions.set(start.sessionId, session);
    this.bySlot[gateSlot] = session;
    link.sessionCount += 1;
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
    const session = this.sessions.get(sessionId);
    if (!session || session.gate === 'closed') return;
    session.gate = gate;
    Atomics.store(this.gates, session.place.gateSlot, GATE_VALUES[gate]);
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
    const { gateSlot, link } = session.place;
    Atomics.store(this.gates, gateSlot, GATE_CLOSED);
    this.sessions.delete(sessionId);
    this.bySlot[gateSlot] = undefined;
    link.sessionCount -= 1;
    const stats = await session.delete();
    // Only now does no socket look at the gate any more.
    this.freeGateSlots.push(gateSlot);
    return stats;
  }

  async usage(): Promise<EngineUsage> {
    const usages = await Promise.all(this.links.map((link) => link.usage()));
    const sum = (figure: 'endpoints' | 'inUse' | 'quarantined' | 'free'): number =>
      usages.reduce((total, usage) => total + (usage?.[figure] ?? 0), 0);
    return {
      sessions: this.sessions.size,
      legs: sum('endpoints'),
      portPairsInUse: sum('inUse'),
      portPairsQuarantined: sum('quarantined'),
      portPairsFree: sum('free'),
      workersUp: this.links.filter((link) => link.isUp).length,
    };
  }

  async close(): Promise<void> {
    this.gates.fill(GATE_CLOSED);
    for (const session of this.sessions.values()) session.lose();
    this.sessions.clear();
    this.bySlot.fill(undefined);
    await Promise.all(this.links.map((link) => link.close()));
  }

  private linkOf(slice: Slice, memory: SharedArrayBuffer): WorkerLink {
    const { workerUrl, bindAddress, log } = this.options;
    const link: WorkerLink = new WorkerLink({
      workerUrl,
      log,
      setup: {
        ...slice,
        gates: memory,
        address: bindAddress,
        isNative: this.options.native ?? true,
        quarantineMs: this.options.quarantineMs ?? QUARANTINE_MS,
        inactivityTimeoutMs: this.options.inactivityTimeoutMs ?? INACTIVITY_TIMEOUT_MS,
      },
      onInactive: (event) => this.inactive(event),
      onDigit: (event) => this.digit(event),
      onPlayed: (event) => this.played(event),
      onCaptured: (event) => this.recorder.ended(event),
      onLost: (reason) => this.lost(link, reason),
    });
    return link;
  }

  private leastUsedLink(): WorkerLink | undefined {
    return this.links
      .filter((link) => link.isUp)
      .reduce<WorkerLink | undefined>(
        (least, link) => (least && least.sessionCount <= link.sessionCount ? least : link),
        undefined,
      );
  }

  private session(sessionId: string): MediaSession {
    const session = this.sessions.get(sessionId);
    if (!session) throw new AppError('NOT_FOUND', 'There is no such media session.');
    return session;
  }

  private inactive(event: Extract<FromWorker, { type: 'inactive' }>): void {
    const session = this.bySlot[event.gateSlot];
    const legId = session?.legIdOf(event.endpointId);
    if (!session || legId === undefined) return;
    const { silentMs, sessionSilent } = event;
    const { sessionId } = session.start;
    this.tell(session, { type: 'inactive', sessionId, legId, silentMs, sessionSilent });
  }

  private digit({ gateSlot, endpointId, digit }: Extract<FromWorker, { type: 'digit' }>): void {
    const session = this.bySlot[gateSlot];
    const legId = session?.legIdOf(endpointId);
    if (!session || legId === undefined) return;
    this.tell(session, { type: 'digit', sessionId: session.id, legId, digit });
  }

  private played({ gateSlot, endpointId, playbackId }: Extract<FromWorker, { type: 'played' }>) {
    const session = this.bySlot[gateSlot];
    const legId = session?.legIdOf(endpointId);
    if (!session || legId === undefined) return;
    this.tell(session, { type: 'played', sessionId: session.id, legId, playbackId });
  }

  /** What a call makes of an event must not end the others. */
  private tell(session: MediaSession, event: MediaEvent): void {
    try {
      session.start.onEvent(event);
    } catch (error) {
      this.options.log.error('media.event_failed', { callId: session.id, type: event.type, error });
    }
  }

  private lost(link: WorkerLink, reason: string): void {
    this.recorder.lost(link);
    for (const session of [...this.sessions.values()]) {
      if (session.place.link !== link || session.isLost) continue;
      session.lose();
      this.tell(session, { type: 'lost', sessionId: session.id, reason });
    }
  }
}

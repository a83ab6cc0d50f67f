import type { Socket } from 'node:net';
import type { Clock } from '@/lib/core/clock';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { EdgeLimits } from './limits';
import type { Source } from './source';

/** An open stream, of whatever kind. */
export interface Connection {
  readonly flow: Flow & { readonly connectionId: number };
  readonly source: Source;
  /** Monotonic time since when a message has been half said; undefined between messages. */
  waitingSinceMs: number | undefined;
  /** Monotonic time of the last byte either way. */
  activeAtMs: number;
  /** False when it is gone, or reads so slowly that it is ended. */
  send(bytes: Buffer): boolean;
  /** Ends it now, unsent bytes and all. */
  destroy(): void;
}

type Peer = Pick<Flow, 'transport' | 'remote' | 'peerName'>;

/** A connection that was made to one name is not used for another, nor one that came in for any. */
function peerKey({ transport, remote, peerName = '' }: Peer): string {
  return `${transport}|${remote.address}|${remote.port}|${peerName}`;
}

/**
 * Every open connection: found by id and by peer. Sockets are counted by source from the moment
 * they are accepted, so that handshakes without end fill nobody's place but their own.
 */
export class Connections {
  private readonly byId = new Map<number, Connection>();
  private readonly byPeer = new Map<string, Connection>();
  private readonly perSource = new Map<string, number>();
  private sockets = 0;
  private readonly limits: EdgeLimits;
  private readonly clock: Clock;
  private readonly onClosed: (flow: Flow, why: Error | undefined) => void;
  private lastId = 0;

  constructor(options: {
    limits: EdgeLimits;
    clock: Clock;
    onClosed: (flow: Flow, why: Error | undefined) => void;
  }) {
    this.limits = options.limits;
    this.clock = options.clock;
    this.onClosed = options.onClosed;
  }

  get size(): number {
    return this.byId.size;
  }

  newId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /**
   * Counts a socket until it closes. False where its source, or all together, hold too many:
   * destroy it. Exempt sources are bounded by the total alone.
   */
  hold(socket: Socket, source: Source): boolean {
    const held = this.perSource.get(source.key) ?? 0;
    if (this.sockets >= this.limits.maxConnections) return false;
    if (!source.isExempt && held >= this.limits.maxConnectionsPerSource) return false;
    this.sockets += 1;
    this.perSource.set(source.key, held + 1);
    socket.once('close', () => this.release(source));
    return true;
  }

  add(connection: Connection): void {
    const { flow } = connection;
    this.byId.set(flow.connectionId, connection);
    this.byPeer.set(peerKey(flow), connection);
  }

  /** Forgets a connection that ended, once, and says so, and why where something broke it. */
  remove(connection: Connection, why?: Error): void {
    const { flow } = connection;
    if (!this.byId.delete(flow.connectionId)) return;
    const key = peerKey(flow);
    if (this.byPeer.get(key) === connection) this.byPeer.delete(key);
    this.onClosed(flow, why);
  }

  /** The connection of a flow: its own, or (for a flow without one) any to the same peer. */
  find(flow: Peer & Pick<Flow, 'connectionId'>): Connection | undefined {
    if (flow.connectionId !== undefined) return this.byId.get(flow.connectionId);
    return this.byPeer.get(peerKey(flow));
  }

  /** Ends what has been half said or silent for too long. */
  sweep(): void {
    const nowMs = this.clock.monotonicMs();
    for (const connection of [...this.byId.values()]) {
      const waitedMs = nowMs - (connection.waitingSinceMs ?? nowMs);
      const isHalf = waitedMs >= this.limits.halfMessageTimeoutMs;
      const isIdle = nowMs - connection.activeAtMs >= this.limits.idleTimeoutMs;
      if (isHalf || isIdle) connection.destroy();
    }
  }

  /** Ends the connections that a test of their source and address names. */
  destroyWhere(isUnwanted: (source: Source, address: string) => boolean): void {
    for (const connection of [...this.byId.values()]) {
      const { source, flow } = connection;
      if (isUnwanted(source, flow.remote.address)) connection.destroy();
    }
  }

  private release(source: Source): void {
    this.sockets -= 1;
    const left = (this.perSource.get(source.key) ?? 1) - 1;
    if (left > 0) this.perSource.set(source.key, left);
    else this.perSource.delete(source.key);
  }
}

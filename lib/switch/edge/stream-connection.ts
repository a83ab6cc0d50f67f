import type { Socket } from 'node:net';
import type { Clock } from '@/lib/core/clock';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { Connection, Connections } from './connections';
import type { Intake } from './intake';
import type { EdgeLimits } from './limits';
import type { Source } from './source';
import { StreamFramer } from './stream-framer';

const PONG = Buffer.from('\r\n');

/** What connections share. */
export interface ConnectionContext {
  readonly intake: Intake;
  readonly connections: Connections;
  readonly limits: EdgeLimits;
  readonly clock: Clock;
}

/** A TCP or TLS connection: frames its bytes, answers keep-alives. */
export class StreamConnection implements Connection {
  readonly flow: Flow & { readonly connectionId: number };
  readonly source: Source;
  waitingSinceMs: number | undefined;
  activeAtMs: number;
  private readonly socket: Socket;
  private readonly context: ConnectionContext;
  private readonly framer: StreamFramer;

  constructor(
    socket: Socket,
    peer: { flow: Omit<Flow, 'connectionId'>; source: Source },
    context: ConnectionContext,
  ) {
    this.socket = socket;
    this.context = context;
    this.source = peer.source;
    this.flow = { ...peer.flow, connectionId: context.connections.newId() };
    this.framer = new StreamFramer(context.limits);
    this.activeAtMs = context.clock.monotonicMs();
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    let why: Error | undefined;
    // 'close' always follows.
    socket.on('error', (error) => {
      why = error;
      socket.destroy();
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => context.connections.remove(this, why));
    context.connections.add(this);
  }

  send(bytes: Buffer): boolean {
    if (this.socket.destroyed || !this.socket.writable) return false;
    if (this.socket.writableLength + bytes.length > this.context.limits.maxUnsentBytes) {
      this.destroy();
      return false;
    }
    this.activeAtMs = this.context.clock.monotonicMs();
    this.context.intake.counts.sent += 1;
    this.context.intake.counts.bytesSent += bytes.length;
    this.socket.write(bytes);
    return true;
  }

  destroy(): void {
    this.socket.destroy();
    // At once, not when 'close' comes: nobody may send on it meanwhile.
    this.context.connections.remove(this);
  }

  private receive(chunk: Buffer): void {
    const { intake, clock } = this.context;
    const nowMs = clock.monotonicMs();
    this.activeAtMs = nowMs;
    const { messages, keepAlives, error } = this.framer.push(chunk);
    for (const message of messages) {
      if (intake.admits(this.flow.remote.address)) intake.accept(message, this.flow);
    }
    if (keepAlives > 0 && intake.admits(this.flow.remote.address)) this.send(PONG);
    if (error !== undefined) {
      intake.counts.droppedMalformed += 1;
      this.destroy();
      return;
    }
    if (!this.framer.isWaiting) this.waitingSinceMs = undefined;
    else if (this.waitingSinceMs === undefined || messages.length > 0) this.waitingSinceMs = nowMs;
  }
}

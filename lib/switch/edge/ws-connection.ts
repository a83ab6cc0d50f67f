import { isUtf8 } from 'node:buffer';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { Connection } from './connections';
import type { Source } from './source';
import type { ConnectionContext } from './stream-connection';

const PONG = Buffer.from('\r\n');

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** A WebSocket connection: one SIP message a frame (RFC 7118 §5). */
export class WsConnection implements Connection {
  readonly flow: Flow & { readonly connectionId: number };
  readonly source: Source;
  /** Since bytes came that no frame has been made of yet. */
  waitingSinceMs: number | undefined;
  activeAtMs: number;
  private readonly socket: WebSocket;
  private readonly context: ConnectionContext;

  constructor(
    socket: WebSocket,
    peer: { flow: Omit<Flow, 'connectionId'>; source: Source; stream: Duplex },
    context: ConnectionContext,
  ) {
    this.socket = socket;
    this.context = context;
    this.source = peer.source;
    this.flow = { ...peer.flow, connectionId: context.connections.newId() };
    this.activeAtMs = context.clock.monotonicMs();
    // Before the reader of frames, which then says what came of the bytes.
    peer.stream.prependListener('data', () => {
      this.waitingSinceMs ??= context.clock.monotonicMs();
    });
    socket.on('message', (data) => this.receive(toBuffer(data)));
    for (const control of ['ping', 'pong'] as const) {
      socket.on(control, () => this.heard());
    }
    socket.on('error', () => socket.terminate());
    socket.on('close', () => context.connections.remove(this));
    context.connections.add(this);
  }

  send(bytes: Buffer): boolean {
    if (this.socket.readyState !== this.socket.OPEN) return false;
    if (this.socket.bufferedAmount + bytes.length > this.context.limits.maxUnsentBytes) {
      this.destroy();
      return false;
    }
    this.activeAtMs = this.context.clock.monotonicMs();
    this.context.intake.counts.sent += 1;
    this.context.intake.counts.bytesSent += bytes.length;
    // Text frames, as browsers expect, unless the bytes are not UTF-8 (§5.3).
    this.socket.send(bytes, { binary: !isUtf8(bytes) });
    return true;
  }

  destroy(): void {
    this.socket.terminate();
    this.context.connections.remove(this);
  }

  /** A whole frame came. */
  private heard(): void {
    this.waitingSinceMs = undefined;
    this.activeAtMs = this.context.clock.monotonicMs();
  }

  private receive(bytes: Buffer): void {
    const { intake } = this.context;
    this.heard();
    if (!intake.admits(this.flow.remote.address)) return;
    if (isKeepAlive(bytes)) this.send(PONG);
    else intake.accept(bytes, this.flow);
  }
}

/** CRLFCRLF (RFC 5626 §3.5.1), as some browser phones send it in a frame. */
function isKeepAlive(bytes: Buffer): boolean {
  return bytes.length <= 4 && bytes.every((byte) => byte === 0x0d || byte === 0x0a);
}

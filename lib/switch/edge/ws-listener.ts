import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Endpoint } from '@/lib/protocol/sip/transport';
import type { SourceBook } from './source';
import type { ConnectionContext } from './stream-connection';
import type { EdgeOptions, ListenAddress, TlsSource } from './types';
import { WsConnection } from './ws-connection';

const SUBPROTOCOL = 'sip';
const MAX_HTTP_HEADER_BYTES = 8 * 1024;

/** What a WebSocket listener needs beside what all connections share. */
export interface WsContext extends ConnectionContext {
  readonly sources: SourceBook;
  readonly allowOrigin: EdgeOptions['allowOrigin'];
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Listens for WS or WSS with the subprotocol `sip` (RFC 7118). */
export class WsListener {
  private readonly kind: 'ws' | 'wss';
  private readonly context: WsContext;
  private readonly tls: TlsSource | undefined;
  private readonly upgrader: WebSocketServer;
  private server: Server | undefined;
  private local: Endpoint = { address: '', port: 0 };

  constructor(kind: 'ws' | 'wss', context: WsContext, tls?: TlsSource) {
    this.kind = kind;
    this.context = context;
    this.tls = tls;
    this.upgrader = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: context.limits.maxHeaderBytes + context.limits.maxBodyBytes,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  get address(): Endpoint | undefined {
    return this.server === undefined ? undefined : this.local;
  }

  async start(listen: ListenAddress): Promise<void> {
    const server = this.createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: listen.port, host: listen.host, ipv6Only: true }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.local = { address: listen.host, port: (server.address() as AddressInfo).port };
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private createServer(): Server {
    const bounds = {
      maxHeaderSize: MAX_HTTP_HEADER_BYTES,
      headersTimeout: this.context.limits.halfMessageTimeoutMs,
      requestTimeout: this.context.limits.halfMessageTimeoutMs,
      // Else those time-outs are looked at every 30 s only.
      connectionsCheckingInterval: this.context.limits.halfMessageTimeoutMs / 4,
    };
    const server =
      this.kind === 'ws'
        ? createServer(bounds)
        : createSecureServer({
            ...bounds,
            ...this.tls?.options(),
            handshakeTimeout: this.context.limits.halfMessageTimeoutMs,
          });
    if (this.kind === 'wss') this.tls?.follow(server as ReturnType<typeof createSecureServer>);
    server.on('connection', (socket: Socket) => {
      if (!this.holds(socket)) socket.destroy();
    });
    server.on('request', (_request, response) => {
      response.writeHead(426, { upgrade: 'websocket', connection: 'close' }).end();
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
    return server;
  }

  /** Counts a socket for its source, also one that never gets as far as an upgrade. */
  private holds(socket: Socket): boolean {
    const { intake, connections, sources } = this.context;
    const address = socket.remoteAddress;
    if (address !== undefined && intake.admits(address)) {
      if (connections.hold(socket, sources.of(address))) return true;
    }
    intake.counts.connectionsRefused += 1;
    return false;
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { remoteAddress, remotePort, localAddress } = socket;
    socket.on('error', () => socket.destroy());
    if (remoteAddress === undefined || remotePort === undefined) return;
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',');
    if (!offered.some((name) => name.trim().toLowerCase() === SUBPROTOCOL)) {
      refuse(socket, '400 Bad Request');
      return;
    }
    const allowed = this.context.allowOrigin?.(request.headers.origin, request.headers.host ?? '');
    if (allowed === false) {
      refuse(socket, '403 Forbidden');
      return;
    }
    const flow = {
      transport: this.kind,
      local: { address: localAddress ?? this.local.address, port: this.local.port },
      remote: { address: remoteAddress, port: remotePort },
    };
    const source = this.context.sources.of(remoteAddress);
    this.upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      new WsConnection(webSocket, { flow, source, stream: socket }, this.context);
    });
  }
}

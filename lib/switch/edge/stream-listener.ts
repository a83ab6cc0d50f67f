import { type AddressInfo, connect, createServer, isIP, type Server, type Socket } from 'node:net';
import {
  connect as connectTls,
  createServer as createTlsServer,
  type PeerCertificate,
} from 'node:tls';
import type { Endpoint, Flow } from '@/lib/protocol/sip/transport';
import { peerIdentityProblem } from './peer-identity';
import type { SourceBook } from './source';
import { type ConnectionContext, StreamConnection } from './stream-connection';
import type { ListenAddress, TlsSource } from './types';

/** What listeners of streams share. */
interface StreamContext extends ConnectionContext {
  readonly sources: SourceBook;
  readonly authorityOf?: ((peerName: string) => string | undefined) | undefined;
}

/** Listens for TCP or TLS, and opens connections of the same kind. */
export class StreamListener {
  private readonly kind: 'tcp' | 'tls';
  private readonly context: StreamContext;
  private readonly tls: TlsSource | undefined;
  private server: Server | undefined;
  private local: Endpoint = { address: '', port: 0 };

  constructor(kind: 'tcp' | 'tls', context: StreamContext, tls?: TlsSource) {
    this.kind = kind;
    this.context = context;
    this.tls = tls;
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

  /** Opens a connection; what is sent meanwhile waits in it. */
  open(flow: Flow): StreamConnection | undefined {
    const { limits, sources, connections } = this.context;
    const source = sources.of(flow.remote.address);
    const target = { host: flow.remote.address, port: flow.remote.port };
    const socket: Socket =
      this.kind === 'tcp' ? connect(target) : connectTls({ ...target, ...this.trustIn(flow) });
    if (!connections.hold(socket, source)) {
      socket.on('error', () => {});
      socket.destroy();
      return undefined;
    }
    socket.setTimeout(limits.connectTimeoutMs, () => socket.destroy());
    socket.once(this.kind === 'tcp' ? 'connect' : 'secureConnect', () => socket.setTimeout(0));
    return new StreamConnection(socket, { flow, source }, this.context);
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Whom we expect at the other end of a TLS connection that we open. */
  private trustIn({ peerName }: Flow) {
    if (peerName === undefined) return {};
    const authority = this.context.authorityOf?.(peerName);
    return {
      // RFC 6066 §3: an address is no server name.
      ...(isIP(peerName) === 0 ? { servername: peerName } : {}),
      ...(authority === undefined ? {} : { ca: authority }),
      checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
        peerIdentityProblem(peerName, certificate),
    };
  }

  private createServer(): Server {
    if (this.kind === 'tcp') {
      return createServer({ allowHalfOpen: false }, (socket) => {
        if (this.holds(socket)) this.accept(socket);
      });
    }
    const server = createTlsServer({
      ...this.tls?.options(),
      handshakeTimeout: this.context.limits.halfMessageTimeoutMs,
    });
    this.tls?.follow(server);
    // Turned away before the handshake, which costs a hundred times the rest.
    server.on('connection', (socket: Socket) => void this.holds(socket));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    server.on('secureConnection', (socket) => this.accept(socket));
    return server;
  }

  /** Counts a socket for its source, or ends it. */
  private holds(socket: Socket): boolean {
    const { sources, intake, connections } = this.context;
    const address = socket.remoteAddress;
    if (address !== undefined && intake.admits(address)) {
      if (connections.hold(socket, sources.of(address))) return true;
    }
    intake.counts.connectionsRefused += 1;
    socket.destroy();
    return false;
  }

  private accept(socket: Socket): void {
    const { remoteAddress, remotePort, localAddress } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const flow = {
      transport: this.kind,
      local: { address: localAddress ?? this.local.address, port: this.local.port },
      remote: { address: remoteAddress, port: remotePort },
    };
    const source = this.context.sources.of(remoteAddress);
    new StreamConnection(socket, { flow, source }, this.context);
  }
}

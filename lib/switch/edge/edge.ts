import { AppError } from '@/lib/core/errors';
import type { Endpoint, Flow, TransportName } from '@/lib/protocol/sip/transport';
import { type BanList, createBanList } from './ban-list';
import { Connections } from './connections';
import { Intake } from './intake';
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './limits';
import { RateLimiter } from './rate-limiter';
import { type AddressRules, isDenied, type Source, SourceBook } from './source';
import { StreamListener } from './stream-listener';
import type { Edge, EdgeCounters, EdgeListen, EdgeOptions, ListenAddress } from './types';
import { UdpListener } from './udp';
import { WsListener } from './ws-listener';

const SWEEP_MS = 1_000;
const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const satisfies readonly TransportName[];

class SocketEdge implements Edge {
  readonly bans: BanList;
  private readonly options: EdgeOptions;
  private readonly intake: Intake;
  private readonly sources: SourceBook;
  private readonly connections: Connections;
  private readonly listeners: {
    readonly udp: UdpListener;
    readonly tcp: StreamListener;
    readonly tls: StreamListener;
    readonly ws: WsListener;
    readonly wss: WsListener;
  };
  private sweeper: NodeJS.Timeout | undefined;

  constructor(options: EdgeOptions) {
    const limits: EdgeLimits = { ...DEFAULT_EDGE_LIMITS, ...options.limits };
    const { clock, log, tls, allowOrigin, authorityOf } = options;
    const sources = new SourceBook(options.exempt ?? []);
    const connections = new Connections({ limits, clock, onClosed: options.onFlowClosed });
    this.bans = createBanList({
      sources,
      clock,
      maxSources: limits.maxTrackedSources,
      newId: options.newId,
      onBan: (ban) => {
        this.intake.counts.bans += 1;
        log.warn('edge.banned', { ...ban });
        // In a turn of its own: whoever reported the failure may still be answering on it.
        setImmediate(() => connections.destroyWhere(({ key }) => key === ban.source));
      },
    });
    const limiter = new RateLimiter({
      perSecond: limits.messagesPerSecond,
      burst: limits.messageBurst,
      maxSources: limits.maxTrackedSources,
    });
    const { onMessages } = options;
    const intake = new Intake({ sources, bans: this.bans, limiter, clock, onMessages });
    const context = { intake, connections, limits, clock, sources, allowOrigin, authorityOf };
    this.options = options;
    this.intake = intake;
    this.sources = sources;
    this.connections = connections;
    this.listeners = {
      udp: new UdpListener({ intake, log, native: options.native }),
      tcp: new StreamListener('tcp', context),
      tls: new StreamListener('tls', context, tls),
      ws: new WsListener('ws', context),
      wss: new WsListener('wss', context, tls),
    };
  }

  async start(): Promise<void> {
    const { listen, log } = this.options;
    try {
      for (const name of TRANSPORTS) {
        const address = listen[name];
        if (address !== undefined) await this.bind(name, address);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    log.info('edge.listening', { ...this.addresses() });
  }

  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    this.connections.destroyWhere(() => true);
    await Promise.all(TRANSPORTS.map((name) => this.listeners[name].stop()));
  }

  send(bytes: Buffer, flow: Flow): boolean {
    if (flow.transport === 'udp') return this.listeners.udp.send(bytes, flow.remote);
    const open = this.connections.find(flow);
    if (open !== undefined) return open.send(bytes);
    // A connection that is gone is not replaced: its peer would not be who it was.
    if (flow.connectionId !== undefined) return this.failed();
    if (flow.transport !== 'tcp' && flow.transport !== 'tls') return this.failed();
    const opened = this.listeners[flow.transport].open(flow);
    return opened === undefined ? this.failed() : opened.send(bytes);
  }

  flowTo(target: Pick<Flow, 'transport' | 'remote' | 'peerName'>): Flow | undefined {
    const { transport, remote, peerName } = target;
    const local = this.listeners[transport].address;
    if (local === undefined) return undefined;
    if (transport === 'udp') return { transport, local, remote };
    const open = this.connections.find({ transport, remote, peerName });
    if (open !== undefined) return open.flow;
    return transport === 'tcp' || transport === 'tls'
      ? { transport, local, remote, peerName }
      : undefined;
  }

  closeFlow(flow: Flow): void {
    if (flow.transport !== 'udp') this.connections.find(flow)?.destroy();
  }

  reload(): void {
    this.options.tls?.refresh();
  }

  sweep(): void {
    this.connections.sweep();
  }

  setRules(rules: AddressRules): void {
    const { clock } = this.options;
    if (!this.sources.setRules(rules)) return;
    this.connections.destroyWhere((_, address) =>
      isDenied(this.sources.of(address), clock.nowMs()),
    );
  }

  sourceOf(address: string): Source {
    return this.sources.of(address);
  }

  countScanner(): void {
    this.intake.counts.droppedScanner += 1;
  }

  addresses(): EdgeListen {
    const bound = (endpoint: Endpoint | undefined): ListenAddress | undefined =>
      endpoint === undefined ? undefined : { host: endpoint.address, port: endpoint.port };
    return {
      udp: bound(this.listeners.udp.address),
      tcp: bound(this.listeners.tcp.address),
      tls: bound(this.listeners.tls.address),
      ws: bound(this.listeners.ws.address),
      wss: bound(this.listeners.wss.address),
    };
  }

  counters(): EdgeCounters {
    return { ...this.intake.counts, connections: this.connections.size };
  }

  private failed(): false {
    this.intake.counts.sendFailures += 1;
    return false;
  }

  private async bind(name: TransportName, address: ListenAddress): Promise<void> {
    if ((name === 'tls' || name === 'wss') && this.options.tls === undefined) {
      throw new AppError('INVALID_INPUT', `SIP over ${name} needs a certificate`);
    }
    try {
      await this.listeners[name].start(address);
    } catch (error) {
      throw bindFailure(name, address, error);
    }
  }
}

/** Names the port, for the one who started us. */
function bindFailure(name: TransportName, address: ListenAddress, cause: unknown): AppError {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  const what = isTaken ? 'is taken' : 'cannot be listened on';
  const place = `${address.host}:${address.port}`;
  return new AppError('UNAVAILABLE', `SIP over ${name}: ${place} ${what}`, { cause });
}

/** Makes the edge: sockets that are not open until start(). */
export function createEdge(options: EdgeOptions): Edge {
  return new SocketEdge(options);
}

import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { AppError } from '@/lib/core/errors';
import type { Endpoint, Flow, TransportName } from '@/lib/protocol/sip/transport';
import { type BanList, createBanList } from './ban-list';
import { BusyPolling } from './busy-polling';
import { Connections } from './connections';
import { Intake } from './intake';
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './limits';
import { RateLimiter } from './rate-limiter';
import { type AddressRules, isDenied, type Source, SourceBook } from './source';
import { StreamListener } from './stream-listener';
import type {
  BoundAddresses,
  Edge,
  EdgeCounters,
  EdgeListen,
  EdgeOptions,
  ListenAddress,
} from './types';
import { UdpListener } from './udp';
import { WsListener } from './ws-listener';

const SWEEP_MS = 1_000;
const TRANSPORTS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const satisfies readonly TransportName[];

/** With one processor alone nobody else would run, and who is waited for might be among them. */
function pollingOfThisMachine(): BusyPolling | undefined {
  if (availableParallelism() < 2) return undefined;
  return new BusyPolling({ nowMs: () => performance.now(), nextTurn: setImmediate });
}

class SocketEdge implements Edge {
  readonly bans: BanList;
  private readonly options: EdgeOptions;
  private readonly intake: Intake;
  private readonly sources: SourceBook;
  private readonly connections: Connections;
  private readonly listeners: {
    readonly udp: readonly UdpListener[];
    readonly tcp: readonly StreamListener[];
    readonly tls: readonly StreamListener[];
    readonly ws: readonly WsListener[];
    readonly wss: readonly WsListener[];
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
    const { listen, native, express } = options;
    const polling = pollingOfThisMachine();
    this.listeners = {
      udp: listOf(listen.udp).map(() => new UdpListener({ intake, polling, log, native, express })),
      tcp: listOf(listen.tcp).map(() => new StreamListener('tcp', context)),
      tls: listOf(listen.tls).map(() => new StreamListener('tls', context, tls)),
      ws: listOf(listen.ws).map(() => new WsListener('ws', context)),
      wss: listOf(listen.wss).map(() => new WsListener('wss', context, tls)),
    };
  }

  async start(): Promise<void> {
    const { listen, log } = this.options;
    try {
      for (const name of TRANSPORTS) {
        for (const [index, address] of listOf(listen[name]).entries()) {
          await this.bind(name, index, address);
        }
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
    const all = TRANSPORTS.flatMap((name): readonly Listener[] => this.listeners[name]);
    await Promise.all(all.map((listener) => listener.stop()));
  }

  send(bytes: Buffer, flow: Flow): boolean {
    if (flow.transport === 'udp') {
      const socket = listenerFor(this.listeners.udp, flow);
      return socket === undefined ? this.failed() : socket.send(bytes, flow.remote);
    }
    const open = this.connections.find(flow);
    if (open !== undefined) return open.send(bytes);
    // A connection that is gone is not replaced: its peer would not be who it was.
    if (flow.connectionId !== undefined) return this.failed();
    if (flow.transport !== 'tcp' && flow.transport !== 'tls') return this.failed();
    const opened = listenerFor(this.listeners[flow.transport], flow)?.open(flow);
    return opened === undefined ? this.failed() : opened.send(bytes);
  }

  flowTo(target: Pick<Flow, 'transport' | 'remote' | 'peerName'>): Flow | undefined {
    const { transport, remote, peerName } = target;
    const local = listenerFor<Listener>(this.listeners[transport], { remote })?.address;
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

  addresses(): BoundAddresses {
    const bound = (name: TransportName): readonly ListenAddress[] =>
      this.listeners[name].flatMap(({ address }) =>
        address === undefined ? [] : [{ host: address.address, port: address.port }],
      );
    return {
      udp: bound('udp'),
      tcp: bound('tcp'),
      tls: bound('tls'),
      ws: bound('ws'),
      wss: bound('wss'),
    };
  }

  counters(): EdgeCounters {
    return { ...this.intake.counts, connections: this.connections.size };
  }

  private failed(): false {
    this.intake.counts.sendFailures += 1;
    return false;
  }

  private async bind(name: TransportName, index: number, address: ListenAddress): Promise<void> {
    if ((name === 'tls' || name === 'wss') && this.options.tls === undefined) {
      throw new AppError('INVALID_INPUT', `SIP over ${name} needs a certificate`);
    }
    try {
      await this.listeners[name][index]?.start(address);
    } catch (error) {
      throw bindFailure(name, address, error);
    }
  }
}

/** What listens, of whatever kind. */
interface Listener {
  readonly address: Endpoint | undefined;
  stop(): Promise<void>;
}

function listOf(listen: EdgeListen[TransportName]): readonly ListenAddress[] {
  if (listen === undefined) return [];
  return 'host' in listen ? [listen] : listen;
}

/**
 * The listener that a flow goes by: the one it came in at, so that what answers comes from where it
 * was asked; else (a flow that we begin) the first of the peer's family.
 */
function listenerFor<Kind extends Listener>(
  listeners: readonly Kind[],
  { local, remote }: { readonly local?: Endpoint; readonly remote: Endpoint },
): Kind | undefined {
  for (const listener of listeners)
    if (listener.address?.address === local?.address) return listener;
  const family = isIP(remote.address);
  return listeners.find(({ address }) => isIP(address?.address ?? '') === family);
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

import type { Clock } from '@/lib/core/clock';
import type { Logger } from '@/lib/infra/log';
import type { Flow, InboundMessage, Transport } from '@/lib/protocol/sip/transport';

/** Where a transport listens. Explicit addresses only: dgram does not tell where a packet went. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** PEM files; read at start and at reload(). */
export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** What to listen on; an absent transport is off. Port 0 takes any free one (see `addresses`). */
export interface EdgeListen {
  readonly udp?: ListenAddress | undefined;
  readonly tcp?: ListenAddress | undefined;
  readonly tls?: ListenAddress | undefined;
  readonly ws?: ListenAddress | undefined;
  readonly wss?: ListenAddress | undefined;
}

/** Bounds of the edge; each has a default in limits.ts. */
export interface EdgeLimits {
  /** Token bucket per source address (IPv6: per /64), before anything is parsed. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly maxTrackedAddresses: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  readonly maxUnsentBytes: number;
  readonly halfMessageTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

export interface EdgeOptions {
  readonly listen: EdgeListen;
  readonly tlsFiles?: TlsFiles | undefined;
  readonly limits?: Partial<EdgeLimits>;
  /** Addresses and CIDRs that are neither limited nor banned. */
  readonly exempt?: readonly string[];
  /** Whether a browser page of this Origin may connect by WebSocket; all unless given. */
  readonly allowOrigin?: (origin: string | undefined, host: string | undefined) => boolean;
  readonly log: Logger;
  readonly clock: Clock;
  readonly onMessages: (batch: readonly InboundMessage[]) => void;
  /** A connection ended, or a UDP send came back: its bindings and transactions go. */
  readonly onFlowClosed: (flow: Flow) => void;
}

/** An address that is shut out. */
export interface Ban {
  /** An IPv4 address or an IPv6 /64. */
  readonly source: string;
  readonly untilMs: number;
  readonly reason: string;
  /** How many times it has been banned; each doubles the next. */
  readonly level: number;
  readonly manual: boolean;
}

/** Who is shut out, and why. In memory; bounded. */
export interface BanList {
  /**
   * A *completed* challenge failed (never a bare first request: UDP sources are forged). True when
   * this failure banned the address.
   */
  recordFailure(address: string, reason: string): boolean;
  /** A challenge was passed: earlier failures are forgotten. */
  recordSuccess(address: string): void;
  ban(address: string, options: { readonly reason: string; readonly durationMs: number }): void;
  unban(address: string): boolean;
  isBanned(address: string): boolean;
  list(): readonly Ban[];
}

/** Totals since the start, and what is open now. */
export interface EdgeCounters {
  readonly received: number;
  readonly sent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly droppedBanned: number;
  readonly droppedRateLimited: number;
  readonly droppedMalformed: number;
  readonly sendFailures: number;
  readonly connections: number;
  readonly connectionsRefused: number;
  readonly bans: number;
}

/** The sockets. */
export interface Edge extends Transport {
  /** Binds everything or nothing; a port that is taken is named in the error. */
  start(): Promise<void>;
  /** Closes sockets and connections. */
  stop(): Promise<void>;
  /** Reads certificate and key anew; new connections use them. */
  reload(): void;
  /** The addresses bound, once started. */
  addresses(): EdgeListen;
  /**
   * The flow by which an address is reached: a connection that is open already (streams), else
   * one that send() will open; undefined where the transport is off.
   */
  flowTo(target: Pick<Flow, 'transport' | 'remote'>): Flow | undefined;
  /** Ends a stream's connection. */
  closeFlow(flow: Flow): void;
  readonly bans: BanList;
  counters(): EdgeCounters;
}

import type { Server, TlsOptions } from 'node:tls';
import type { Clock } from '@/lib/core/clock';
import type { Logger } from '@/lib/infra/log';
import type { NativeDatagramFactory } from '@/lib/protocol/native/native-datagrams';
import type {
  Endpoint,
  Flow,
  InboundMessage,
  Transport,
  TransportName,
} from '@/lib/protocol/sip/transport';
import type { BanList } from './ban-list';
import type { EdgeLimits } from './limits';
import type { AddressRules, Source } from './source';

/** Where a transport listens. Explicit addresses only: dgram does not tell where a packet went. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Certificates for TLS and WSS; lib/infra/tls' store is one. */
export interface TlsSource {
  /** For tls.createServer and https.createServer. */
  options(): TlsOptions;
  /** Gives a server new certificates as they appear. */
  follow(server: Server): void;
  /** Looks for changed certificates now. */
  refresh(): void;
}

/**
 * What to listen on; an absent transport is off. Port 0 takes any free one (see `addresses`). A
 * socket takes one family: both IPv4 and IPv6 are two addresses.
 */
export type EdgeListen = {
  readonly [Name in TransportName]?: ListenAddress | readonly ListenAddress[] | undefined;
};

/** What is listened on, the first address of each transport leading. */
export type BoundAddresses = { readonly [Name in TransportName]: readonly ListenAddress[] };

/** A datagram where it lies. Valid during the call that hands it over. */
export interface DatagramView {
  /** Other datagrams may lie beside it. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** What the edge is made of. */
export interface EdgeOptions {
  readonly listen: EdgeListen;
  /** Needed where listen has tls or wss. */
  readonly tls?: TlsSource | undefined;
  readonly limits?: Partial<EdgeLimits>;
  /** Addresses and CIDRs that are neither limited nor banned. */
  readonly exempt?: readonly string[];
  /** Whether a browser page of this Origin may connect by WebSocket; all unless given. */
  readonly allowOrigin?: ((origin: string | undefined, host: string) => boolean) | undefined;
  /** Batched UDP; without it the sockets of node:dgram. */
  readonly native?: NativeDatagramFactory | undefined;
  readonly log: Logger;
  readonly clock: Clock;
  /** A new id for a ban. */
  readonly newId: (nowMs: number) => string;
  /** Takes what came in since the last turn of the event loop. Must not throw. */
  readonly onMessages: (batch: readonly InboundMessage[]) => void;
  /**
   * Answers what it can before it becomes a message; undefined where it is one. What was accepted
   * before is handed up first, so nothing is overtaken.
   */
  readonly express?: ((datagram: DatagramView) => Buffer | undefined) | undefined;
  /** A connection ended or could not be made: its bindings and transactions go. */
  readonly onFlowClosed: (flow: Flow, why: Error | undefined) => void;
  /** PEM of the authority behind a peer's certificate, by its name; the system's unless given. */
  readonly authorityOf?: ((peerName: string) => string | undefined) | undefined;
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
  readonly droppedScanner: number;
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
  /** Looks for new certificates; new connections use them. */
  reload(): void;
  /** Drops what is half said or idle for too long; runs by itself once a second. */
  sweep(): void;
  /** The addresses bound, once started. */
  addresses(): BoundAddresses;
  /**
   * The flow by which an address is reached: a connection that is open already (streams), else
   * one that send() will open; undefined where the transport is off.
   */
  flowTo(target: Pick<Flow, 'transport' | 'remote' | 'peerName'>): Flow | undefined;
  /** Ends a stream's connection. */
  closeFlow(flow: Flow): void;
  readonly bans: BanList;
  /** Replaces what is said about addresses; connections that are shut out by it end. */
  setRules(rules: AddressRules): void;
  /** Whom an address is counted as. */
  sourceOf(address: string): Source;
  /** A message was taken in, but dropped above because a scanner sent it. */
  countScanner(): void;
  counters(): EdgeCounters;
}

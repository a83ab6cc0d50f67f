/** How a message travels. */
export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** A socket address; IPv6 without brackets. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/**
 * The path that a message came by or shall go: what NAT lets through, so bindings and dialogs keep
 * this and never the Contact's address (RFC 3581, RFC 5626). Plain JSON.
 */
export interface Flow {
  readonly transport: TransportName;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** A stream's connection in this process. A flow without one asks for a connection to be made. */
  readonly connectionId?: number | undefined;
  /** TLS that we open: the name that the peer's certificate must bear; its address if absent. */
  readonly peerName?: string | undefined;
}

/** One message, or half of garbage, as it came in. */
export interface InboundMessage {
  readonly bytes: Buffer;
  readonly flow: Flow;
}

/** What transactions need of the sockets. */
export interface Transport {
  /**
   * Sends without waiting. False: the flow is gone or refused, nothing was sent. A failure that
   * shows later is told through TransactionLayer.flowFailed.
   */
  send(bytes: Buffer, flow: Flow): boolean;
}

/** Whether the transport itself delivers or fails: no retransmission timers (RFC 3261 §17). */
export function isReliable(flow: Flow): boolean {
  return flow.transport !== 'udp';
}

/** Whether it goes by TLS, which is what a sips URI asks of every hop (RFC 3261 §26.2.2). */
export function isSecure(flow: Flow): boolean {
  return flow.transport === 'tls' || flow.transport === 'wss';
}

/** A text that is equal for equal flows; for map keys. */
export function flowKey(flow: Flow): string {
  const { transport, local, remote, connectionId } = flow;
  if (connectionId !== undefined) return `${transport}#${connectionId}`;
  return `${transport}|${local.address}|${local.port}|${remote.address}|${remote.port}`;
}

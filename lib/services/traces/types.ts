/** One SIP message of a call, as it went over the wire except for what was masked. */
export interface TraceMessage {
  /** Unix milliseconds with fractions: messages of one turn keep their order by it. */
  readonly atMs: number;
  /** 0 is the caller's leg; attempts follow in order. */
  readonly leg: number;
  /** A carrier's leg: for the operator alone. */
  readonly isCarrier: boolean;
  /** in: we received it. */
  readonly direction: 'in' | 'out';
  readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
  readonly local: TraceEndpoint;
  readonly remote: TraceEndpoint;
  /** A character a byte (latin1); secrets are masked before anything else sees it. */
  readonly text: string;
}

export interface TraceEndpoint {
  readonly address: string;
  readonly port: number;
}

/** What is kept of one call for one account: the messages of that account's legs. */
export interface CallTrace {
  readonly callId: string;
  readonly accountId: string;
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
  /** A bound was reached: messages are missing. */
  readonly isTruncated: boolean;
  /** By time. */
  readonly messages: readonly TraceMessage[];
}

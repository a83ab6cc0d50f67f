/** Bounds of the edge. */
export interface EdgeLimits {
  /** Token bucket per source (an IPv4 address, an IPv6 /64), before anything is parsed. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Sources whose buckets and failures are remembered; beyond, the oldest is forgotten. */
  readonly maxTrackedSources: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerSource: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  /** What a slow reader may leave unread before its connection is ended. */
  readonly maxUnsentBytes: number;
  /** How long a message (or a handshake) may take to arrive in full (facts: attacks). */
  readonly halfMessageTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

/**
 * The defaults. An office of 200 phones behind one address re-registers and calls well within
 * them; a flood does not.
 */
export const DEFAULT_EDGE_LIMITS: EdgeLimits = {
  messagesPerSecond: 200,
  messageBurst: 1_000,
  maxTrackedSources: 50_000,
  maxConnections: 10_000,
  maxConnectionsPerSource: 250,
  maxHeaderBytes: 64 * 1024,
  maxBodyBytes: 256 * 1024,
  maxUnsentBytes: 1024 * 1024,
  halfMessageTimeoutMs: 10_000,
  idleTimeoutMs: 15 * 60_000,
  connectTimeoutMs: 5_000,
};

import { estimatedMos } from '@/lib/core/e-model';

/** How well the other end is heard just now. */
export interface CallQuality {
  /** 1 to 4.5 (ITU-T G.107). */
  readonly mos: number;
  readonly jitterMs: number;
  readonly lossPercent: number;
  /** There and back; null while no report has come. */
  readonly roundTripMs: number | null;
}

/** What a connection has counted of what it hears, since it began. */
export interface HeardCounters {
  readonly received: number;
  readonly lost: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  /** As SDP names it, "PCMA/8000". */
  readonly codec: string;
}

type Stats = Iterable<[string, unknown]>;

/** Reads a report of RTCPeerConnection.getStats; null while nothing is heard. */
export function countersOf(report: Stats): HeardCounters | null {
  const all = new Map<string, Record<string, unknown>>();
  for (const [id, stats] of report) {
    if (typeof stats === 'object' && stats !== null) all.set(id, { ...stats });
  }
  const values = [...all.values()];
  const heard = values.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
  if (!heard) return null;
  const codec = all.get(String(heard['codecId'] ?? ''));
  const told = values.find(
    ({ type, kind }) => type === 'remote-inbound-rtp' && (kind === 'audio' || kind === undefined),
  );
  const pair = values.find(
    ({ type, nominated }) => type === 'candidate-pair' && nominated === true,
  );
  const trip = told?.['roundTripTime'] ?? pair?.['currentRoundTripTime'];
  return {
    received: numberOf(heard['packetsReceived']),
    lost: numberOf(heard['packetsLost']),
    jitterMs: numberOf(heard['jitter']) * 1_000,
    roundTripMs: typeof trip === 'number' ? trip * 1_000 : null,
    codec: codecOf(codec),
  };
}

/** Of the time between two readings; null where nothing came in it. */
export function qualityBetween(
  before: HeardCounters | null,
  now: HeardCounters,
): CallQuality | null {
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  if (received <= 0) return null;
  const lostShare = lost / (received + lost);
  const { codec, jitterMs, roundTripMs } = now;
  const mos = estimatedMos({ codec, lostShare, jitterMs, roundTripMs });
  return mos === null ? null : { mos, jitterMs, lossPercent: lostShare * 100, roundTripMs };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** "audio/opus" and its clock rate as SDP has them. */
function codecOf(stats: Record<string, unknown> | undefined): string {
  const [, name = 'opus'] = String(stats?.['mimeType'] ?? '').split('/');
  return `${name}/${numberOf(stats?.['clockRate'])}`;
}

import { estimatedMos } from '@/lib/core/e-model';
import {
  type BencodedTable,
  integerAt,
  isTable,
  listAt,
  tableAt,
  textAt,
} from '@/lib/protocol/ng/bencode';
import type { LegMediaStats } from '@/lib/switch/media/engine';
import type { NodeLeg } from './legs';

/** What a node says of a leg's RTP. */
export interface NodeStream {
  readonly packets: number;
  readonly octets: number;
  /** Unix seconds; null: nothing came yet. */
  readonly lastPacketSeconds: number | null;
  readonly remote: string | null;
  readonly codec: string | null;
  /** What it reports of what it hears. */
  readonly reported: {
    readonly lostShare: number;
    readonly jitterMs: number;
    readonly roundTripMs: number;
  } | null;
}

const NOTHING: NodeStream = {
  packets: 0,
  octets: 0,
  lastPacketSeconds: null,
  remote: null,
  codec: null,
  reported: null,
};

/** The RTP of a leg in the answer to a query. */
export function streamOf(body: BencodedTable, legId: string): NodeStream {
  const tag = tableAt(tableAt(body, 'tags') ?? body, legId);
  const [media] = tag ? listAt(tag, 'medias') : [];
  if (media === undefined || !isTable(media)) return NOTHING;
  const [stream] = listAt(media, 'streams');
  if (stream === undefined || !isTable(stream)) return NOTHING;
  const stats = tableAt(stream, 'stats');
  const packets = (stats && integerAt(stats, 'packets')) ?? 0;
  const ssrc = integerAt(stream, 'SSRC');
  return {
    packets,
    octets: (stats && integerAt(stats, 'bytes')) ?? 0,
    lastPacketSeconds: packets === 0 ? null : integerAt(stream, 'last packet'),
    remote: packets === 0 ? null : remoteOf(tableAt(stream, 'endpoint')),
    codec: textAt(media, 'codec'),
    reported: ssrc === null ? null : reportsOf(body, ssrc),
  };
}

function remoteOf(endpoint: BencodedTable | null): string | null {
  const address = endpoint && textAt(endpoint, 'address');
  const port = endpoint && integerAt(endpoint, 'port');
  if (!address || port === null) return null;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * By RTCP that passed the node, filed under who made the report; it keeps none before it knows the
 * round trip.
 */
function reportsOf(body: BencodedTable, ssrc: number): NodeStream['reported'] {
  const sources = tableAt(body, 'SSRC');
  const source = sources && tableAt(sources, String(ssrc));
  const average = source && tableAt(source, 'average MOS');
  if (!average) return null;
  return {
    lostShare: (integerAt(average, 'packet loss') ?? 0) / 100,
    jitterMs: integerAt(average, 'jitter') ?? 0,
    roundTripMs: (integerAt(average, 'round-trip time leg') ?? 0) / 1_000,
  };
}

/**
 * A leg's figures by what a node says. It counts what comes from a leg, and reads reports; how a
 * leg's own voice reaches it, and what of it was dropped and why, it does not tell: those are 0 and
 * null. `sent` is what its peer sent.
 */
export function legFigures(leg: NodeLeg, body: BencodedTable): LegMediaStats {
  const stream = streamOf(body, leg.legId);
  const peer = leg.peerLegId === null ? NOTHING : streamOf(body, leg.peerLegId);
  const codec = stream.codec ?? agreedCodec(leg);
  const { reported } = stream;
  return {
    legId: leg.legId,
    codec,
    remote: stream.remote,
    held: isHeld(leg),
    received: {
      packets: stream.packets,
      octets: stream.octets,
      lost: 0,
      jitterMs: 0,
      lastPacketAtMs: stream.lastPacketSeconds === null ? null : stream.lastPacketSeconds * 1_000,
      mos: null,
    },
    sent: { packets: peer.packets, octets: peer.octets },
    reported: reported && {
      lostFraction: reported.lostShare,
      lost: Math.round(reported.lostShare * peer.packets),
      jitterMs: reported.jitterMs,
      mos: codec === null ? null : estimatedMos({ codec, ...reported }),
    },
    roundTripMs: reported?.roundTripMs ?? null,
    dropped: { foreign: 0, unauthentic: 0, invalid: 0, gated: 0, unroutable: 0, excess: 0 },
  };
}

function agreedCodec({ agreed }: NodeLeg): string | null {
  return agreed?.types.find(({ clockRateHz }) => clockRateHz > 0)?.name ?? null;
}

/** Whether a leg's media is on hold, by either side. */
export function isHeld({ agreed }: NodeLeg): boolean {
  return agreed !== null && !(agreed.maySend && agreed.mayReceive);
}

import { estimatedMos } from '@/lib/core/e-model';
import type { LegMediaStats } from './engine';
import type { EndpointFigures } from './relay/messages';

/** Of what should have come, 0 to 1; duplicates aside (RFC 3550 A.3). */
function lostShare(lost: number, came: number): number {
  const missing = Math.max(0, lost);
  return missing === 0 ? 0 : missing / (missing + came);
}

/** How the leg's voice reaches us; null where none came. */
function heardMos({ codec, received, roundTripMs }: EndpointFigures): number | null {
  if (codec === null || received.packets === 0) return null;
  const { packets, lost, jitterMs } = received;
  return estimatedMos({ codec, lostShare: lostShare(lost, packets), jitterMs, roundTripMs });
}

/** How the leg says that it hears its peer, whose voice it gets in the codec that was agreed. */
function toldMos(figures: EndpointFigures): number | null {
  const { codec, reported, roundTripMs, sent } = figures;
  if (codec === null || reported === null) return null;
  const { lost, jitterMs } = reported;
  const came = Math.max(0, sent.packets - lost);
  return estimatedMos({ codec, lostShare: lostShare(lost, came), jitterMs, roundTripMs });
}

/** A leg's figures as the engine tells them, of what its endpoint counted. */
export function legStats(legId: string, held: boolean, figures: EndpointFigures): LegMediaStats {
  const { endpointId: _endpointId, remote, received, reported, ...counted } = figures;
  const host = remote?.address.includes(':') ? `[${remote.address}]` : remote?.address;
  return {
    legId,
    ...counted,
    received: { ...received, mos: heardMos(figures) },
    reported: reported && { ...reported, mos: toldMos(figures) },
    remote: remote && `${host}:${remote.port}`,
    held,
  };
}

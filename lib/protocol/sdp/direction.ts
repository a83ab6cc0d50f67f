import { attributeValue } from './formats';
import { usesIce } from './security';
import type { Direction, SdpAttribute, SdpConnection, SdpMedia, SessionDescription } from './types';

const DIRECTIONS: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

const isDirection = ({ name }: SdpAttribute): boolean => DIRECTIONS.includes(name);

const sends = (direction: Direction): boolean =>
  direction === 'sendrecv' || direction === 'sendonly';
const receives = (direction: Direction): boolean =>
  direction === 'sendrecv' || direction === 'recvonly';

function directionOf(send: boolean, receive: boolean): Direction {
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
}

/** Where the media of a section is to be sent; null where no c= says so. */
export function mediaConnection(
  description: SessionDescription,
  media: SdpMedia,
): SdpConnection | null {
  return media.connection ?? description.connection;
}

/** Whether an address means "nowhere": the hold of RFC 2543, kept by RFC 3264 §8.4. */
export function isNowhere(connection: SdpConnection): boolean {
  return connection.address === '0.0.0.0' || connection.address === '::';
}

/** The direction of a section: its own attribute, else the session's, else sendrecv; c=0.0.0.0 counts. */
export function mediaDirection(description: SessionDescription, media: SdpMedia): Direction {
  const said = media.attributes.find(isDirection) ?? description.attributes.find(isDirection);
  const direction = (said?.name ?? 'sendrecv') as Direction;
  const connection = mediaConnection(description, media);
  if (connection === null || !isNowhere(connection)) return direction;
  // With ICE that says only that no candidate was known yet (RFC 8840 §4.1.1).
  if (usesIce(description, media)) return direction;
  return directionOf(sends(direction), false);
}

/** What the other side calls the same thing: their sendonly is our recvonly. */
export function mirrored(direction: Direction): Direction {
  return directionOf(receives(direction), sends(direction));
}

/** The answer to an offer's direction by one who would like `wanted` (RFC 3264 §6.1). */
export function answeredDirection(offered: Direction, wanted: Direction): Direction {
  const possible = mirrored(offered);
  return directionOf(sends(possible) && sends(wanted), receives(possible) && receives(wanted));
}

/** Whether a direction lets its speaker send. */
export const maySend = sends;

/** Whether a direction lets its speaker hear. */
export const mayReceive = receives;

/** The port of a section's RTCP and, rarely, its own address (RFC 3605); RTP's port + 1 by default. */
export function rtcpTarget(media: SdpMedia): { port: number; address: string | null } {
  const value = attributeValue(media.attributes, 'rtcp');
  const match = value === null ? null : /^(\d{1,5})(?:\s+IN\s+IP[46]\s+(\S{1,64}))?$/i.exec(value);
  const port = Number(match?.[1]);
  if (!match || port < 1 || port > 65_535) return { port: media.port + 1, address: null };
  return { port, address: match[2] ?? null };
}

/**
 * A description without its directions, as if nobody had anybody on hold: what a leg can do, told
 * to somebody whom it never put on hold (a transfer ends the hold of who transferred).
 */
export function withoutHold(body: Buffer): Buffer {
  const lines = body.toString('latin1').split(/\r?\n/);
  const kept = lines.filter((line) => !/^a=(sendrecv|sendonly|recvonly|inactive)\s*$/.test(line));
  return Buffer.from(kept.join('\r\n'), 'latin1');
}

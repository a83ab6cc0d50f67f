import { mayReceive, mediaDirection } from './direction';
import { parseSdp } from './parse';

/**
 * Whether a description has the other side on hold (RFC 3264 §8.4): its audio is not to be sent to,
 * whether it says so (sendonly, inactive) or names no address.
 */
export function holdsOther(body: Uint8Array): boolean {
  const parsed = parseSdp(body);
  if (!parsed.ok) return false;
  const { description } = parsed;
  const audio = description.media.find(({ kind, port }) => kind === 'audio' && port !== 0);
  return audio !== undefined && !mayReceive(mediaDirection(description, audio));
}

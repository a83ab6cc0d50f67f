import { assert } from '@/lib/core/errors';
import type { SdpAttribute, SdpConnection, SessionDescription } from './types';

const UNSAFE = /[\r\n\0]/;

/** No field may smuggle a line of its own in. */
function line(type: string, value: string): string {
  assert(!UNSAFE.test(value), `SDP ${type}= holds a line break or NUL`);
  return `${type}=${value}\r\n`;
}

const connectionText = ({ family, address }: SdpConnection): string => `IN IP${family} ${address}`;

const attributeLine = ({ name, value }: SdpAttribute): string =>
  line('a', value === null ? name : `${name}:${value}`);

/** Writes a session description in the order of RFC 8866 §5, lines ended by CRLF. */
export function serializeSdp(description: SessionDescription): Buffer {
  const { origin, connection } = description;
  let text = line('v', '0');
  text += line(
    'o',
    `${origin.username} ${origin.sessionId} ${origin.version} ${connectionText(origin.connection)}`,
  );
  text += line('s', description.name === '' ? '-' : description.name);
  if (connection) text += line('c', connectionText(connection));
  text += line('t', '0 0');
  for (const attribute of description.attributes) text += attributeLine(attribute);
  for (const media of description.media) {
    text += line('m', `${media.kind} ${media.port} ${media.protocol} ${media.formats.join(' ')}`);
    if (media.connection) text += line('c', connectionText(media.connection));
    for (const attribute of media.attributes) text += attributeLine(attribute);
  }
  return Buffer.from(text, 'latin1');
}

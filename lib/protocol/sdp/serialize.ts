import { assert } from '@/lib/core/errors';
import type { SdpAttribute, SdpConnection, SdpMedia } from './types';

const UNSAFE = /[\r\n\0]/;

/** No field may smuggle a line of its own in. */
function line(type: string, value: string): string {
  assert(!UNSAFE.test(value), `SDP ${type}= holds a line break or NUL`);
  return `${type}=${value}\r\n`;
}

const connectionText = ({ family, address }: SdpConnection): string => `IN IP${family} ${address}`;

/** An a= line, its end included. */
export function attributeLine({ name, value }: SdpAttribute): string {
  return line('a', value === null ? name : `${name}:${value}`);
}

/** The m= line of a section, its end included. */
export function mediaLine(media: Omit<SdpMedia, 'connection' | 'attributes'>): string {
  return line('m', `${media.kind} ${media.port} ${media.protocol} ${media.formats.join(' ')}`);
}

/** The lines of a session in the order of RFC 8866 §5, without v= and o=, up to the first m=. */
export function sessionLines(connection: SdpConnection): string {
  return `${line('s', '-')}${line('c', connectionText(connection))}${line('t', '0 0')}`;
}

/** A whole description: `content` is all that follows the o= line. */
export function describeSession(
  origin: {
    readonly sessionId: number;
    readonly version: number;
    readonly connection: SdpConnection;
  },
  content: string,
): Buffer {
  const owner = `- ${origin.sessionId} ${origin.version} ${connectionText(origin.connection)}`;
  return Buffer.from(`${line('v', '0')}${line('o', owner)}${content}`, 'latin1');
}

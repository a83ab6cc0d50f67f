import { type Bencodable, type BencodedTable, bdecode, bencode, isTable } from './bencode';

/** What a command says beside its name. */
export type NgArguments = { readonly [key: string]: Bencodable | undefined };

/** An answer as it came. */
export type NgReading =
  | { readonly ok: true; readonly cookie: string; readonly body: BencodedTable }
  | { readonly ok: false; readonly reason: string };

const SPACE = 0x20;
/** Ours have about twenty. */
const MAX_COOKIE_CHARACTERS = 64;

/**
 * A request of rtpengine's ng protocol as its datagram: cookie, space, a dictionary with the command.
 * The same cookie is the same request: rtpengine answers it from memory however often it comes.
 */
export function ngRequest(cookie: string, command: string, details: NgArguments): Buffer {
  return Buffer.concat([Buffer.from(`${cookie} `), bencode({ command, ...details })]);
}

/** Reads an answer: cookie, space, a dictionary. Never throws. */
export function readNgAnswer(datagram: Uint8Array): NgReading {
  const space = datagram.indexOf(SPACE);
  if (space < 1 || space > MAX_COOKIE_CHARACTERS) return { ok: false, reason: 'it has no cookie' };
  const reading = bdecode(datagram.subarray(space + 1));
  if (!reading.ok) return reading;
  if (!isTable(reading.value)) return { ok: false, reason: 'it is no dictionary' };
  const cookie = Buffer.from(datagram.subarray(0, space)).toString('latin1');
  return { ok: true, cookie, body: reading.value };
}

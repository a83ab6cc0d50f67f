import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { md5Hex, md5Room } from '@/lib/protocol/digest/md5';

function md5Of(text: string): string {
  const message = new Uint8Array(md5Room(text.length));
  message.set(Buffer.from(text, 'latin1'));
  const hex = Buffer.alloc(32);
  md5Hex(message, text.length, hex);
  return hex.toString('latin1');
}

// RFC 1321 §A.5.
test.each([
  ['', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    '57edf4a22be3c955ac49da2e2107b67a',
  ],
])('MD5 of "%s" is that of RFC 1321', (text, digest) => {
  expect(md5Of(text)).toBe(digest);
});

test('a message of any length is hashed as node:crypto does, whatever lay in the buffer before', () => {
  const hex = Buffer.alloc(32);
  const message = new Uint8Array(md5Room(400)).fill(0xff);
  for (let length = 0; length <= 400; length += 1) {
    for (let at = 0; at < length; at += 1) message[at] = (at * 31 + length) & 0xff;
    const expected = createHash('md5').update(message.subarray(0, length)).digest('hex');
    md5Hex(message, length, hex);
    expect(hex.toString('latin1')).toBe(expected);
  }
});

import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerCheck, type Check } from '@/lib/protocol/ice/lite';

const OURS = { ufrag: 'ours', pwd: 'ourpasswordthatislongenough', peerUfrag: 'them' };
const FROM = { address: '192.0.2.7', port: 40_000 };
const TRANSACTION = Buffer.from('0102030405060708090a0b0c', 'hex');

const attribute = (type: number, value: Buffer): Buffer => {
  const bytes = Buffer.alloc(4 + ((value.length + 3) & ~3));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
};

interface Wish {
  readonly username?: string;
  readonly pwd?: string;
  readonly more?: readonly Buffer[];
  readonly behind?: readonly Buffer[];
  readonly type?: number;
}

/** A check as a browser makes it. */
function check({
  username = 'ours:them',
  pwd = OURS.pwd,
  more = [],
  behind = [],
  type = 1,
}: Wish = {}): Buffer {
  const head = (length: number): Buffer => {
    const bytes = Buffer.alloc(20);
    bytes.writeUInt16BE(type, 0);
    bytes.writeUInt16BE(length, 2);
    bytes.writeUInt32BE(0x2112a442, 4);
    TRANSACTION.copy(bytes, 8);
    return bytes;
  };
  const first = Buffer.concat([
    attribute(0x0006, Buffer.from(username)),
    attribute(0x0024, Buffer.alloc(4, 1)),
    attribute(0x802a, Buffer.alloc(8, 2)),
    ...more,
  ]);
  const hmac = createHmac('sha1', pwd).update(Buffer.concat([head(first.length + 24), first]));
  const proven = Buffer.concat([first, attribute(0x0008, hmac.digest()), ...behind]);
  const whole = Buffer.concat([head(proven.length + 8), proven]);
  const print = Buffer.alloc(4);
  print.writeUInt32BE((crc32(whole) ^ 0x5354554e) >>> 0);
  return Buffer.concat([whole, attribute(0x8028, print)]);
}

const USE_CANDIDATE = attribute(0x0025, Buffer.alloc(0));
const asked = (bytes: Buffer): Check | null => answerCheck(bytes, FROM, OURS);

test('who knows the password is told where it is seen, by somebody who knows it too', () => {
  const answered = asked(check());
  expect(answered).toMatchObject({ isValid: true, nominates: false });
  const reply = answered?.reply ?? Buffer.alloc(0);
  expect(reply.subarray(0, 2).toString('hex')).toBe('0101');
  expect(reply.subarray(8, 20)).toEqual(TRANSACTION);
  // XOR-MAPPED-ADDRESS first, its port and address under the cookie.
  expect(reply.subarray(20, 28).toString('hex')).toBe(
    `002000080001${(40_000 ^ 0x2112).toString(16)}`,
  );
  expect(reply.readUInt32BE(28)).toBe((0xc0000207 ^ 0x2112a442) >>> 0);
  const before = Buffer.from(reply.subarray(0, 32));
  before.writeUInt16BE(12 + 24, 2);
  const proof = createHmac('sha1', OURS.pwd).update(before).digest();
  expect(reply.subarray(36, 56)).toEqual(proof);
  const print = reply.readUInt32BE(reply.length - 4);
  expect(print).toBe((crc32(reply.subarray(0, reply.length - 8)) ^ 0x5354554e) >>> 0);
});

test('USE-CANDIDATE nominates, where it is proven', () => {
  expect(asked(check({ more: [USE_CANDIDATE] }))?.nominates).toBe(true);
  expect(asked(check({ behind: [USE_CANDIDATE] }))?.nominates).toBe(false);
});

test.each([
  ['another password', check({ pwd: 'somethingelsethatislongenough' })],
  ['another of our names', check({ username: 'past:them' })],
  ['a name that is not the peer', check({ username: 'ours:evil' })],
  ['the names the wrong way round', check({ username: 'them:ours' })],
  ['a request of another kind', check({ type: 3 })],
  ['an indication', check({ type: 0x11 })],
  ['a success', check({ type: 0x101 })],
  ['no fingerprint', check().subarray(0, -8)],
  ['no STUN at all', Buffer.from('INVITE sip:a@b SIP/2.0')],
  ['nothing', Buffer.alloc(0)],
])('%s gets no answer', (_, bytes) => {
  expect(asked(bytes)).toBeNull();
});

test('what has to be understood and is not is refused by name', () => {
  const answered = asked(check({ more: [attribute(0x0077, Buffer.alloc(4)), USE_CANDIDATE] }));
  expect(answered).toMatchObject({ isValid: false, nominates: false });
  expect(answered?.reply.toString('hex')).toContain('000a00020077');
});

test('two that are both led are told so', () => {
  const answered = asked(check({ more: [attribute(0x8029, Buffer.alloc(8))] }));
  expect(answered?.isValid).toBe(false);
  expect(answered?.reply.toString('hex')).toContain('0009000400000457');
});

test('a check with any bit changed gets no answer that makes anything valid', () => {
  const right = check({ more: [USE_CANDIDATE] });
  for (let bit = 0; bit < right.length * 8; bit += 1) {
    const spoilt = Buffer.from(right);
    spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(asked(spoilt)).toBeNull();
  }
});

test('no datagram throws, whatever is in it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(60), (bytes, keep) => {
      expect(asked(Buffer.from(bytes))).toBeNull();
      asked(Buffer.concat([check().subarray(0, keep), bytes]));
    }),
  );
});

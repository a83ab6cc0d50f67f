import { expect, test } from 'vitest';
import { answerBindingRequest, isStun } from '@/lib/protocol/stun/binding-request';

/** The transaction of RFC 5769's samples. */
const TRANSACTION = 'b7e7a701bc34d686fa87dfae';
const request = (attributes = '', type = '0001'): Buffer => {
  const length = (attributes.length / 2).toString(16).padStart(4, '0');
  return Buffer.from(`${type}${length}2112a442${TRANSACTION}${attributes}`, 'hex');
};

test('an IPv4 address comes back as in RFC 5769 §2.2', () => {
  const reply = answerBindingRequest(request(), { address: '192.0.2.1', port: 32853 });
  expect(reply?.toString('hex')).toBe(`0101000c2112a442${TRANSACTION}002000080001a147e112a643`);
});

test('an IPv6 address comes back as in RFC 5769 §2.3', () => {
  const address = '2001:db8:1234:5678:11:2233:4455:6677';
  const reply = answerBindingRequest(request(), { address, port: 32853 });
  expect(reply?.toString('hex')).toBe(
    `010100182112a442${TRANSACTION}002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9`,
  );
  const mapped = answerBindingRequest(request(), { address: '::ffff:192.0.2.1', port: 1 });
  expect(mapped?.length).toBe(20 + 4 + 20);
});

test('a fingerprint is answered by a fingerprint that is right', () => {
  const reply = answerBindingRequest(request('8028000400000000'), {
    address: '192.0.2.1',
    port: 32853,
  });
  // The CRC-32 of what stands before it, XOR "STUN" (computed independently of the code).
  expect(reply?.subarray(-8, -4).toString('hex')).toBe('80280004');
  expect(reply?.readUInt16BE(2)).toBe((reply?.length ?? 0) - 20);
  expect(reply?.readUInt32BE((reply?.length ?? 0) - 4)).toBe(
    (crcOf(reply?.subarray(0, -8) ?? Buffer.alloc(0)) ^ 0x5354554e) >>> 0,
  );
});

test('an attribute that must be understood and is not is named in a 420', () => {
  const reply = answerBindingRequest(request('7fff000401020304'), {
    address: '192.0.2.1',
    port: 1,
  });
  expect(reply?.readUInt16BE(0)).toBe(0x0111);
  expect(reply?.toString('hex')).toContain('0009000400000414');
  expect(reply?.toString('hex')).toContain('000a00027fff');
});

test('no answer is more than 24 bytes longer than its request', () => {
  const longest = { address: '2001:db8::1', port: 1 };
  for (const attributes of ['', '8028000400000000', '802200040000000080280004deadbeef']) {
    const asked = request(attributes);
    expect(answerBindingRequest(asked, longest)?.length ?? 0).toBeLessThanOrEqual(
      asked.length + 24,
    );
  }
});

test('what is no binding request, or broken, is not answered', () => {
  const from = { address: '192.0.2.1', port: 1 };
  expect(answerBindingRequest(request('', '0011'), from)).toBeUndefined();
  expect(answerBindingRequest(request('', '0101'), from)).toBeUndefined();
  expect(answerBindingRequest(request('80220008aa'), from)).toBeUndefined();
  expect(answerBindingRequest(request('8022ffff01020304'), from)).toBeUndefined();
  expect(answerBindingRequest(request('80220000'.repeat(17)), from)).toBeUndefined();
  expect(answerBindingRequest(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n'), from)).toBeUndefined();
  expect(isStun(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n'))).toBe(false);
  expect(isStun(request())).toBe(true);
});

/** CRC-32 (ISO 3309), bit by bit. */
function crcOf(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

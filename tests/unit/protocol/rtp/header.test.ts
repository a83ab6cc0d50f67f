import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRtcp, parseRtp, rtpFault, setRtpPayloadType } from '@/lib/protocol/rtp/header';

const PLAIN = Buffer.from('80e81234000003e8deadbeef0102', 'hex');

test('the fields of a packet are read', () => {
  expect(parseRtp(PLAIN)).toEqual({
    ok: true,
    header: {
      marker: true,
      payloadType: 104,
      sequence: 0x1234,
      timestamp: 1_000,
      ssrc: 0xdeadbeef,
      payloadStart: 12,
      payloadEnd: 14,
    },
  });
});

test('CSRCs, extension and padding are no payload', () => {
  const packet = Buffer.concat([
    Buffer.from('b1081234000003e8deadbeef', 'hex'),
    Buffer.from('00000001', 'hex'),
    Buffer.from('bede0001aabbccdd', 'hex'),
    Buffer.from('0102000002', 'hex'),
  ]);
  expect(parseRtp(packet)).toMatchObject({
    ok: true,
    header: { payloadStart: 24, payloadEnd: 27 },
  });
});

test.each([
  ['80081234000003e8deadbe', 'short'],
  ['40081234000003e8deadbeef', 'version'],
  ['80c81234000003e8deadbeef', 'rtcp'],
  ['81081234000003e8deadbeef', 'csrc'],
  ['90081234000003e8deadbeef', 'extension'],
  ['90081234000003e8deadbeefbede0002aabbccdd', 'extension'],
  ['a0081234000003e8deadbeef0000', 'padding'],
  ['a0081234000003e8deadbeef0003', 'padding'],
])('%s is no RTP: %s', (hex, fault) => {
  expect(rtpFault(Buffer.from(hex, 'hex'))).toBe(fault);
});

test('a new payload type leaves the marker alone', () => {
  const packet = Buffer.from(PLAIN);
  setRtpPayloadType(packet, 8);
  expect(packet[1]).toBe(0x88);
});

test('RTCP on the RTP port is told apart', () => {
  expect(isRtcp(Buffer.from('80c9000100000001', 'hex'))).toBe(true);
  expect(isRtcp(PLAIN)).toBe(false);
});

test('no bytes are read beyond the packet', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const result = parseRtp(bytes);
      if (!result.ok) return true;
      const { payloadStart, payloadEnd } = result.header;
      return payloadStart >= 12 && payloadStart <= payloadEnd && payloadEnd <= bytes.length;
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRtcp } from '@/lib/protocol/rtcp/parse';

const BLOCK = '0000000240ffffff0001000a000000a01234567800010000';
const SR = `81c8000c00000001${'83aa7e80800000000000140000000064000003e8'}${BLOCK}`;
const SDES = '81ca00030000000101036162630000000000'.slice(0, 32);
const parse = (hex: string) => parseRtcp(Buffer.from(hex, 'hex'));

test('a sender report is read, with what it says of the other side', () => {
  expect(parse(SR + SDES)).toEqual({
    ok: true,
    reports: [
      {
        type: 'SR',
        ssrc: 1,
        sender: {
          ntpSeconds: 0x83aa7e80,
          ntpFraction: 0x80000000,
          rtpTimestamp: 5_120,
          packets: 100,
          octets: 1_000,
        },
        blocks: [
          {
            ssrc: 2,
            lostFraction: 0.25,
            lost: -1,
            highestSequence: 65_546,
            jitterTicks: 160,
            lastSr: 0x12345678,
            delaySinceLastSr: 65_536,
          },
        ],
      },
    ],
  });
});

test('a receiver report without blocks is one', () => {
  expect(parse('80c9000100000007')).toEqual({
    ok: true,
    reports: [{ type: 'RR', ssrc: 7, sender: null, blocks: [] }],
  });
});

test.each([
  ['80c90001', 'short'],
  ['80ca000100000007', 'type'],
  ['40c9000100000007', 'version'],
  ['80c9000200000007', 'length'],
  ['81c9000100000007', 'length'],
  ['80c800010000000780c90001', 'length'],
  ['80c900010000000780c9', 'length'],
])('%s is refused: %s', (hex, reason) => {
  expect(parse(hex)).toEqual({ ok: false, reason });
});

test('no bytes make the parser throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 128 }), (bytes) => {
      const packet = Uint8Array.from([0x81, 200, ...bytes]);
      return typeof parseRtcp(packet).ok === 'boolean';
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRtcp } from '@/lib/protocol/rtcp/parse';
import { translateReports } from '@/lib/protocol/rtcp/translate';

const translation = {
  ssrcOf: (ssrc: number) => ({ 1: 0xf0_00_00_01, 2: 22 })[ssrc] ?? ssrc,
  sender: { timestampOf: (ticks: number) => ticks * 6, counted: { packets: 70, octets: 7_000 } },
};

function words(first: readonly [number, number], ...rest: readonly number[]): Buffer {
  const packet = Buffer.alloc(4 + 4 * rest.length);
  packet.set(first);
  packet.writeUInt16BE(rest.length, 2);
  for (const [index, word] of rest.entries()) packet.writeUInt32BE(word, 4 + 4 * index);
  return packet;
}

/** SSRC 1 sends, and hears 2; then its name, its farewell, and a complaint about 2. */
const compound = Buffer.concat([
  words([0x81, 200], 1, 10, 20, 1_000, 5, 500, 2, 0, 99, 8, 7, 6),
  words([0x81, 202], 1, 0x01_02_61_62, 0),
  words([0x81, 203], 1),
  words([0x81, 206], 1, 2),
]);

test('reports are of the streams that stand in their places, and say the same of them', () => {
  const packet = Buffer.from(compound);
  translateReports(packet, translation);
  const read = parseRtcp(packet);
  expect(read.ok && read.reports).toMatchObject([
    {
      ssrc: 0xf0_00_00_01,
      sender: { ntpSeconds: 10, ntpFraction: 20, rtpTimestamp: 6_000, packets: 70, octets: 7_000 },
      blocks: [{ ssrc: 22, highestSequence: 99, jitterTicks: 8, lastSr: 7, delaySinceLastSr: 6 }],
    },
  ]);
  const changed = [4, 16, 20, 24, 28, 56, 72, 80, 84];
  for (let at = 0; at < packet.length; at += 4) {
    const isSame = packet.readUInt32BE(at) === compound.readUInt32BE(at);
    expect([at, isSame]).toEqual([at, !changed.includes(at)]);
  }
});

test('where the sender is heard as it is, only what it hears has another name', () => {
  const packet = Buffer.from(compound);
  translateReports(packet, { ssrcOf: (ssrc) => (ssrc === 2 ? 22 : ssrc), sender: null });
  const read = parseRtcp(packet);
  expect(read.ok && read.reports).toMatchObject([
    { ssrc: 1, sender: { rtpTimestamp: 1_000, packets: 5 }, blocks: [{ ssrc: 22 }] },
  ]);
});

test('no octets upset it, and their number stays', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
      const before = octets.length;
      translateReports(octets, translation);
      expect(octets.length).toBe(before);
    }),
  );
});

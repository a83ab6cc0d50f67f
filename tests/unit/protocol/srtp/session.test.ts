import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SrtpReceiver } from '@/lib/protocol/srtp/receiver';
import { SrtpSender } from '@/lib/protocol/srtp/sender';
import { keyAndSaltBytes, SRTP_SUITES, type SrtpKeying } from '@/lib/protocol/srtp/suites';

const FIRST = SRTP_SUITES[0]?.name ?? 'AES_CM_128_HMAC_SHA1_80';

function keyOf(suite = FIRST): SrtpKeying {
  const found = SRTP_SUITES.find(({ name }) => name === suite);
  return { suite, keyAndSalt: randomBytes(found ? keyAndSaltBytes(found) : 0) };
}

function rtp(sequence: number, { ssrc = 7, text = `tone ${sequence}` } = {}): Buffer {
  const packet = Buffer.alloc(12 + text.length);
  packet[0] = 0x80;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(sequence * 160, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.write(text, 12, 'latin1');
  return packet;
}

function report(ssrc = 7): Buffer {
  const packet = Buffer.from(
    '81c9000700000000aabbccdd000000000000000000000000000000000000000000000000',
    'hex',
  );
  packet.writeUInt32BE(ssrc, 4);
  return packet.subarray(0, 32);
}

const copy = (packet: Uint8Array | null): Buffer => Buffer.from(packet ?? []);

test.each(SRTP_SUITES.map(({ name }) => name))(
  '%s: what is sent is heard, and nothing else',
  (suite) => {
    const keying = keyOf(suite);
    const sender = new SrtpSender(keying);
    const receiver = new SrtpReceiver(keying);
    for (const sequence of [65_533, 65_534, 65_535, 65_536, 65_537]) {
      const sealed = copy(sender.rtpOf(rtp(sequence)));
      expect(sealed.includes('tone')).toBe(false);
      expect(receiver.rtpOf(copy(sealed))).toEqual(rtp(sequence));
      expect(receiver.rtpOf(copy(sealed))).toBeNull();
      const sealedReport = copy(sender.rtcpOf(report()));
      expect(receiver.rtcpOf(copy(sealedReport))).toEqual(report());
      expect(receiver.rtcpOf(copy(sealedReport))).toBeNull();
    }
    const stranger = new SrtpReceiver(keyOf(suite));
    expect(stranger.rtpOf(copy(sender.rtpOf(rtp(65_538))))).toBeNull();
    expect(stranger.rtcpOf(copy(sender.rtcpOf(report())))).toBeNull();
  },
);

test.each(SRTP_SUITES.map(({ name }) => name))(
  '%s: a packet with any bit changed is refused and left as it is',
  (suite) => {
    const keying = keyOf(suite);
    const sender = new SrtpSender(keying);
    const receiver = new SrtpReceiver(keying);
    receiver.rtpOf(copy(sender.rtpOf(rtp(1))));
    const sealed = copy(sender.rtpOf(rtp(2)));
    const sealedReport = copy(sender.rtcpOf(report()));
    for (const [whole, open] of [
      [sealed, (bytes: Buffer) => receiver.rtpOf(bytes)],
      [sealedReport, (bytes: Buffer) => receiver.rtcpOf(bytes)],
    ] as const) {
      for (let bit = 0; bit < whole.length * 8; bit += 1) {
        const spoilt = copy(whole);
        spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const before = copy(spoilt);
        expect(open(spoilt)).toBeNull();
        expect(spoilt).toEqual(before);
      }
      expect(open(copy(whole))).not.toBeNull();
    }
  },
);

test('packets out of order are heard once each, as far back as the window reaches', () => {
  const keying = keyOf();
  const sender = new SrtpSender(keying);
  const receiver = new SrtpReceiver(keying);
  const sealed = Array.from({ length: 300 }, (_, index) => copy(sender.rtpOf(rtp(65_400 + index))));
  const hear = (index: number): boolean => receiver.rtpOf(copy(sealed[index] ?? null)) !== null;
  expect(hear(0)).toBe(true);
  expect(hear(200)).toBe(true);
  expect([hear(73), hear(72)]).toEqual([true, false]);
  for (let index = 199; index > 73; index -= 1) expect(hear(index)).toBe(true);
  for (let index = 0; index <= 200; index += 1) expect(hear(index)).toBe(false);
  expect(hear(299)).toBe(true);
});

test('a number that was used is not used again for other words: its key stream would be seen', () => {
  const sender = new SrtpSender(keyOf());
  expect(sender.rtpOf(rtp(5))).not.toBeNull();
  expect(sender.rtpOf(rtp(5, { text: 'others' }))).toBeNull();
  expect(sender.rtpOf(rtp(5, { ssrc: 8 }))).not.toBeNull();
  expect(sender.rtpOf(rtp(4))).not.toBeNull();
  expect(sender.rtpOf(rtp(4))).toBeNull();
});

test('strangers leave no trace: of sources only those count that have the key', () => {
  const keying = keyOf();
  const sender = new SrtpSender(keying);
  const receiver = new SrtpReceiver(keying);
  const first = copy(sender.rtpOf(rtp(1)));
  expect(receiver.rtpOf(copy(first))).not.toBeNull();
  for (let ssrc = 100; ssrc < 1_100; ssrc += 1) {
    const forged = Buffer.concat([rtp(1, { ssrc }), randomBytes(10)]);
    expect(receiver.rtpOf(forged)).toBeNull();
  }
  expect(receiver.rtpOf(copy(first))).toBeNull();
});

test('whoever changes its source is followed, and the latest ones are remembered', () => {
  const keying = keyOf();
  const sender = new SrtpSender(keying);
  const receiver = new SrtpReceiver(keying);
  const sealed = Array.from({ length: 40 }, (_, ssrc) => copy(sender.rtpOf(rtp(9, { ssrc }))));
  for (const packet of sealed) expect(receiver.rtpOf(copy(packet))).not.toBeNull();
  for (const packet of sealed.slice(-32)) expect(receiver.rtpOf(copy(packet))).toBeNull();
});

test('no datagram throws, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SRTP_SUITES.map(({ name }) => name)),
      fc.uint8Array({ maxLength: 2_100 }),
      (suite, bytes) => {
        const keying = keyOf(suite);
        const receiver = new SrtpReceiver(keying);
        expect(receiver.rtpOf(Buffer.from(bytes))).toBeNull();
        expect(receiver.rtcpOf(Buffer.from(bytes))).toBeNull();
        const sender = new SrtpSender(keying);
        sender.rtpOf(bytes);
        sender.rtcpOf(bytes);
      },
    ),
  );
});

test('a voice for two hours keeps its place: the counter of rounds goes on', () => {
  const keying = keyOf();
  const sender = new SrtpSender(keying);
  const receiver = new SrtpReceiver(keying);
  // Every hundredth packet alone, the rest lost: six rounds of 65,536.
  for (let sequence = 0; sequence < 400_000; sequence += 100) {
    expect(receiver.rtpOf(copy(sender.rtpOf(rtp(sequence))))).not.toBeNull();
  }
});

test.each([20_000, 60_000, 39_000])(
  'who begins to count anew at %d is heard from the second packet on',
  (anew) => {
    const keying = keyOf();
    const sender = new SrtpSender(keying);
    const receiver = new SrtpReceiver(keying);
    const hears = (sequence: number): string | null => {
      const sealed = sender.rtpOf(rtp(sequence, { text: `at ${sequence}` }));
      const heard = sealed && receiver.rtpOf(copy(sealed));
      return heard && Buffer.from(heard).toString('latin1', 12);
    };
    for (let sequence = 40_000; sequence < 40_300; sequence += 1)
      expect(hears(sequence)).not.toBeNull();
    const heard = [0, 1, 2, 3].map((step) => hears(anew + step));
    const isJump = anew > 40_300;
    expect(heard).toEqual([
      isJump ? `at ${anew}` : null,
      ...[1, 2, 3].map((step) => `at ${anew + step}`),
    ]);
    // A straggler of before is one packet, and no new beginning.
    expect(hears(anew + 3)).toBeNull();
  },
);

import { expect, test } from 'vitest';
import { type Bencodable, bdecode, bencode, isTable } from '@/lib/protocol/ng/bencode';
import { legFigures } from '@/lib/switch/media/rtpengine/figures';
import { type NodeLeg, NodeLegs } from '@/lib/switch/media/rtpengine/legs';

function answered(value: Bencodable) {
  const reading = bdecode(bencode(value));
  if (!reading.ok || !isTable(reading.value)) throw new Error('no table');
  return reading.value;
}

function stream(port: number, packets: number, ssrc: number): Bencodable {
  return {
    'local port': 30_000,
    endpoint: { family: 'IPv4', address: '192.0.2.7', port },
    'last packet': 1_795_837_350,
    flags: ['RTP', 'filled', 'strict source address'],
    SSRC: ssrc,
    stats: { packets, bytes: packets * 172, errors: 0 },
  };
}

const media = (codec: string, rtp: Bencodable): Bencodable => ({
  medias: [{ index: 1, type: 'audio', protocol: 'RTP/AVP', codec, streams: [rtp] }],
});

/** As rtpengine 10.5 answers a query. */
const QUERY = answered({
  SSRC: {
    '1111': {
      'average MOS': { MOS: 41, 'round-trip time leg': 338, jitter: 10, 'packet loss': 3 },
    },
    '2222': {},
  },
  tags: {
    a: media('PCMA/8000', stream(4_000, 200, 1_111)),
    b: media('PCMA/8000', stream(5_000, 160, 2_222)),
  },
});

function legs(): readonly [NodeLeg, NodeLeg] {
  const all = new NodeLegs();
  const [a, b] = [all.getOrMake('a'), all.getOrMake('b')];
  all.connect(a, b);
  return [a, b];
}

test('a leg has its own packets, those of its peer as what it was sent, and what it reports', () => {
  const [a, b] = legs();
  expect(legFigures(a, QUERY)).toMatchObject({
    legId: 'a',
    codec: 'PCMA/8000',
    remote: '192.0.2.7:4000',
    received: { packets: 200, octets: 34_400, lastPacketAtMs: 1_795_837_350_000, mos: null },
    sent: { packets: 160 },
    reported: { lostFraction: 0.03, lost: 5, jitterMs: 10 },
    roundTripMs: 0.338,
  });
  const mos = legFigures(a, QUERY).reported?.mos ?? 0;
  expect(mos).toBeGreaterThan(3.5);
  expect(mos).toBeLessThan(4.3);
  expect(legFigures(b, QUERY)).toMatchObject({ reported: null, roundTripMs: null });
});

test('what a node does not tell, or tells otherwise, is nothing', () => {
  const [a] = legs();
  for (const value of [{}, { tags: { a: {} } }, { tags: { a: { medias: [1] } } }, { tags: 3 }]) {
    expect(legFigures(a, answered(value))).toMatchObject({
      codec: null,
      remote: null,
      received: { packets: 0, lastPacketAtMs: null },
      reported: null,
    });
  }
});

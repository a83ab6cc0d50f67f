import { expect, test } from 'vitest';
import { legStats } from '@/lib/switch/media/leg-figures';
import type { EndpointFigures } from '@/lib/switch/media/relay/messages';

const figures: EndpointFigures = {
  endpointId: 7,
  codec: 'PCMA/8000',
  remote: { address: '2001:db8::1', port: 4_000 },
  received: { packets: 900, octets: 0, lost: 100, jitterMs: 0, lastPacketAtMs: 1 },
  sent: { packets: 1_000, octets: 0 },
  reported: { lostFraction: 0, lost: 0, jitterMs: 0 },
  roundTripMs: 40,
  dropped: { foreign: 0, unauthentic: 0, invalid: 0, gated: 0, unroutable: 0, excess: 0 },
};

test('each way has its own MOS: what is heard of the leg, and what it hears', () => {
  const { received, reported, remote } = legStats('a', false, figures);
  // By hand: R = 93.2 - 0.024 * 40 ms - 95 * 10 / (10 + 25.1).
  expect(received.mos).toBeCloseTo(3.36, 2);
  expect(reported?.mos).toBeGreaterThan(4.3);
  expect(remote).toBe('[2001:db8::1]:4000');
});

test('what the leg lost is counted against what was sent to it', () => {
  const lossy = { ...figures, reported: { lostFraction: 0, lost: 100, jitterMs: 0 } };
  const { reported, received } = legStats('a', false, lossy);
  expect(reported?.mos).toBeCloseTo(received.mos ?? 0, 5);
});

test('there is no MOS of what was never heard, nor of a codec that nobody agreed on', () => {
  const silent = { ...figures, received: { ...figures.received, packets: 0 } };
  expect(legStats('a', false, silent).received.mos).toBeNull();
  expect(legStats('a', false, { ...figures, codec: null }).received.mos).toBeNull();
  expect(legStats('a', false, { ...figures, reported: null }).reported).toBeNull();
});

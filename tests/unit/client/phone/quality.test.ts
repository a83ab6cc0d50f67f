import { expect, test } from 'vitest';
import { countersOf, qualityBetween } from '@/lib/client/phone/quality';

/** What Chromium tells of a call, without what is not looked at. */
function report(heard: Record<string, unknown>, more: [string, unknown][] = []) {
  return new Map<string, unknown>([
    ['C1', { type: 'codec', mimeType: 'audio/PCMA', clockRate: 8_000 }],
    ['O', { type: 'outbound-rtp', kind: 'audio', packetsSent: 1 }],
    [
      'I',
      {
        ...{ type: 'inbound-rtp', kind: 'audio', codecId: 'C1', jitter: 0.006 },
        ...{ packetsReceived: 0, packetsLost: 0 },
        ...heard,
      },
    ],
    ...more,
  ]);
}

test('loss is that between two readings, not that since the call began', () => {
  const before = countersOf(report({ packetsReceived: 1_000, packetsLost: 500 }));
  const now = countersOf(report({ packetsReceived: 1_099, packetsLost: 501 }));
  if (!now) throw new Error('nothing is heard');
  const quality = qualityBetween(before, now);
  expect(quality).toMatchObject({ lossPercent: 1, jitterMs: 6, roundTripMs: null });
  expect(quality?.mos).toBeGreaterThan(4.2);
});

test('the delay is what the far side reports, else that of the path', () => {
  const told: [string, unknown] = [
    'R',
    { type: 'remote-inbound-rtp', kind: 'audio', roundTripTime: 0.031 },
  ];
  const pair: [string, unknown] = [
    'P',
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.2 },
  ];
  expect(countersOf(report({}, [told, pair]))?.roundTripMs).toBeCloseTo(31);
  expect(countersOf(report({}, [pair]))?.roundTripMs).toBeCloseTo(200);
});

test('bad lines sound bad, and silence is no line at all', () => {
  const now = countersOf(report({ packetsReceived: 80, packetsLost: 20, jitter: 0.05 }));
  if (!now) throw new Error('nothing is heard');
  expect(qualityBetween(null, now)?.mos).toBeLessThan(3);
  expect(qualityBetween(now, now)).toBeNull();
  expect(countersOf(new Map([['O', { type: 'outbound-rtp', kind: 'audio' }]]))).toBeNull();
});

test('late packets that were taken for lost do not make it better than whole', () => {
  const before = countersOf(report({ packetsReceived: 100, packetsLost: 5 }));
  const now = countersOf(report({ packetsReceived: 205, packetsLost: 0 }));
  if (!now) throw new Error('nothing is heard');
  expect(qualityBetween(before, now)?.lossPercent).toBe(0);
});

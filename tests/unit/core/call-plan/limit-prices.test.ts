import { expect, test } from 'vitest';
import { dearerNano, feeMicro, fullPrice, leastMicro } from '@/lib/core/call-plan/limit-prices';
import { parseCurrency, parseMicro, parsePerMinute } from '@/lib/core/money';
import { rateOf } from '@/tests/support/money-world';

const EUR = parseCurrency('EUR');

test('a minute costs what its dearest interval and band do, in the currency that is charged', () => {
  const rate = rateOf('0.0200 60/1', '0.10');
  expect(dearerNano(rate)).toBe(parsePerMinute('0.02'));
  expect(dearerNano({ ...rate, nextPerMinuteNano: parsePerMinute('0.03') })).toBe(
    parsePerMinute('0.03'),
  );
  const night = { fromMs: 0, name: 'night', ...nano('0.01') };
  const day = { fromMs: 3_600_000, name: 'day', ...nano('0.05') };
  expect(dearerNano({ ...rate, bandSpans: [night, day] })).toBe(parsePerMinute('0.05'));
  const fx = { deckCurrency: EUR, rateNano: 1_100_000_000n };
  expect(dearerNano({ ...rate, fx })).toBe(parsePerMinute('0.022'));
  expect([feeMicro(rate), feeMicro({ ...rate, fx })]).toEqual([
    parseMicro('0.1'),
    parseMicro('0.11'),
  ]);
});

test('what is spent counts at full price even when a bundle pays for it', () => {
  const rate = rateOf('0.6000 1/1');
  expect(fullPrice({ ...rate, bundleSeconds: 3_600 }, 60)).toBe(parseMicro('0.6'));
  expect(fullPrice(rate, 0)).toBe(0n);
});

test('the least that is charged of a call is counted before it is made', () => {
  expect(leastMicro(rateOf('0.6000 60/60', '0.10'))).toBe(parseMicro('0.7'));
  expect(leastMicro({ ...rateOf('0.6000 1/1'), noChargeSeconds: 5 })).toBe(parseMicro('0.05'));
});

function nano(perMinute: string) {
  const each = parsePerMinute(perMinute);
  return { firstPerMinuteNano: each, nextPerMinuteNano: each };
}

import { expect, test } from 'vitest';
import { Reception } from '@/lib/protocol/rtp/reception';

function receive(sequences: readonly number[]): Reception {
  const reception = new Reception();
  for (const [index, sequence] of sequences.entries()) {
    reception.arrived({
      sequence: sequence & 0xffff,
      timestamp: (sequence * 160) % 2 ** 32,
      atMs: index * 20,
      clockRateHz: 8_000,
    });
  }
  return reception;
}

test('an unbroken stream has no loss and no jitter, across the wrap of the numbering', () => {
  const reception = receive(Array.from({ length: 100 }, (_, index) => 65_500 + index));
  expect([reception.packets, reception.lost, reception.jitterMs]).toEqual([100, 0, 0]);
});

test('what is missing counts as lost until it comes late', () => {
  expect(receive([1, 2, 5]).lost).toBe(2);
  expect(receive([1, 2, 5, 4]).lost).toBe(1);
});

test('a packet that comes twice makes the loss negative', () => {
  expect(receive([1, 2, 2]).lost).toBe(-1);
});

test('a sender that starts its numbering anew is followed without loss', () => {
  const reception = receive([1, 2, 3, 40_000, 40_001, 40_002]);
  expect([reception.packets, reception.lost]).toEqual([6, 0]);
});

test('a single packet from elsewhere in the numbering is not believed', () => {
  expect(receive([1, 2, 40_000, 3, 4]).expected).toBe(4);
});

test('jitter follows RFC 3550 A.8: a sixteenth of each difference', () => {
  const reception = new Reception();
  const arrive = (sequence: number, atMs: number): void =>
    reception.arrived({ sequence, timestamp: sequence * 160, atMs, clockRateHz: 8_000 });
  arrive(1, 0);
  arrive(2, 36);
  expect(reception.jitterMs).toBe(1);
  arrive(3, 40);
  expect(reception.jitterMs).toBe(1 + (16 - 1) / 16);
});

test('keys, which repeat their timestamp, have no part in the jitter', () => {
  const reception = new Reception();
  const common = { timestamp: 160, clockRateHz: 0 };
  reception.arrived({ ...common, sequence: 1, atMs: 0 });
  reception.arrived({ ...common, sequence: 2, atMs: 50 });
  expect(reception.jitterMs).toBe(0);
});

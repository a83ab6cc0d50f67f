import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvCell, directionOf, resultOf, shareOf } from '@/lib/services/calls/rules';

test('no cell of an export begins with what a spreadsheet runs', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('=', '+', '-', '@', '\t', '\r', ''), (text, first) => {
      const cell = csvCell(first + text);
      expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});

test('a cell with commas, quotes or line breaks is one cell', () => {
  expect(csvCell('a,"b"\nc')).toBe('"a,""b""\nc"');
  expect(csvCell('plain')).toBe('plain');
  expect(csvCell(null)).toBe('');
  expect(csvCell(12)).toBe('12');
});

test('what was answered is answered, whatever came after', () => {
  const answeredAt = new Date();
  expect(resultOf({ answeredAt, refusalCode: null, sipStatus: 200 })).toBe('answered');
  const missed = { answeredAt: null, refusalCode: null };
  expect(resultOf({ ...missed, refusalCode: 'NO_ROUTE', sipStatus: 403 })).toBe('refused');
  expect(resultOf({ ...missed, sipStatus: 486 })).toBe('busy');
  expect(resultOf({ ...missed, sipStatus: 487 })).toBe('cancelled');
  expect(resultOf({ ...missed, sipStatus: 480 })).toBe('no_answer');
  expect(resultOf({ ...missed, sipStatus: 503 })).toBe('failed');
});

test('an on-net call is outbound for the caller’s side and inbound for the other', () => {
  expect(directionOf('onnet', true)).toBe('outbound');
  expect(directionOf('onnet', false)).toBe('inbound');
  expect(directionOf('emergency', true)).toBe('outbound');
  expect(directionOf('internal', true)).toBe('internal');
});

test('a share is exact to four places, and there is none of nothing', () => {
  expect(shareOf(8_000n, 20_000n)).toBe('0.4000');
  expect(shareOf(-1n, 3n)).toBe('-0.3333');
  expect(shareOf(1n, 0n)).toBeNull();
});

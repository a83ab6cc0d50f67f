import { expect, test } from 'vitest';
import { hasVoice, preferredFormats } from '@/lib/protocol/sdp/preferred-formats';
import type { PayloadFormat } from '@/lib/protocol/sdp/types';

const format = (payloadType: number, name: string, clockRateHz = 8_000): PayloadFormat => ({
  payloadType,
  name,
  clockRateHz,
  channels: 1,
  parameters: '',
});
const OFFER = [
  format(0, 'PCMU'),
  format(8, 'PCMA'),
  format(96, 'opus', 48_000),
  format(9, 'G722'),
  format(101, 'telephone-event'),
  format(13, 'CN'),
];
const names = (formats: readonly PayloadFormat[]) => formats.map(({ name }) => name);

test('voices come in the wanted order, digits and comfort noise stay', () => {
  expect(names(preferredFormats(OFFER, ['g722', 'PCMA']))).toEqual([
    'G722',
    'PCMA',
    'telephone-event',
    'CN',
  ]);
});

test('without a wish everything stays as it is', () => {
  expect(preferredFormats(OFFER, [])).toEqual(OFFER);
});

test('a wish that nobody can meet leaves no voice', () => {
  expect(hasVoice(preferredFormats(OFFER, ['GSM']))).toBe(false);
  expect(hasVoice(OFFER)).toBe(true);
});

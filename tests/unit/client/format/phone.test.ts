import { describe, expect, test } from 'vitest';
import { showNumber } from '@/lib/client/format/phone';

describe('numbers for people', () => {
  test('a number is grouped as in its own nation and copied as E.164', () => {
    expect(showNumber('+447700900142')).toEqual({ text: '+44 7700 900142', e164: '+447700900142' });
    expect(showNumber('+12025550118')).toEqual({ text: '+1 202-555-0118', e164: '+12025550118' });
  });

  test('a number of the home country comes without its prefix', () => {
    expect(showNumber('+12025550118', 'US')).toEqual({
      text: '(202) 555-0118',
      e164: '+12025550118',
    });
  });

  test('an extension is left as it is', () => {
    expect(showNumber('104')).toEqual({ text: '104', e164: null });
  });
});

import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/min';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { e164Digits, isE164, normaliseDialled, parseDialled } from '@/lib/core/phone-number';

function read(raw: string, country = 'US'): string {
  const result = normaliseDialled(raw, { country });
  return result.ok ? result.e164 : result.reason;
}

describe('what is dialled in the US', () => {
  it.each([
    ['2025550199', '+12025550199'],
    ['12025550199', '+12025550199'],
    ['+12025550199', '+12025550199'],
    ['0012025550199', '+12025550199'],
    ['01112025550199', '+12025550199'],
    ['(202) 555-0199', '+12025550199'],
    ['1-202-555-0199', '+12025550199'],
    ['+1.202.555.0199', '+12025550199'],
    ['202‑555–0199', '+12025550199'],
    ['011442079460018', '+442079460018'],
    ['+442079460018', '+442079460018'],
    ['00442079460018', '+442079460018'],
    ['+44 (0) 20 7946 0018', '+442079460018'],
    ['+447700900123', '+447700900123'],
    ['+88213300655', '+88213300655'],
    ['01188213300655', '+88213300655'],
  ])('%s is %s', (raw, expected) => {
    expect(read(raw)).toBe(expected);
  });

  it.each([
    ['', 'not_a_number'],
    ['alice', 'not_a_number'],
    ['202555019a', 'not_a_number'],
    ['2025550199;ext=5', 'not_a_number'],
    ['++12025550199', 'not_a_number'],
    ['+', 'not_a_number'],
    ['*97', 'feature_code'],
    ['#1', 'feature_code'],
    ['5550199', 'too_short'],
    ['911', 'too_short'],
    ['442079460018', 'too_long'],
    ['92025550199', 'too_long'],
    ['1234567890', 'wrong_length'],
    ['+1202555019', 'too_short'],
    ['+999123456789', 'unknown_country_code'],
    ['011999123456789', 'unknown_country_code'],
    [`+1${'2'.repeat(30)}`, 'too_long'],
    ['1'.repeat(200), 'not_a_number'],
  ])('%s is refused: %s', (raw, reason) => {
    expect(read(raw)).toBe(reason);
  });
});

describe('what is dialled elsewhere', () => {
  it.each([
    ['GB', '020 7946 0018', '+442079460018'],
    ['GB', '0012025550199', '+12025550199'],
    ['DE', '030 123456', '+4930123456'],
    ['IT', '0612345678', '+390612345678'],
    ['AU', '0011442079460018', '+442079460018'],
    ['AU', '00442079460018', '+442079460018'],
    ['RU', '810442079460018', '+442079460018'],
    ['MX', '5512345678', '+525512345678'],
    ['XX', '+442079460018', '+442079460018'],
    ['XX', '00442079460018', '+442079460018'],
  ])('in %s %s is %s', (country, raw, expected) => {
    expect(read(raw, country)).toBe(expected);
  });

  it('is refused where a national prefix could be taken off more than once', () => {
    expect(read('+49000000', 'DE')).toBe('wrong_length');
    expect(read('0114900000000', 'CN')).toBe('wrong_length');
  });

  it('is a number only with + or 00 where the country is not known', () => {
    expect(normaliseDialled('2025550199', { country: 'XX' }).ok).toBe(false);
  });
});

describe('normalising', () => {
  const anyCountry = fc.constantFrom(...getCountries(), 'XX');
  const anyDialled = fc.oneof(
    fc.stringMatching(/^\+?[0-9 ().-]{1,20}$/),
    fc.stringMatching(/^(\+|00|011)(1|44|49|39|54|55|52|7|61|882)\d{6,11}$/),
    fc.stringMatching(/^[2-9]\d{2}[2-9]\d{6}$/),
  );

  it('is idempotent: a number that came out goes in again unchanged, in any country', () => {
    fc.assert(
      fc.property(anyDialled, anyCountry, anyCountry, (raw, country, other) => {
        const first = normaliseDialled(raw, { country });
        if (!first.ok) return;
        expect(isE164(first.e164)).toBe(true);
        expect(read(first.e164, country)).toBe(first.e164);
        expect(read(first.e164, other)).toBe(first.e164);
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads every country's example number, nationally and internationally", () => {
    for (const country of getCountries()) {
      const example = getExampleNumber(country, examples);
      if (!example) continue;
      expect(read(example.number, 'US')).toBe(example.number);
      expect(read(example.formatNational(), country)).toBe(example.number);
      expect(read(`011${e164Digits(assertE164(example.number))}`, 'US')).toBe(example.number);
    }
  });

  it('never throws, whatever is dialled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string(), (raw, country) => {
        normaliseDialled(raw, { country });
      }),
    );
  });
});

function assertE164(text: string) {
  if (!isE164(text)) throw new Error(text);
  return text;
}

describe('dialled digits', () => {
  it('keep star codes and a leading plus, and lose separators', () => {
    expect(parseDialled('+1 (202) 555-0199')).toBe('+12025550199');
    expect(parseDialled('*97#')).toBe('*97#');
    expect(parseDialled('1+2')).toBeNull();
    expect(parseDialled('101\u0000')).toBeNull();
  });
});

describe('E.164', () => {
  it.each(['+12025550199', '+4420794', '+882133006551234'])('%s is', (text) => {
    expect(isE164(text)).toBe(true);
  });
  it.each(['12025550199', '+02025550199', '+44207', '+1234567890123456', '+1202 5550199', ''])(
    '"%s" is not',
    (text) => {
      expect(isE164(text)).toBe(false);
    },
  );
});

import type { DialledDigits } from './phone-number';

/**
 * Emergency numbers in their national form, by country (ISO 3166 alpha-2); after "/" those for
 * testing the route. Sources: national numbering plans as collected by the ITU (E.129) and, for
 * 112 in the EU, directive 2018/1972 article 109. Extend it where you sell.
 */
const NUMBERS_BY_COUNTRY: Readonly<Record<string, string>> = {
  AE: '999 998 997 112',
  AR: '911 100 101 107',
  AT: '112 122 133 144',
  AU: '000 106 112',
  BE: '112 100 101',
  BG: '112',
  BR: '190 192 193',
  CA: '911 / 933',
  CH: '112 117 118 144',
  CL: '131 132 133',
  CN: '110 119 120 122',
  CO: '123 112',
  CY: '112 199',
  CZ: '112 150 155 158',
  DE: '110 112',
  DK: '112',
  EE: '112',
  ES: '112 061 062 080 085 091 092',
  FI: '112',
  FR: '112 15 17 18 114 115 119 196',
  GB: '999 112',
  GR: '112 100 166 199',
  HK: '999 112',
  HR: '112 192 193 194',
  HU: '112 104 105 107',
  IE: '112 999',
  IL: '100 101 102 112',
  IN: '112 100 101 102 108',
  IS: '112',
  IT: '112 113 115 118',
  JP: '110 118 119',
  KE: '999 112',
  KR: '112 119',
  LI: '112 117 118 144',
  LT: '112',
  LU: '112 113',
  LV: '112 110 113',
  MT: '112',
  MX: '911',
  MY: '999 112',
  NL: '112',
  NO: '110 112 113',
  NZ: '111',
  PH: '911',
  PL: '112 997 998 999',
  PR: '911 / 933',
  PT: '112',
  RO: '112',
  SE: '112',
  SG: '995 999',
  SI: '112 113',
  SK: '112 150 155 158',
  TH: '191 199 1669',
  TR: '112',
  TW: '110 119 112',
  UA: '101 102 103 112',
  US: '911 / 933',
  ZA: '10111 10177 112',
};

/** Where a country is not in the list: what every mobile phone in the world takes for one. */
const ELSEWHERE = '112 911';

/** An emergency number, and whether it only tests the way there. */
export interface EmergencyNumber {
  readonly digits: string;
  readonly test: boolean;
}

/** The emergency numbers of a country, in their national form. */
export function emergencyNumbers(country: string): readonly EmergencyNumber[] {
  const [real = '', tests = ''] = (NUMBERS_BY_COUNTRY[country] ?? ELSEWHERE).split('/');
  const parse = (list: string, test: boolean) =>
    list.split(' ').flatMap((digits) => (digits === '' ? [] : [{ digits, test }]));
  return [...parse(real, false), ...parse(tests, true)];
}

const setsByCountry = new Map<string, ReadonlySet<string>>();

/**
 * Whether what was dialled (or is to become an extension's number) is an emergency number of the
 * country: the exact national form, nothing before or after it. Test numbers count: they take the
 * same way.
 */
export function isEmergencyNumber(country: string, digits: DialledDigits | string): boolean {
  let numbers = setsByCountry.get(country);
  if (!numbers) {
    numbers = new Set(emergencyNumbers(country).map((number) => number.digits));
    // Bounded: only countries of the list are kept.
    if (country in NUMBERS_BY_COUNTRY) setsByCountry.set(country, numbers);
  }
  return numbers.has(digits);
}

/** Whether it only tests the way there (933 in the US): nobody is called for help by it. */
export function isEmergencyTest(country: string, digits: string): boolean {
  return emergencyNumbers(country).some((number) => number.test && number.digits === digits);
}

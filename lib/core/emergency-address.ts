/** What a country's addresses need beside street, house number and city. */
interface AddressRule {
  readonly postalCode: RegExp;
  /** A code as it should look. */
  readonly example: string;
  readonly needsRegion: boolean;
}

/** By ISO 3166 alpha-2, as the Universal Postal Union collects them (UPU S42). */
const RULES: Readonly<Record<string, AddressRule>> = {
  AT: { postalCode: /^\d{4}$/, example: '1010', needsRegion: false },
  AU: { postalCode: /^\d{4}$/, example: '2000', needsRegion: true },
  BE: { postalCode: /^\d{4}$/, example: '1000', needsRegion: false },
  CA: { postalCode: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/, example: 'K1A 0B1', needsRegion: true },
  CH: { postalCode: /^\d{4}$/, example: '3000', needsRegion: false },
  DE: { postalCode: /^\d{5}$/, example: '10115', needsRegion: false },
  DK: { postalCode: /^\d{4}$/, example: '1050', needsRegion: false },
  ES: { postalCode: /^\d{5}$/, example: '28001', needsRegion: false },
  FR: { postalCode: /^\d{5}$/, example: '75001', needsRegion: false },
  GB: { postalCode: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/, example: 'SW1A 1AA', needsRegion: false },
  IT: { postalCode: /^\d{5}$/, example: '00118', needsRegion: false },
  NL: { postalCode: /^\d{4} ?[A-Z]{2}$/, example: '1012 AB', needsRegion: false },
  PL: { postalCode: /^\d{2}-\d{3}$/, example: '00-001', needsRegion: false },
  SE: { postalCode: /^\d{3} ?\d{2}$/, example: '111 20', needsRegion: false },
  US: { postalCode: /^\d{5}(-\d{4})?$/, example: '20500', needsRegion: true },
};

export interface AddressProblem {
  readonly path: 'postalCode' | 'region';
  readonly message: string;
}

/** What is missing of an address for its country; empty: help would find it. */
export function addressProblems(address: {
  readonly country: string;
  readonly region: string;
  readonly postalCode: string;
}): readonly AddressProblem[] {
  const rule = RULES[address.country];
  if (!rule) return [];
  const problems: AddressProblem[] = [];
  if (!rule.postalCode.test(address.postalCode.toUpperCase())) {
    const message = `must be a postal code of ${address.country} such as ${rule.example}`;
    problems.push({ path: 'postalCode', message });
  }
  if (rule.needsRegion && address.region === '') {
    problems.push({
      path: 'region',
      message: `is needed in ${address.country}: state or province`,
    });
  }
  return problems;
}

import { describe, expect, it } from 'vitest';
import { emergencyNumbers, isEmergencyNumber } from '@/lib/core/emergency';

describe('emergency numbers', () => {
  it('of the US are 911, and 933 to test it', () => {
    expect(emergencyNumbers('US')).toEqual([
      { digits: '911', test: false },
      { digits: '933', test: true },
    ]);
  });

  it.each([
    ['US', '911'],
    ['US', '933'],
    ['GB', '999'],
    ['DE', '112'],
    ['AU', '000'],
    ['XX', '112'],
  ])('in %s %s is one', (country, digits) => {
    expect(isEmergencyNumber(country, digits)).toBe(true);
  });

  it.each([
    ['US', '9111'],
    ['US', '1911'],
    ['US', '+911'],
    ['US', '112'],
    ['US', ''],
    ['DE', '911'],
    ['GB', '0999'],
  ])('in %s "%s" is none: the exact national form only', (country, digits) => {
    expect(isEmergencyNumber(country, digits)).toBe(false);
  });
});

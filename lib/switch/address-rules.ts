import { type Cidr, parseCidr } from '@/lib/core/cidr';
import type { SwitchDirectory } from './directory/directory';
import type { AddressRules } from './edge/source';

/**
 * What the configuration says about addresses: active trunks are trusted, by their socket address
 * alone. Their customers' wrong passwords must not cut a carrier off.
 */
export function addressRulesOf(directory: SwitchDirectory): AddressRules {
  const exempt: Cidr[] = [];
  for (const trunk of directory.records('trunk').values()) {
    const parsed = parseCidr(trunk.address);
    if (trunk.status === 'active' && parsed.ok) exempt.push(parsed.cidr);
  }
  return { exempt, denied: [] };
}

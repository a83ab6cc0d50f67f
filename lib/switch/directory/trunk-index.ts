import { parseCidr } from '@/lib/core/cidr';
import { CidrTable } from '@/lib/core/cidr-table';
import type { ConfigTrunk } from '@/lib/services/configuration/types';

/** Trunks by where they send from and by the name that a PBX registers under. */
export class TrunkIndex {
  private readonly byAddress = new Map<string, readonly ConfigTrunk[]>();
  private readonly byRange = new CidrTable<ConfigTrunk>();
  private readonly byUser = new Map<string, ConfigTrunk>();

  add(trunk: ConfigTrunk): void {
    const range = rangeOf(trunk);
    if (range) this.byRange.add(range, trunk);
    else if (trunk.address !== null) {
      this.byAddress.set(trunk.address, [...(this.byAddress.get(trunk.address) ?? []), trunk]);
    }
    const user = userKey(trunk);
    if (user !== undefined) this.byUser.set(user, trunk);
  }

  remove(trunk: ConfigTrunk): void {
    const range = rangeOf(trunk);
    if (range) this.byRange.remove(range, trunk);
    else if (trunk.address !== null) {
      const rest = (this.byAddress.get(trunk.address) ?? []).filter((each) => each !== trunk);
      if (rest.length > 0) this.byAddress.set(trunk.address, rest);
      else this.byAddress.delete(trunk.address);
    }
    const user = userKey(trunk);
    if (user !== undefined && this.byUser.get(user) === trunk) this.byUser.delete(user);
  }

  /** Trunks that send from an address: by the address itself first, then the longest prefix. */
  at(address: string): readonly ConfigTrunk[] {
    const exact = this.byAddress.get(address) ?? [];
    const ranges = this.byRange.at(address);
    return ranges.length === 0 ? exact : [...exact, ...ranges];
  }

  /** The PBX that registers under a name in a tenant. */
  ofUser(tenantId: string, username: string): ConfigTrunk | undefined {
    // Most installations have none: no key is made to find nothing.
    return this.byUser.size === 0 ? undefined : this.byUser.get(`${tenantId} ${username}`);
  }
}

function rangeOf({ address }: ConfigTrunk) {
  if (address === null || !address.includes('/')) return undefined;
  const range = parseCidr(address);
  return range.ok ? range.cidr : undefined;
}

function userKey({ kind, tenantId, username }: ConfigTrunk): string | undefined {
  return kind === 'pbx' && username !== null ? `${tenantId} ${username}` : undefined;
}

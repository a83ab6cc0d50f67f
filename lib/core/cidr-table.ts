import { type Cidr, networkOf, parseAddress, rangeOfCidr } from './cidr';

/**
 * Values by range of addresses, the longest prefix first: one look-up a length of prefix that
 * occurs, however many ranges there are.
 */
export class CidrTable<Value> {
  /** "version/bits" → network → values, and the lengths in use, longest first. */
  private readonly networks = new Map<string, Map<bigint, readonly Value[]>>();
  private lengths: { readonly version: 4 | 6; readonly bits: number }[] = [];

  add(cidr: Cidr, value: Value): void {
    const { version, value: network, prefixBits: bits } = rangeOfCidr(cidr);
    const key = `${version}/${bits}`;
    const known = this.networks.get(key) ?? new Map<bigint, readonly Value[]>();
    known.set(network, [...(known.get(network) ?? []), value]);
    if (this.networks.has(key)) return;
    this.networks.set(key, known);
    this.lengths = [...this.lengths, { version, bits }].sort((a, b) => b.bits - a.bits);
  }

  remove(cidr: Cidr, value: Value): void {
    const { version, value: network, prefixBits: bits } = rangeOfCidr(cidr);
    const key = `${version}/${bits}`;
    const known = this.networks.get(key);
    const left = known?.get(network)?.filter((each) => each !== value) ?? [];
    if (left.length > 0) known?.set(network, left);
    else known?.delete(network);
    if (known?.size !== 0) return;
    this.networks.delete(key);
    this.lengths = this.lengths.filter((each) => each.version !== version || each.bits !== bits);
  }

  /** Everything whose range an address lies in, the longest prefix first. */
  at(addressText: string): readonly Value[] {
    if (this.lengths.length === 0) return [];
    const address = parseAddress(addressText);
    if (address === null) return [];
    return this.lengths.flatMap(({ version, bits }) =>
      version === address.version
        ? (this.networks.get(`${version}/${bits}`)?.get(networkOf(address, bits)) ?? [])
        : [],
    );
  }
}

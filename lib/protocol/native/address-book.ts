import { ADDRESS, FAMILY, SCOPE, type UdpAddon, WORDS } from './addon';

/** Addresses whose text is remembered; beyond, all are forgotten. */
const MAX_CACHED_ADDRESSES = 50_000;

/** Texts of addresses and back, a bounded number of each. */
export class AddressBook {
  private readonly texts = new Map<number | string, string>();
  private readonly entries = new Map<string, Int32Array>();
  private readonly addon: UdpAddon;

  constructor(addon: UdpAddon) {
    this.addon = addon;
  }

  textOf(meta: Int32Array, index: number): string {
    const at = index * WORDS;
    const word = meta[at + ADDRESS] ?? 0;
    const key =
      meta[at + FAMILY] === 4
        ? word
        : `${word},${meta[at + ADDRESS + 1]},${meta[at + ADDRESS + 2]},${meta[at + ADDRESS + 3]},${meta[at + SCOPE]}`;
    const known = this.texts.get(key);
    if (known !== undefined) return known;
    if (this.texts.size >= MAX_CACHED_ADDRESSES) this.texts.clear();
    const text = this.addon.format(meta, index);
    this.texts.set(key, text);
    return text;
  }

  /** The entry of an address, port and place left out; undefined for what is none. */
  entryOf(address: string): Int32Array | undefined {
    const known = this.entries.get(address);
    if (known !== undefined) return known;
    const entry = new Int32Array(WORDS);
    if (!this.addon.resolve(address, entry)) return undefined;
    if (this.entries.size >= MAX_CACHED_ADDRESSES) this.entries.clear();
    this.entries.set(address, entry);
    return entry;
  }
}

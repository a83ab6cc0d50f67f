import { randomInt } from 'node:crypto';

/** Values by text: what of a Map is needed where they come and go all day. */
export interface Table<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  has(key: string): boolean;
  set(key: string, value: Value): unknown;
  /** Whether there was such a key. */
  delete(key: string): boolean;
  values(): Iterable<Value>;
  clear(): void;
}

/** Places of a new table; a power of two. */
const FIRST_PLACES = 64;
/** A table shrinks when fewer than one in so many places is taken: never right after it grew. */
const SPARSE = 16;

/**
 * A Map for entries that live for moments, a thousand a second. A Map throws its inner table away
 * every few deletions, and each table that was thrown away points to the next one: as soon as one of
 * them is old, the young generation's collector, which takes what is old for alive, keeps all that
 * follow and whatever they hold. Of every call 25 kB became old that way, and the old generation had
 * to be marked without a pause (tests/bench). This one has a single table and forgets by
 * overwriting.
 *
 * Open addressing with linear probing; deleting moves back what follows, so there are no tombstones.
 * Keys may be an attacker's: their hash begins with a secret. Values come in no particular order.
 */
export class TextTable<Value> implements Table<Value> {
  private keys: (string | undefined)[] = new Array(FIRST_PLACES).fill(undefined);
  private kept: (Value | undefined)[] = new Array(FIRST_PLACES).fill(undefined);
  private hashes = new Int32Array(FIRST_PLACES);
  private mask = FIRST_PLACES - 1;
  private count = 0;
  private readonly seed = randomInt(2 ** 32) | 0;

  get size(): number {
    return this.count;
  }

  get(key: string): Value | undefined {
    return this.kept[this.placeOf(key, this.hashOf(key))];
  }

  has(key: string): boolean {
    return this.keys[this.placeOf(key, this.hashOf(key))] !== undefined;
  }

  set(key: string, value: Value): void {
    const hash = this.hashOf(key);
    const place = this.placeOf(key, hash);
    this.kept[place] = value;
    if (this.keys[place] !== undefined) return;
    this.keys[place] = key;
    this.hashes[place] = hash;
    this.count += 1;
    if (this.count * 3 > this.mask * 2) this.resize((this.mask + 1) * 2);
  }

  delete(key: string): boolean {
    const place = this.placeOf(key, this.hashOf(key));
    if (this.keys[place] === undefined) return false;
    this.vacate(place);
    this.count -= 1;
    if (this.count * SPARSE < this.mask && this.mask >= FIRST_PLACES) {
      this.resize((this.mask + 1) / 2);
    }
    return true;
  }

  /** All of them as they are now: the table may be changed while they are gone through. */
  values(): Value[] {
    const all: Value[] = [];
    for (let place = 0; place <= this.mask; place += 1) {
      if (this.keys[place] !== undefined) all.push(this.kept[place] as Value);
    }
    return all;
  }

  clear(): void {
    this.keys.fill(undefined);
    this.kept.fill(undefined);
    this.count = 0;
  }

  /** Where a key is, or where it would go: there is always a free place. */
  private placeOf(key: string, hash: number): number {
    const { keys, hashes, mask } = this;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const there = keys[place];
      if (there === undefined || (hashes[place] === hash && there === key)) return place;
    }
  }

  /** Frees a place and closes the gap: what was pushed past it by others moves back into it. */
  private vacate(place: number): void {
    const { keys, kept, hashes, mask } = this;
    let gap = place;
    for (let next = (gap + 1) & mask; keys[next] !== undefined; next = (next + 1) & mask) {
      const home = (hashes[next] ?? 0) & mask;
      if (((next - home) & mask) < ((next - gap) & mask)) continue;
      keys[gap] = keys[next];
      kept[gap] = kept[next];
      hashes[gap] = hashes[next] ?? 0;
      gap = next;
    }
    keys[gap] = undefined;
    kept[gap] = undefined;
  }

  private resize(places: number): void {
    const { keys, kept, hashes } = this;
    this.keys = new Array(places).fill(undefined);
    this.kept = new Array(places).fill(undefined);
    this.hashes = new Int32Array(places);
    this.mask = places - 1;
    for (const [from, key] of keys.entries()) {
      if (key === undefined) continue;
      const hash = hashes[from] ?? 0;
      const place = this.placeOf(key, hash);
      this.keys[place] = key;
      this.kept[place] = kept[from];
      this.hashes[place] = hash;
    }
    // An old table that is dead still counts as alive to the young generation's collector.
    keys.fill(undefined);
    kept.fill(undefined);
  }

  private hashOf(key: string): number {
    let hash = this.seed;
    for (let index = 0; index < key.length; index += 1) {
      hash = Math.imul(hash ^ key.charCodeAt(index), 0x5bd1e995);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}

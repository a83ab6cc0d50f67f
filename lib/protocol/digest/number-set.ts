const FIRST_PLACES = 1_024;

/**
 * A set of numbers from 0 to 2^53 - 1 that only grows: one array of doubles by open addressing, so
 * that hundreds of thousands are nothing that the garbage collector has to walk.
 */
export class NumberSet {
  /** A number plus one; 0: a free place. A power of two of them, half filled at most. */
  private places = new Float64Array(FIRST_PLACES);
  private count = 0;

  get size(): number {
    return this.count;
  }

  has(value: number): boolean {
    return this.places[placeOf(this.places, value)] !== 0;
  }

  add(value: number): void {
    const place = placeOf(this.places, value);
    if (this.places[place] !== 0) return;
    this.places[place] = value + 1;
    this.count += 1;
    if (this.count * 2 > this.places.length) this.grow();
  }

  private grow(): void {
    const old = this.places;
    this.places = new Float64Array(old.length * 2);
    for (const kept of old) {
      if (kept !== 0) this.places[placeOf(this.places, kept - 1)] = kept;
    }
  }
}

/** Where a number is, or where it would go. */
function placeOf(places: Float64Array, value: number): number {
  const mask = places.length - 1;
  let place = (value | 0) & mask;
  while (places[place] !== 0 && places[place] !== value + 1) place = (place + 1) & mask;
  return place;
}

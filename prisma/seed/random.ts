/** Chance that comes out the same every time: a demo looks alike on every machine. */
export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in [from, to]. */
  whole(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  /** An item by its weight. */
  weighted<T>(items: readonly (readonly [item: T, weight: number])[]): T;
  /** Seconds that a conversation lasts: many short ones, few long ones. */
  talkSeconds(medianSeconds: number): number;
}

/** mulberry32: 32 bits of state, good enough to scatter phone calls. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const at = <T>(items: readonly T[], index: number): T => {
    const item = items[index];
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  };
  return {
    next,
    whole,
    pick: (items) => at(items, whole(0, items.length - 1)),
    weighted(items) {
      const total = items.reduce((sum, [, weight]) => sum + weight, 0);
      let left = next() * total;
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return at(items, items.length - 1)[0];
    },
    talkSeconds(medianSeconds) {
      // Log-normal by Box and Muller.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return Math.min(5_400, Math.max(2, Math.round(medianSeconds * Math.exp(normal * 0.9))));
    },
  };
}

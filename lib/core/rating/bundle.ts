/** How the billed seconds of a call divide. Together they are all of them. */
export interface BundleSplit {
  /** Free at its beginning by the rate: no bundle is used up for them. */
  readonly freeSeconds: number;
  /** Taken out of the bundle. */
  readonly bundleSeconds: number;
  /** Priced. */
  readonly pricedSeconds: number;
}

/**
 * Splits a call at the point where a bundle is exhausted: the seconds within it are free, those
 * beyond are priced, neither all nor none. `billed` are whole increments, counted once for the call
 * and never anew behind the split.
 */
export function splitBundle(
  remainingSeconds: number,
  billed: number,
  rate: { readonly freeSeconds: number } = { freeSeconds: 0 },
): BundleSplit {
  const freeSeconds = Math.min(billed, rate.freeSeconds);
  const bundleSeconds = Math.min(Math.max(0, remainingSeconds), billed - freeSeconds);
  return { freeSeconds, bundleSeconds, pricedSeconds: billed - freeSeconds - bundleSeconds };
}

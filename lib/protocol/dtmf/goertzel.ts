/**
 * The power of a signal at one frequency (Goertzel): the mean square of a sine of that frequency
 * which the signal holds. Samples in any unit, the power in its square.
 */
export function goertzelPower(
  samples: ArrayLike<number>,
  toneHz: number,
  sampleRateHz: number,
): number {
  if (samples.length === 0) return 0;
  const step = 2 * Math.cos((2 * Math.PI * toneHz) / sampleRateHz);
  let last = 0;
  let beforeLast = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const now = (samples[index] ?? 0) + step * last - beforeLast;
    beforeLast = last;
    last = now;
  }
  const squared = last * last + beforeLast * beforeLast - step * last * beforeLast;
  return (2 * squared) / (samples.length * samples.length);
}

/** The share of a signal's power that lies at one frequency, 0 … 1; 0 for silence. */
export function goertzelShare(
  samples: ArrayLike<number>,
  toneHz: number,
  sampleRateHz: number,
): number {
  let energy = 0;
  for (let index = 0; index < samples.length; index += 1) energy += (samples[index] ?? 0) ** 2;
  if (energy === 0) return 0;
  return goertzelPower(samples, toneHz, sampleRateHz) / (energy / samples.length);
}

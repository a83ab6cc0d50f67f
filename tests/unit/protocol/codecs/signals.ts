/** A pure tone. */
export function tone(
  rateHz: number,
  toneHz: number,
  options: { ms: number; peak?: number },
): Int16Array {
  const { ms, peak = 8_000 } = options;
  return Int16Array.from({ length: (rateHz * ms) / 1_000 }, (_, index) =>
    Math.round(peak * Math.sin((2 * Math.PI * toneHz * index) / rateHz)),
  );
}

/** Numbers from 0 to 1 that are the same in every run (a linear congruence). */
export function dice(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Something like speech: a buzz whose pitch glides, through two formants that wander, in syllables
 * of changing strength, with hiss between them.
 */
export function speechLike(rateHz: number, ms: number, seed = 1): Int16Array {
  const random = dice(seed);
  const samples = new Int16Array((rateHz * ms) / 1_000);
  const memory = [0, 0, 0, 0];
  let phase = 0;
  let [strength, pitchHz, firstHz, secondHz, isVoiced] = [0, 120, 500, 1_500, true];
  for (let index = 0; index < samples.length; index += 1) {
    if (index % Math.round(rateHz * 0.14) === 0) {
      strength = random() < 0.2 ? 0.02 : 0.3 + 0.7 * random();
      pitchHz = 90 + 160 * random();
      firstHz = 280 + 600 * random();
      secondHz = 900 + 1_600 * random();
      isVoiced = random() < 0.7;
    }
    phase += pitchHz / rateHz;
    const isPulse = phase >= 1;
    if (isPulse) phase -= 1;
    const source = isVoiced ? (isPulse ? 12 : 0) + 0.1 * (random() - 0.5) : random() - 0.5;
    let sound = source;
    for (const [place, hz] of [firstHz, secondHz].entries()) {
      const radius = 0.97;
      const cosine = 2 * radius * Math.cos((2 * Math.PI * hz) / rateHz);
      const before = memory[2 * place] ?? 0;
      const now = sound + cosine * before - radius ** 2 * (memory[2 * place + 1] ?? 0);
      memory[2 * place + 1] = before;
      memory[2 * place] = now;
      sound = now * 0.35;
    }
    samples[index] = Math.max(-32_000, Math.min(32_000, Math.round(sound * strength * 4_000)));
  }
  return samples;
}

/** The root of the mean square. */
export function rms(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] ?? 0) ** 2;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/** How far a signal lies above what a codec added to it, in dB, at the delay that fits best. */
export function snrDb(original: Int16Array, decoded: Int16Array, maxDelay = 64): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let delay = 0; delay <= maxDelay; delay += 1) {
    const length = Math.min(original.length, decoded.length - delay);
    const noise = Float64Array.from(
      { length },
      (_, index) => (decoded[index + delay] ?? 0) - (original[index] ?? 0),
    );
    best = Math.max(best, 20 * Math.log10(rms(original.subarray(0, length)) / rms(noise)));
  }
  return best;
}

/** Zero crossings of the kernel on each side: some 70 dB beyond a narrow edge. */
const CROSSINGS = 16;
/** Where the edge lies, as a share of the slower side's half rate. */
const PASS_SHARE = 0.92;
/** Kaiser's β for about 70 dB. */
const BETA = 7;
/** Places of the kernel that are worked out for one sample of the source. */
const STEPS = 256;

/** The modified Bessel function I0, by its series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Brings mono samples from any rate to any other, in as many pieces as they come in. */
export class RateConverter {
  /** Samples of the source for one of the result. */
  private readonly ratio: number;
  /** How far the kernel reaches, in samples of the source. */
  private readonly reach: number;
  private readonly kernel: Float32Array;
  private samples = new Float32Array(0);
  /** Of the source: the place of `samples[0]`. */
  private base = 0;
  private made = 0;

  constructor(fromHz: number, toHz: number) {
    this.ratio = fromHz / toHz;
    const edge = PASS_SHARE * Math.min(1, toHz / fromHz);
    this.reach = Math.ceil(CROSSINGS / edge);
    this.kernel = Float32Array.from({ length: this.reach * STEPS + 2 }, (_, index) => {
      const at = index / STEPS;
      const sinc = at === 0 ? edge : Math.sin(Math.PI * edge * at) / (Math.PI * at);
      const window = bessel0(BETA * Math.sqrt(Math.max(0, 1 - (at / this.reach) ** 2)));
      return (sinc * window) / bessel0(BETA);
    });
  }

  /** Takes the next samples; what can be made by now. */
  push(piece: Float32Array): Float32Array {
    const joined = new Float32Array(this.samples.length + piece.length);
    joined.set(this.samples);
    joined.set(piece, this.samples.length);
    this.samples = joined;
    return this.make(this.base + joined.length - this.reach);
  }

  /** What is left; nothing comes after it. */
  end(): Float32Array {
    return this.make(this.base + this.samples.length);
  }

  /** All results whose place in the source lies before `until`. */
  private make(until: number): Float32Array {
    const count = Math.max(0, Math.ceil(until / this.ratio) - this.made);
    const out = Float32Array.from({ length: count }, (_, index) =>
      this.at((this.made + index) * this.ratio),
    );
    this.made += count;
    const done = Math.max(0, Math.floor(this.made * this.ratio) - this.reach - this.base);
    const dropped = Math.min(done, this.samples.length);
    this.samples = this.samples.slice(dropped);
    this.base += dropped;
    return out;
  }

  private at(place: number): number {
    const first = Math.max(this.base, Math.ceil(place - this.reach));
    const last = Math.min(this.base + this.samples.length - 1, Math.floor(place + this.reach));
    let sum = 0;
    for (let index = first; index <= last; index += 1) {
      const step = Math.abs(place - index) * STEPS;
      const whole = Math.floor(step);
      const here = this.kernel[whole] ?? 0;
      const weight = here + ((this.kernel[whole + 1] ?? 0) - here) * (step - whole);
      sum += (this.samples[index - this.base] ?? 0) * weight;
    }
    return sum;
  }
}

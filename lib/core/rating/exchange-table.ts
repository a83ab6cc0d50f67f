import { type ExchangeRateView, inverted } from './fx';

type Stored = ExchangeRateView & { readonly id: string };

/** What currencies are worth in each other, and since when. */
export class ExchangeTable {
  /** By "base quote", the newest first. */
  private readonly pairs = new Map<string, Stored[]>();

  put(rate: Stored): void {
    this.remove(rate.id);
    const key = `${rate.base} ${rate.quote}`;
    const rates = [...(this.pairs.get(key) ?? []), rate];
    rates.sort((one, other) => other.validFromMs - one.validFromMs);
    this.pairs.set(key, rates);
  }

  remove(id: string): void {
    for (const [key, rates] of this.pairs) {
      const left = rates.filter((rate) => rate.id !== id);
      if (left.length === rates.length) continue;
      if (left.length === 0) this.pairs.delete(key);
      else this.pairs.set(key, left);
    }
  }

  /**
   * Units of `quote` for one of `base` at a time, in 10⁻⁹: the newest rate in force, of the pair or of
   * its inverse. Undefined = nobody has said.
   */
  rate(base: string, quote: string, atMs: number): bigint | undefined {
    if (this.pairs.size === 0) return undefined;
    const direct = this.inForce(base, quote, atMs);
    const inverse = this.inForce(quote, base, atMs);
    if (direct && (!inverse || direct.validFromMs >= inverse.validFromMs)) return direct.rateNano;
    return inverse && inverted(inverse.rateNano);
  }

  private inForce(base: string, quote: string, atMs: number): Stored | undefined {
    return this.pairs.get(`${base} ${quote}`)?.find(({ validFromMs }) => validFromMs <= atMs);
  }
}

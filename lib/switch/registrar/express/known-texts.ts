import { HASH_SEED, isTextAt, mixBytes, type Span } from '@/lib/protocol/sip/span';

/**
 * What was found out about texts that come again and again, by their bytes in a packet: a phone's
 * name for itself, a domain. A text has one place, taken by the last one that falls there.
 */
export class KnownTexts<Value extends { readonly text: string }> {
  private readonly values: (Value | undefined)[];
  private readonly learn: (text: string) => Value;
  private readonly mask: number;

  /** `places` is a power of two. */
  constructor(places: number, learn: (text: string) => Value) {
    this.values = new Array<Value | undefined>(places).fill(undefined);
    this.mask = places - 1;
    this.learn = learn;
  }

  at(bytes: Buffer, span: Span): Value {
    const place = mixBytes(HASH_SEED, bytes, span) & this.mask;
    const known = this.values[place];
    if (known !== undefined && isTextAt(bytes, span, known.text)) return known;
    const learnt = this.learn(bytes.toString('latin1', span.start, span.end));
    this.values[place] = learnt;
    return learnt;
  }
}

/**
 * Remembers what texts were parsed to. One message asks three or four times what its URIs are, and
 * the same few stand in message after message: a domain, who calls whom. What comes out is shared,
 * so it must never be changed by whoever gets it.
 * A text has one place, taken by the last one that falls there: nothing is looked for, and as few
 * packets are kept alive (each key is a slice of one) as there are places. Few are enough: nearly all
 * repetitions are within a message, and what is kept is copied by each collection of what is young.
 */
export class ParsedTexts<Parsed extends object> {
  private readonly texts: (string | undefined)[];
  private readonly values: (Parsed | undefined)[];
  private readonly parse: (text: string) => Parsed | undefined;
  private readonly mask: number;

  /** `places` is a power of two. */
  constructor(parse: (text: string) => Parsed | undefined, places: number) {
    this.parse = parse;
    this.mask = places - 1;
    this.texts = new Array<string | undefined>(places).fill(undefined);
    this.values = new Array<Parsed | undefined>(places).fill(undefined);
  }

  /** As parsed; undefined for what can't be, which is not remembered. */
  of(text: string): Parsed | undefined {
    const place = this.placeOf(text);
    if (this.texts[place] === text) return this.values[place];
    const parsed = this.parse(text);
    if (parsed === undefined) return undefined;
    this.texts[place] = text;
    this.values[place] = parsed;
    return parsed;
  }

  /** Of a few characters only: those of one message differ in length nearly always. */
  private placeOf(text: string): number {
    const { length } = text;
    const first = text.charCodeAt(4);
    const middle = text.charCodeAt(length >> 1);
    const last = text.charCodeAt(length - 1);
    return (length * 7 + first * 5 + middle * 3 + last) & this.mask;
  }
}

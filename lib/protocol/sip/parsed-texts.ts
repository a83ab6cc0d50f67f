/**
 * Remembers what texts were parsed to. The same few stand in message after message: a domain, who
 * calls whom, a contact. What comes out is shared, so it must never be changed by whoever gets it.
 * Two generations: the older one goes as a whole; it bounds also what packets the keys keep alive.
 */
export class ParsedTexts<Parsed extends object> {
  private young = new Map<string, Parsed>();
  private old = new Map<string, Parsed>();
  private readonly parse: (text: string) => Parsed | undefined;
  private readonly maxYoung: number;

  constructor(parse: (text: string) => Parsed | undefined, maxEntries: number) {
    this.parse = parse;
    this.maxYoung = Math.max(Math.floor(maxEntries / 2), 1);
  }

  /** As parsed; undefined for what can't be, which is not remembered. */
  of(text: string): Parsed | undefined {
    const young = this.young.get(text);
    if (young !== undefined) return young;
    const parsed = this.old.get(text) ?? this.parse(text);
    if (parsed === undefined) return undefined;
    if (this.young.size >= this.maxYoung) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(text, parsed);
    return parsed;
  }
}

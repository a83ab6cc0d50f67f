/** Draws from a seed: the same seed gives the same run. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** mulberry32: small, and good enough to look everywhere. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Something of a list that holds something. */
  of<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('an empty list');
    return item;
  }
}

/** What breaks readers: each the heart of a real attack or of a real mistake. */
const NASTY: readonly string[] = [
  '\r\n',
  '\r',
  '\n',
  '\0',
  '\r\n\r\n',
  '\r\n ',
  ',',
  ';',
  ':',
  '"',
  '\\',
  '\\"',
  '<',
  '>',
  '%',
  '%00',
  '%0d%0a',
  '%25%30%30',
  '@',
  '?',
  '=',
  '/',
  ' ',
  '\t',
  '*',
  '0',
  '-1',
  '1e9',
  '4294967296',
  '99999999999999999999',
  '\xff\xfe',
  '\xc3\x28',
  '[::1]',
  '[',
  ']',
  '__proto__',
  'constructor',
  'z9hG4bK',
  'SIP/2.0',
  ';tag=',
  ';lr',
  '{{',
  '${',
];

const LONGEST = 70_000;

type Mutation = (text: string, chance: Chance, other: string) => string;

function place(text: string, chance: Chance): number {
  return chance.below(text.length + 1);
}

function changeLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\r\n');
  change(lines);
  return lines.join('\r\n');
}

const MUTATIONS: readonly Mutation[] = [
  (text, chance) => {
    const at = place(text, chance);
    const code = text.charCodeAt(Math.min(at, text.length - 1)) ^ (1 << chance.below(8));
    return `${text.slice(0, at)}${String.fromCharCode(code & 0xff)}${text.slice(at + 1)}`;
  },
  (text, chance) => {
    const at = place(text, chance);
    return `${text.slice(0, at)}${chance.of(NASTY)}${text.slice(at)}`;
  },
  (text, chance) => {
    const at = place(text, chance);
    const length = chance.below(chance.next() < 0.5 ? 4 : 200);
    return text.slice(0, at) + text.slice(at + length);
  },
  (text, chance) => {
    const at = place(text, chance);
    const part = text.slice(at, at + chance.below(80));
    const times = chance.next() < 0.02 ? 1_000 : 1 + chance.below(6);
    return `${text.slice(0, at)}${part.repeat(times)}${text.slice(at)}`;
  },
  (text, chance, other) => text.slice(0, place(text, chance)) + other.slice(place(other, chance)),
  (text, chance) => changeLines(text, (lines) => lines.splice(chance.below(lines.length), 1)),
  (text, chance) =>
    changeLines(text, (lines) => {
      lines.splice(chance.below(lines.length), 0, chance.of(lines));
    }),
  (text, chance, other) =>
    changeLines(text, (lines) => {
      lines.splice(chance.below(lines.length), 0, chance.of(other.split('\r\n')));
    }),
  (text, chance) =>
    changeLines(text, (lines) => {
      const at = chance.below(lines.length);
      const name = lines[at]?.split(':')[0] ?? 'X';
      lines[at] = `${name}: ${chance.of(NASTY).repeat(1 + chance.below(5))}`;
    }),
  (text, chance) => {
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return text;
    const found = chance.of(numbers);
    const extreme = chance.of(['0', '-1', '1', '65536', '2147483648', '9'.repeat(40), '00000001']);
    return text.slice(0, found.index) + extreme + text.slice(found.index + found[0].length);
  },
  (text, chance) => text.slice(0, place(text, chance)),
];

/** Spoils a message a little, or a lot. */
export function mutate(text: string, chance: Chance, other: string): string {
  let spoilt = text;
  const times = 1 + chance.below(chance.next() < 0.7 ? 2 : 8);
  for (let n = 0; n < times; n += 1) spoilt = chance.of(MUTATIONS)(spoilt, chance, other);
  return spoilt.slice(0, LONGEST);
}

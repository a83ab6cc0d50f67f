import { STEP_ITEMS, type Steps } from '@/lib/core/steps';
import { longestOf } from './rate';
import { RANGE_OF_LENGTH, type RateColumns } from './rate-columns';

/** In units of each view. */
const NODE_WORDS = 2;
const NODE_INTS = 4;
const NODE = { key: 0, parent: 2, lengths: 3 };
const LENGTH_MASK = 0xff;
const ABOVE_SHIFT = 8;
const ABOVE_MASK = 0xffff;
/** The rate above is one of the same prefix. */
const SAME_BIT = 1 << 24;

/**
 * What finds a rate, in 16 bytes: a step of the search is one look at memory. Of each rate its key, the
 * rate above it (the same prefix from earlier on, or the next shorter one), its length, and a bit for
 * each length of the prefixes above: which of them a number begins with is told without a walk.
 */
export class PrefixNodes {
  readonly size: number;
  private readonly words: Float64Array;
  private readonly ints: Int32Array;

  private constructor(size: number) {
    this.size = size;
    const bytes = new ArrayBuffer(size * NODE_WORDS * 8);
    this.words = new Float64Array(bytes);
    this.ints = new Int32Array(bytes);
  }

  /** The nodes of columns that are in order. */
  static *of({ key, length }: RateColumns): Steps<PrefixNodes> {
    const nodes = new PrefixNodes(key.length);
    const open: number[] = [];
    for (let index = 0; index < nodes.size; index += 1) {
      const own = key[index] ?? 0;
      let top = open.at(-1);
      while (top !== undefined && own >= nodes.keyOf(top) + nodes.rangeOf(top)) {
        open.pop();
        top = open.at(-1);
      }
      nodes.write(index, top ?? -1, { key: own, length: length[index] ?? 0 });
      open.push(index);
      if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
    }
    return nodes;
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  keyOf(index: number): number {
    return this.words[index * NODE_WORDS + NODE.key] ?? 0;
  }

  /** -1 = none. */
  parentOf(index: number): number {
    return this.ints[index * NODE_INTS + NODE.parent] ?? -1;
  }

  lengthOf(index: number): number {
    return this.lengthsOf(index) & LENGTH_MASK;
  }

  /** A bit for each length of the shorter prefixes above. */
  aboveOf(index: number): number {
    return (this.lengthsOf(index) >> ABOVE_SHIFT) & ABOVE_MASK;
  }

  /** The newest rate above whose prefix has that length, one of `aboveOf`; reads none but those between. */
  ancestorOf(index: number, length: number): number {
    let at = index;
    while (this.parentLengthOf(at) !== length) at = this.parentOf(at);
    return this.parentOf(at);
  }

  private parentLengthOf(index: number): number {
    const lengths = this.lengthsOf(index);
    if ((lengths & SAME_BIT) !== 0) return lengths & LENGTH_MASK;
    return longestOf((lengths >> ABOVE_SHIFT) & ABOVE_MASK);
  }

  private lengthsOf(index: number): number {
    return this.ints[index * NODE_INTS + NODE.lengths] ?? 0;
  }

  private rangeOf(index: number): number {
    return RANGE_OF_LENGTH[this.lengthOf(index)] ?? 0;
  }

  private write(index: number, parent: number, { key, length }: { key: number; length: number }) {
    let lengths = length;
    if (parent !== -1) {
      const isSame = this.lengthOf(parent) === length;
      const above = this.aboveOf(parent) | (isSame ? 0 : 1 << this.lengthOf(parent));
      lengths |= (above << ABOVE_SHIFT) | (isSame ? SAME_BIT : 0);
    }
    this.words[index * NODE_WORDS + NODE.key] = key;
    this.ints[index * NODE_INTS + NODE.parent] = parent;
    this.ints[index * NODE_INTS + NODE.lengths] = lengths;
  }
}

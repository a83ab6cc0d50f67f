import { STEP_ITEMS, type Steps } from '@/lib/core/steps';

/** What is sorted in one go; a comparison takes some ten nanoseconds, and each item needs a dozen. */
const RUN_ITEMS = 4_096;

/** The places 0 … size − 1 in order, equal ones as they came: runs are sorted, then merged in pairs. */
export function* sortedOrder(
  size: number,
  compare: (left: number, right: number) => number,
): Steps<Uint32Array> {
  let from = new Uint32Array(size);
  for (let index = 0; index < size; index += 1) from[index] = index;
  for (let begin = 0; begin < size; begin += RUN_ITEMS) {
    from
      .subarray(begin, begin + RUN_ITEMS)
      .sort((left, right) => compare(left, right) || left - right);
    yield;
  }
  let into = new Uint32Array(size);
  for (let width = RUN_ITEMS; width < size; width *= 2) {
    yield* mergePairs({ from, into, width, compare });
    [from, into] = [into, from];
  }
  return from;
}

interface Merge {
  readonly from: Uint32Array;
  readonly into: Uint32Array;
  /** Of a sorted run; the last may be shorter. */
  readonly width: number;
  readonly compare: (left: number, right: number) => number;
}

function* mergePairs({ from, into, width, compare }: Merge): Steps<void> {
  const size = from.length;
  let at = 0;
  for (let begin = 0; begin < size; begin += 2 * width) {
    const middle = Math.min(begin + width, size);
    const end = Math.min(middle + width, size);
    let [left, right] = [begin, middle];
    for (; left < middle || right < end; at += 1) {
      const one = from[left] ?? 0;
      const other = from[right] ?? 0;
      const isLeft = right === end || (left < middle && compare(one, other) <= 0);
      into[at] = isLeft ? one : other;
      if (isLeft) left += 1;
      else right += 1;
      if (at % STEP_ITEMS === STEP_ITEMS - 1) yield;
    }
  }
}

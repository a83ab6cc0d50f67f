/**
 * A list with one more at its end, in memory of just its length: a list that lives as long as a call
 * does has one entry or two, and what is pushed on makes room for seventeen.
 */
export function appended<Entry>(list: readonly Entry[], entry: Entry): readonly Entry[] {
  return list.length === 0 ? [entry] : list.concat(entry);
}

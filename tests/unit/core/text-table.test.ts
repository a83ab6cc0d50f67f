import { describe, expect, it } from 'vitest';
import { TextTable } from '@/lib/core/text-table.server';

describe('a table by text', () => {
  it('finds, overwrites and forgets', () => {
    const table = new TextTable<number>();
    expect(table.get('a')).toBeUndefined();
    expect(table.delete('a')).toBe(false);
    table.set('a', 1);
    table.set('', 2);
    table.set('a', 3);
    expect(table.size).toBe(2);
    expect(table.get('a')).toBe(3);
    expect(table.has('')).toBe(true);
    expect([...table.values()].sort()).toEqual([2, 3]);
    expect(table.delete('a')).toBe(true);
    expect(table.has('a')).toBe(false);
    expect(table.get('')).toBe(2);
    table.clear();
    expect(table.size).toBe(0);
    expect(table.values()).toEqual([]);
    expect(table.get('')).toBeUndefined();
  });

  it('keeps a value that is undefined', () => {
    const table = new TextTable<number | undefined>();
    table.set('a', undefined);
    expect([table.size, table.has('a'), table.values()]).toEqual([1, true, [undefined]]);
  });

  it('does what a Map does, however it grows, shrinks and moves entries', () => {
    // A small alphabet: neighbours in the table, gaps that close across its end.
    let state = 20_261_127;
    const next = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    const table = new TextTable<number>();
    const model = new Map<string, number>();
    for (let step = 0; step < 60_000; step += 1) {
      // Grows for a while, then shrinks, over and over.
      const isGrowing = Math.floor(step / 5_000) % 2 === 0;
      const key = `call-${next(3_000)}`;
      if (next(10) < (isGrowing ? 7 : 2)) {
        table.set(key, step);
        model.set(key, step);
      } else {
        expect(table.delete(key)).toBe(model.delete(key));
      }
      expect(table.size).toBe(model.size);
      const other = `call-${next(3_000)}`;
      expect(table.get(other)).toBe(model.get(other));
      expect(table.has(other)).toBe(model.has(other));
    }
    const inOrder = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
    expect(inOrder(table.values())).toEqual(inOrder(model.values()));
  });

  it('may be changed while its values are gone through', () => {
    const table = new TextTable<string>();
    for (let n = 0; n < 200; n += 1) table.set(`k${n}`, `k${n}`);
    for (const value of table.values()) table.delete(value);
    expect(table.size).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { Grouper, type GrouperOptions } from '@/lib/services/charging/grouper';

/** A grouper whose groups are let through one by one. */
function makeGrouper(options: Partial<GrouperOptions<number, number>> = {}) {
  const groups: (readonly number[])[] = [];
  const gates: (() => void)[] = [];
  const grouper = new Grouper<number, number>({
    maxGroup: 4,
    maxDelayMs: 0,
    lanes: 1,
    maxWaiting: 100,
    keyOf: String,
    touchesOf: (item) => [item % 2 === 0 ? 'even' : 'odd'],
    isCommon: (error) => error instanceof Error && error.message === 'away',
    async run(items) {
      groups.push(items);
      await new Promise<void>((resolve) => gates.push(resolve));
      if (items.includes(13)) throw new Error('unlucky');
      if (items.includes(99)) throw new Error('away');
      return items.map((item) => item * 2);
    },
    ...options,
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** Lets groups through until nothing is left. */
  const drain = async () => {
    for (let quiet = 0; quiet < 5; ) {
      await turn();
      const gate = gates.shift();
      quiet = gate ? 0 : quiet + 1;
      gate?.();
    }
  };
  return { grouper, groups, drain, turn };
}

describe('a grouper', () => {
  it('does together what is asked in the same turn, and answers each', async () => {
    const { grouper, groups, drain } = makeGrouper();
    const results = Promise.all([1, 2, 3].map((item) => grouper.submit(item)));
    await drain();
    expect(await results).toEqual([2, 4, 6]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  it('gathers the next group while one is under way, up to its bound', async () => {
    const { grouper, groups, drain, turn } = makeGrouper();
    const first = grouper.submit(1);
    await turn();
    await turn();
    const rest = Promise.all([2, 3, 4, 5, 6].map((item) => grouper.submit(item)));
    await drain();
    await first;
    expect(await rest).toEqual([4, 6, 8, 10, 12]);
    expect(groups).toEqual([[1], [2, 3, 4, 5], [6]]);
  });

  it('never lets one that fails fail its neighbours', async () => {
    const { grouper, groups, drain } = makeGrouper();
    const results = Promise.allSettled([1, 13, 3].map((item) => grouper.submit(item)));
    await drain();
    expect(await results).toMatchObject([
      { status: 'fulfilled', value: 2 },
      { status: 'rejected', reason: { message: 'unlucky' } },
      { status: 'fulfilled', value: 6 },
    ]);
    expect(groups).toEqual([[1, 13, 3], [1], [13], [3]]);
  });

  it('tries nobody alone where the failure is everybody’s', async () => {
    const { grouper, groups, drain } = makeGrouper();
    const results = Promise.allSettled([1, 99, 3].map((item) => grouper.submit(item)));
    await drain();
    expect((await results).map((each) => each.status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ]);
    expect(groups).toHaveLength(1);
  });

  it('never puts two of the same key in one group, and keeps their order', async () => {
    const { grouper, groups, drain } = makeGrouper();
    const results = Promise.all([1, 2, 1, 3, 1].map((item) => grouper.submit(item)));
    await drain();
    expect(await results).toEqual([2, 4, 2, 6, 2]);
    expect(groups).toEqual([[1, 2, 3], [1], [1]]);
  });

  it('lets a further lane take only what the group under way does not lock', async () => {
    const { grouper, groups, drain, turn } = makeGrouper({ lanes: 2 });
    const first = grouper.submit(1);
    await turn();
    await turn();
    const rest = Promise.all([3, 2, 5].map((item) => grouper.submit(item)));
    await turn();
    await turn();
    expect(groups).toEqual([[1], [2]]);
    await drain();
    await first;
    expect(await rest).toEqual([6, 4, 10]);
    expect(groups).toEqual([[1], [2], [3, 5]]);
  });

  it('with company enough starts once a turn brings nothing more, long before its delay', async () => {
    const patience = { maxGroup: 64, maxDelayMs: 60_000, enough: 3 };
    const { grouper, groups, drain, turn } = makeGrouper(patience);
    const results = [grouper.submit(1), grouper.submit(2)];
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(groups).toEqual([]);
    const late = turn().then(() => results.push(grouper.submit(4)));
    results.push(grouper.submit(3));
    await late;
    await turn();
    await turn();
    expect(groups).toEqual([[1, 2, 3, 4]]);
    await drain();
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8]);
  });

  it('parts a group among idle lanes where nothing locks the same, and nowhere else', async () => {
    const touches = new Map([
      [1, ['a']],
      [2, ['b']],
      [3, ['c', 'a']],
      [4, ['d']],
      [5, ['c']],
      [6, ['e']],
    ]);
    const touchesOf = (item: number) => touches.get(item) ?? [`${item}`];
    const lanes = { lanes: 2, maxGroup: 64, touchesOf, leastPart: 2 };
    const { grouper, groups, drain } = makeGrouper(lanes);
    const results = Promise.all([1, 2, 4, 6, 3, 5].map((item) => grouper.submit(item)));
    await drain();
    expect(await results).toEqual([2, 4, 8, 12, 6, 10]);
    // 3 locks what 1 does, and 5 what 3 does: all three go together.
    expect(groups).toEqual([[1, 2, 4, 6, 3, 5]]);

    const apart = Promise.all([1, 3, 2, 4, 6].map((item) => grouper.submit(item)));
    await drain();
    expect(await apart).toEqual([2, 6, 4, 8, 12]);
    expect(groups.slice(1)).toEqual([
      [1, 3, 2],
      [4, 6],
    ]);

    const few = Promise.all([2, 4, 6].map((item) => grouper.submit(item)));
    await drain();
    await few;
    expect(groups.slice(3)).toEqual([[2, 4, 6]]);
  });

  it('refuses more than may wait', async () => {
    const { grouper, drain } = makeGrouper({ maxWaiting: 2 });
    const kept = [grouper.submit(1), grouper.submit(2)];
    await expect(grouper.submit(3)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await drain();
    expect(await Promise.all(kept)).toEqual([2, 4]);
  });

  it('is idle when all that was asked is answered', async () => {
    const { grouper, drain } = makeGrouper();
    const answers: number[] = [];
    void grouper.submit(1).then((answer) => answers.push(answer));
    void grouper.submit(2).then((answer) => answers.push(answer));
    const idle = grouper.idle();
    await drain();
    await idle;
    expect(answers).toEqual([2, 4]);
    await grouper.idle();
  });
});

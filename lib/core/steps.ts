/**
 * Long work in short steps, as a generator that pauses between two: whoever runs it decides what
 * happens meanwhile.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Items of a loop in a step, where an item takes a fraction of a microsecond: a millisecond or two. */
export const STEP_ITEMS = 8_192;

/** Does all of it now. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Does it with a turn of the loop between two steps, so that nobody waits longer than for one. */
export async function byTurns<Result>(
  steps: Steps<Result>,
  turn: () => Promise<unknown>,
): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await turn();
  }
}

import { AppError } from '@/lib/core/errors';

/** A call says one thing at a time; whoever re-INVITEs without waiting is refused long before. */
const MAX_WAITING = 64;

/** Has things done one after the other, in the order in which they were asked for. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** What fails fails alone. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.waiting >= MAX_WAITING) {
      return Promise.reject(new AppError('UNAVAILABLE', 'Too much is asked of rtpengine at once.'));
    }
    this.waiting += 1;
    const done = this.last.then(work).finally(() => {
      this.waiting -= 1;
    });
    this.last = done.catch(() => undefined);
    return done;
  }
}

import { AppError } from '@/lib/core/errors';

/** Passwords checked at the same time: each takes 32 MB and a core for 0.2 s. */
const MAX_RUNNING = 2;
/** Waiting at most: some 6 s of work. Whoever comes later is told to try again. */
const MAX_WAITING = 60;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs password work a few at a time. Throws UNAVAILABLE when too many wait already. */
export async function throughPasswordGate<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_RUNNING) {
    if (waiting.length >= MAX_WAITING) {
      throw new AppError('UNAVAILABLE', 'Too many people sign in at once: try again in a moment.', {
        meta: { retryAfterSeconds: 10 },
      });
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Database } from '@/lib/infra/db/client';
import { countAttemptsSql } from './sql';

/** Failures are counted over this time. */
const WINDOW_MS = 15 * 60_000;
/** By name and address together: somebody mistypes, or guesses one person's password. */
const MAX_PAIR = 5;
/** By name from anywhere: many machines guess one person's password. */
const MAX_NAME = 50;
/** By address for any name: one machine tries many people. */
const MAX_ADDRESS = 50;

export interface Attempt {
  readonly email: string;
  readonly address: string | null;
  readonly nowMs: number;
}

/**
 * Writes an attempt down as failed and gives its id. It is counted before the password is looked
 * at, so that attempts made at the same time see each other. Throws RATE_LIMITED at the limits;
 * that one then doesn't count, so waiting always helps.
 */
export async function brake(database: Database, attempt: Attempt): Promise<string> {
  const { email, nowMs } = attempt;
  const address = attempt.address ?? 'unknown';
  const id = newId(nowMs);
  const at = new Date(nowMs);
  await database.prisma.signInAttempt.create({
    data: { id, email, address, succeeded: false, at },
  });
  const { rows } = await database.pool.query<{ pair: number; name: number; address: number }>(
    countAttemptsSql,
    [email, address, new Date(nowMs - WINDOW_MS)],
  );
  const count = rows[0] ?? { pair: 0, name: 0, address: 0 };
  const fits = count.pair <= MAX_PAIR && count.name <= MAX_NAME && count.address <= MAX_ADDRESS;
  if (fits) return id;
  await database.prisma.signInAttempt.delete({ where: { id } });
  const minutes = WINDOW_MS / 60_000;
  throw new AppError('RATE_LIMITED', `Too many attempts: try again in ${minutes} minutes.`, {
    meta: { retryAfterSeconds: WINDOW_MS / 1_000 },
  });
}

/** The attempt was no failure; those before it stay counted. */
export async function forgive(database: Database, id: string): Promise<void> {
  await database.prisma.signInAttempt.update({ where: { id }, data: { succeeded: true } });
}

/** The attempt was the right person's: what they mistyped before counts no more. */
export async function release(database: Database, id: string, attempt: Attempt): Promise<void> {
  const address = attempt.address ?? 'unknown';
  await forgive(database, id);
  await database.prisma.signInAttempt.deleteMany({
    where: { email: attempt.email, address, succeeded: false },
  });
}

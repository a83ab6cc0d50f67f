import { AppError } from '@/lib/core/errors';
import { Prisma } from '@/prisma/generated/client';

/** What to say where a constraint refuses a change. */
export interface ConflictMessages {
  /** A unique constraint: somebody else has it. */
  readonly taken?: string;
  /** A foreign key, on delete: something still refers to it. */
  readonly inUse?: string;
}

/** Turns a broken constraint into CONFLICT with words of ours; anything else is passed on. */
export async function refuseConflicts<T>(
  messages: ConflictMessages,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw conflictOf(messages, error) ?? error;
  }
}

function conflictOf(messages: ConflictMessages, cause: unknown): AppError | null {
  if (!(cause instanceof Prisma.PrismaClientKnownRequestError)) return null;
  const message =
    cause.code === 'P2002'
      ? messages.taken
      : cause.code === 'P2003' || cause.code === 'P2014'
        ? messages.inUse
        : undefined;
  return message === undefined ? null : new AppError('CONFLICT', message, { cause });
}

import { AppError } from '@/lib/core/errors';
import { Prisma } from '@/prisma/generated/client';

/**
 * Turns a broken unique constraint into CONFLICT with words of ours, and a broken foreign key on
 * delete into CONFLICT as well; anything else is passed on as it is.
 */
export async function refuseConflicts<T>(
  messages: { readonly taken?: string; readonly inUse?: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Prisma.PrismaClientKnownRequestError) {
      if (cause.code === 'P2002' && messages.taken) {
        throw new AppError('CONFLICT', messages.taken, { cause });
      }
      if ((cause.code === 'P2003' || cause.code === 'P2014') && messages.inUse) {
        throw new AppError('CONFLICT', messages.inUse, { cause });
      }
    }
    throw cause;
  }
}

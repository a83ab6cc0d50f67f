import { AppError } from '@/lib/core/errors';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { ageNumber } from './internal/age-number';
import { findNumber } from './internal/view';
import { type ReleasedNumber, type ReleaseNumberInput, releaseNumberSchema } from './schemas';

/**
 * Gives a number back: it rests in the stock that it came from, rings nowhere, and is charged no
 * more; what was paid for the month is not given back. Done twice it does nothing more. Throws
 * CONFLICT where the number that was typed to confirm it is another one, or it is being ported.
 */
export async function releaseNumber(
  context: ServiceContext,
  numberId: string,
  input: ReleaseNumberInput,
): Promise<ReleasedNumber> {
  authorize(context, 'numbers.order');
  const { confirm } = parseInput(releaseNumberSchema, input);
  return await context.database.prisma.$transaction(async (tx) => {
    const number = await findNumber(tx, context, numberId);
    if (confirm !== number.e164) {
      throw new AppError('CONFLICT', 'To confirm it, give the number itself in E.164 form.');
    }
    if (number.state !== 'aging') {
      await ageNumber(tx, context, { number, verb: 'numbers.release' });
    }
    return { id: number.id, e164: number.e164, state: 'aging' as const };
  });
}

import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import type { WireBooks } from './schemas';
import { verifyLedger } from './verify-ledger';

/**
 * Checks every invariant of all books, now, in one consistent view; calls may go on meanwhile. Reads
 * all of them: seconds for millions of postings. For the operator alone.
 */
export async function checkBooks(context: ServiceContext): Promise<WireBooks> {
  authorize(context, 'ledger.verify');
  const { ok, checks, figures } = await verifyLedger(context.database);
  return {
    ok,
    checkedAt: new Date(context.clock.nowMs()).toISOString(),
    checks: checks.map(({ invariant, ok: holds, violation }) => ({
      invariant,
      ok: holds,
      violation,
    })),
    figures: { ...figures },
  };
}

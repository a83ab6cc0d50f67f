import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LedgerEntry, postLedgerValues } from '@/lib/services/ledger/entries';
import { availableMicro, mayPost } from '@/lib/services/ledger/rules';

describe('what may be posted by hand', () => {
  const amount = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
  const funds = fc.record({
    balanceMicro: amount,
    heldMicro: fc.bigInt({ min: 0n, max: 1_000_000n }),
    creditLimitMicro: fc.bigInt({ min: 0n, max: 1_000_000n }),
  });

  it('never takes what is reserved or was never there, and never refuses money that comes in', () => {
    fc.assert(
      fc.property(funds, amount, (wallet, amountMicro) => {
        const allowed = mayPost(wallet, amountMicro);
        if (amountMicro >= 0n) expect(allowed).toBe(true);
        else expect(allowed).toBe(availableMicro(wallet) + amountMicro >= 0n);
      }),
    );
  });
});

describe('the arguments of post_ledger', () => {
  it('keep each line with its transaction, numbered from 1, amounts exact', () => {
    const entry = (id: string, ...amounts: bigint[]): LedgerEntry => ({
      key: `key ${id}`,
      id,
      kind: 'call',
      subjectId: null,
      actorId: null,
      reason: null,
      lines: amounts.map((amountMicro, index) => ({ ledgerAccountId: `a${index}`, amountMicro })),
    });
    const values = postLedgerValues(
      [entry('one', -(2n ** 60n), 2n ** 60n), entry('two', -3n, 1n, 2n)],
      new Map([['wallet', -7n]]),
    );
    expect(values[6]).toEqual(['one', 'one', 'two', 'two', 'two']);
    expect(values[7]).toEqual([1, 2, 1, 2, 3]);
    expect(values[9]).toEqual(['-1152921504606846976', '1152921504606846976', '-3', '1', '2']);
    expect([values[10], values[11]]).toEqual([['wallet'], ['-7']]);
  });
});

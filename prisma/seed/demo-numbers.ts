import type { SeedContext } from '@/lib/server/seed-context';
import { createNumberPrice } from '@/lib/services/number-prices/create-number-price';
import { createNumber } from '@/lib/services/numbers/create-number';
import { handOverNumbers } from '@/lib/services/numbers/hand-over-numbers';
import { asAccount, type Seller } from './tools';

/** Free numbers: of the ranges kept for fiction. */
const STOCK = [
  { first: '+12025550160', count: 8, area: 'Washington' },
  { first: '+13125550130', count: 6, area: 'Chicago' },
  { first: '+442079460960', count: 4, area: 'London' },
] as const;

/** Numbers that can be ordered, in the operator's stock and a reseller's, at what each asks. */
export async function seedDemoNumbers(
  seed: SeedContext,
  operator: Seller,
  resellers: readonly Seller[],
): Promise<void> {
  const context = asAccount(seed, operator);
  const currency = 'USD';
  await createNumberPrice(context, { currency, perPeriod: '0.80' });
  await createNumberPrice(context, { currency, country: 'GB', perPeriod: '1.20' });
  await createNumberPrice(context, { currency, group: 'gold', setUp: '25', perPeriod: '10' });
  for (const reseller of resellers) {
    const theirs = asAccount(seed, reseller);
    await createNumberPrice(theirs, { currency, setUp: '1', perPeriod: '2.50' });
  }
  const [first] = resellers;
  for (const { first: from, count, area } of STOCK) {
    const numberIds: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const e164 = `+${BigInt(from.slice(1)) + BigInt(index)}`;
      const number = await createNumber(context, { e164, area });
      numberIds.push(number.id);
    }
    if (!first) continue;
    await handOverNumbers(context, { numberIds: numberIds.slice(0, 2), accountId: first.id });
  }
}

import { ManualClock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { createSealer } from '@/lib/infra/crypto';
import type { Role } from '@/lib/services/access/roles';
import type { ServiceContext } from '@/lib/services/context';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { type FreshDatabase, freshDatabase } from '@/tests/support/database';
import { type Buyer, makeBuyers, makeOperator, type Root } from '@/tests/support/money-world';

/** Operator → North → (Acme, South → Birch), each below the operator with a wallet. */
export interface BooksWorld {
  readonly fresh: FreshDatabase;
  readonly database: ServicesDatabase;
  readonly clock: ManualClock;
  readonly operator: Root;
  readonly north: Buyer;
  readonly south: Buyer;
  readonly acme: Buyer;
  readonly birch: Buyer;
  /** A person of an account calling a verb. */
  as(account: { readonly id: string; readonly path: string }, role?: Role): ServiceContext;
  close(): Promise<void>;
}

export async function openBooks(): Promise<BooksWorld> {
  const fresh = await freshDatabase();
  const database = connectServices({
    url: fresh.appUrl,
    max: 6,
    applicationName: 'test books',
    onIdleError: () => undefined,
  });
  const operator = await makeOperator(database);
  const one = async (parent: Root, kind: 'reseller' | 'customer', balance: string) => {
    const [buyer] = await makeBuyers(database, parent, [{ kind, balance }]);
    if (!buyer) throw new Error('no buyer');
    return buyer;
  };
  const north = await one(operator, 'reseller', '1000');
  const south = await one(north, 'reseller', '200');
  const acme = await one(north, 'customer', '100');
  const birch = await one(south, 'customer', '5');
  const kinds = new Map<string, 'operator' | 'reseller' | 'customer'>([
    [operator.id, 'operator'],
    [north.id, 'reseller'],
    [south.id, 'reseller'],
  ]);
  const sealer = createSealer('a secret key for tests, long enough');
  const clock = new ManualClock(Date.now());
  return {
    fresh,
    database,
    clock,
    operator,
    north,
    south,
    acme,
    birch,
    as: (account, role = 'owner') => ({
      database,
      clock,
      sealer,
      actor: {
        kind: 'user',
        id: newId(),
        accountId: account.id as Uuid,
        accountPath: account.path,
        accountKind: kinds.get(account.id) ?? 'customer',
        role,
        scopes: null,
        behindId: null,
        address: '127.0.0.1',
        requestId: null,
      },
    }),
    async close() {
      await database.close();
      await fresh.drop();
    },
  };
}

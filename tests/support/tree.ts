import { type Clock, systemClock } from '@/lib/core/clock';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { createSealer } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import type { SeedContext } from '@/lib/server/seed-context';
import type { Role } from '@/lib/services/access/roles';
import type { ServiceContext } from '@/lib/services/context';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { createExtension } from '@/lib/services/extensions/create-extension';
import { createTenant } from '@/lib/services/tenants/create-tenant';
import {
  asAccount,
  createBelow,
  createLiveDeck,
  createOperator,
  type Seller,
} from '@/prisma/seed/tools';
import { type FreshDatabase, freshDatabase } from './database';

/** An account with people in every role. */
export interface Member extends Seller {
  /** Somebody of this account, by role; the owner unless told. */
  as(role?: Role): ServiceContext;
}

/** A customer with a tenant and the extensions 101 and 102. */
export interface Customer extends Member {
  readonly tenantId: string;
  readonly extension101: string;
  readonly extension102: string;
}

/**
 * A tree of one's own on a database of one's own: an operator, a reseller with two customers, and
 * another reseller with one. Every customer has extensions 101 and 102.
 */
export interface Tree {
  readonly fresh: FreshDatabase;
  readonly database: ServicesDatabase;
  readonly seed: SeedContext;
  readonly operator: Member;
  readonly reseller: Member;
  readonly acme: Customer;
  readonly birch: Customer;
  readonly rival: Member;
  readonly cedar: Customer;
  close(): Promise<void>;
}

export async function plantTree(clock: Clock = systemClock): Promise<Tree> {
  const fresh = await freshDatabase();
  const database = connectServices({
    url: fresh.appUrl,
    max: 10,
    applicationName: 'test',
    onIdleError: () => undefined,
  });
  const sealer = createSealer('a key for tests, long enough to be one');
  // Seeds read nothing of the environment.
  const seed = { database, sealer, clock, log: silentLogger, env: null } as unknown as SeedContext;
  const limits = { maxConcurrentCalls: 100, maxCallsPerSecond: 100 };
  const member = (seller: Seller): Member => ({
    ...seller,
    as: (role = 'owner') => ({ ...asAccount(seed, seller), actor: actorOf(seller, role) }),
  });
  const operator = member(
    await createOperator(seed, { name: 'Operator', currency: 'USD', timeZone: 'UTC', limits }),
  );
  const seller = async (parent: Seller, name: string): Promise<Member> => {
    const rates = [{ prefix: '1', perMinute: '0.01', first: 1, next: 1 }];
    const sellDeckId = await createLiveDeck(seed, parent, {
      kind: 'sell',
      name: `to ${name}`,
      rates,
    });
    const account = { kind: 'reseller', name, sellDeckId, openingBalance: '100' } as const;
    return member(await createBelow(seed, parent, account));
  };
  const customer = async (parent: Seller, name: string): Promise<Customer> => {
    const made = member(
      await createBelow(seed, parent, { kind: 'customer', name, openingBalance: '20' }),
    );
    const context = asAccount(seed, operator);
    const domain = `${name.toLowerCase()}.test`;
    const tenant = await createTenant(context, { accountId: made.id, domain });
    const extension = (number: string) =>
      createExtension(context, { tenantId: tenant.id, number, name: `${name} ${number}` });
    const extension101 = (await extension('101')).id;
    const extension102 = (await extension('102')).id;
    return { ...made, tenantId: tenant.id, extension101, extension102 };
  };
  const reseller = await seller(operator, 'Reseller');
  const rival = await seller(operator, 'Rival');
  return {
    fresh,
    database,
    seed,
    operator,
    reseller,
    acme: await customer(reseller, 'Acme'),
    birch: await customer(reseller, 'Birch'),
    rival,
    cedar: await customer(rival, 'Cedar'),
    async close() {
      await database.close();
      await fresh.drop();
    },
  };
}

function actorOf(seller: Seller, role: Role): ServiceContext['actor'] {
  return {
    kind: 'user',
    id: newId(),
    accountId: seller.id as Uuid,
    accountPath: seller.path,
    accountKind: seller.kind,
    role,
    scopes: null,
    behindId: null,
    address: '192.0.2.1',
    requestId: null,
  };
}

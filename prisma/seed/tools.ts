import { assert } from '@/lib/core/errors';
import type { Uuid } from '@/lib/core/ids';
import { newId } from '@/lib/core/ids.server';
import { parseMicro } from '@/lib/core/money';
import type { SeedContext } from '@/lib/server/seed-context';
import { createAccount } from '@/lib/services/accounts/create-account';
import type { CreateAccountInput } from '@/lib/services/accounts/schemas';
import type { ServiceContext } from '@/lib/services/context';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { createDeck } from '@/lib/services/decks/create-deck';
import type { CreateDeckInput } from '@/lib/services/decks/schemas';
import { createEmergencyAddress } from '@/lib/services/emergency/create-emergency-address';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { POST_LEDGER_SQL, postLedgerValues } from '@/lib/services/ledger/entries';

/** An account of the tree that is being built, as the verbs need it. */
export interface Seller {
  readonly id: string;
  readonly path: string;
  readonly kind: 'operator' | 'reseller' | 'customer';
}

/** What verbs get when the system acts in an account's name. */
export function asAccount(seed: SeedContext, account: Seller): ServiceContext {
  const { database, clock, sealer } = seed;
  return {
    database,
    clock,
    sealer,
    actor: {
      kind: 'system',
      id: null,
      // Ids of ours come from newId, whose type this is.
      accountId: account.id as Uuid,
      accountPath: account.path,
      accountKind: account.kind,
      role: 'owner',
      scopes: null,
      behindId: null,
      address: null,
      requestId: null,
    },
  };
}

interface OperatorSeed {
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly limits: { readonly maxConcurrentCalls: number; readonly maxCallsPerSecond: number };
}

/** The root of the tree, which no verb but the set-up makes. */
export async function createOperator(seed: SeedContext, operator: OperatorSeed): Promise<Seller> {
  const id = newId(seed.clock.nowMs());
  const { name, currency, timeZone, limits } = operator;
  const path = `/${id}/`;
  await seed.database.prisma.account.create({
    data: { id, path, kind: 'operator', name, currency, timeZone, country: 'US', ...limits },
  });
  return { id, path, kind: 'operator' };
}

/** An account below a seller, with its opening balance posted. */
export async function createBelow(
  seed: SeedContext,
  parent: Seller,
  account: CreateAccountInput & { readonly openingBalance?: string },
): Promise<Seller> {
  const { openingBalance, ...input } = account;
  // Scenarios say themselves who may call where.
  const made = await createAccount(asAccount(seed, parent), { fraudProfile: 'none', ...input });
  if (openingBalance) await postOpeningBalance(seed, made, openingBalance);
  return { id: made.id, path: `${parent.path}${made.id}/`, kind: made.kind };
}

/** Opening balances are postings like any other: no wallet is ever just given a number. */
export async function postOpeningBalance(
  { database }: SeedContext,
  account: { readonly id: string; readonly currency: string },
  amount: string,
): Promise<void> {
  const chart = new ChartOfAccounts();
  const { currency } = account;
  await chart.ensureWallets(database.pool, [{ accountId: account.id, currency }]);
  const wallet = chart.wallet(account.id, currency);
  assert(wallet !== undefined, 'a new account has a wallet');
  const opening = {
    ownerId: wallet.sellerAccountId,
    currency,
    kind: 'opening_balance',
    counterpartyId: null,
  } as const;
  await chart.ensureAccounts(database.pool, [opening]);
  const amountMicro = parseMicro(amount);
  const entry = {
    key: `opening:${wallet.walletId}`,
    id: newId(),
    kind: 'opening_balance',
    subjectId: account.id,
    actorId: null,
    reason: 'opening balance',
    lines: [
      { ledgerAccountId: wallet.ledgerAccountId, amountMicro },
      { ledgerAccountId: chart.accountId(opening), amountMicro: -amountMicro },
    ],
  } as const;
  await database.pool.query(POST_LEDGER_SQL, postLedgerValues([entry]));
}

/** A deck whose first version is live at once. */
export async function createLiveDeck(
  seed: SeedContext,
  owner: Seller,
  deck: CreateDeckInput,
): Promise<string> {
  const context = asAccount(seed, owner);
  const { id } = await createDeck(context, deck);
  await activateDeckVersion(context, id, { version: 1 });
  return id;
}

interface PersonSeed {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
}

/** A person who owns an account; nobody is sent anything. */
export async function createOwner(
  { database, clock }: SeedContext,
  account: Seller,
  person: PersonSeed,
): Promise<void> {
  const id = newId(clock.nowMs());
  await database.prisma.user.create({
    data: { id, ...person, memberships: { create: { accountId: account.id, role: 'owner' } } },
  });
}

interface Place {
  readonly houseNumber: string;
  readonly street: string;
  readonly city: string;
  readonly region?: string;
  readonly postalCode: string;
}

/** A place in each country of the scenarios. */
const PLACES: Readonly<Record<string, Place>> = {
  DE: { houseNumber: '1', street: 'Invalidenstraße', city: 'Berlin', postalCode: '10115' },
  GB: { houseNumber: '10', street: 'Downing Street', city: 'London', postalCode: 'SW1A 2AA' },
  US: {
    houseNumber: '1600',
    street: 'Pennsylvania Avenue NW',
    city: 'Washington',
    region: 'DC',
    postalCode: '20500',
  },
};

/** Says where help is sent to that is called from a tenant's phones, and on which number it calls back. */
export async function createPlaceOfHelp(
  context: ServiceContext,
  tenant: { readonly id: string; readonly country: string },
  numberId: string | null,
): Promise<void> {
  const place = PLACES[tenant.country];
  assert(place !== undefined, `there is a place in ${tenant.country}`);
  await createEmergencyAddress(context, {
    ...{ tenantId: tenant.id, name: 'Office', country: tenant.country, contact: 'Front desk' },
    ...place,
    ...{ numberId, confirmed: true },
  });
}

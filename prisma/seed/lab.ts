import { newId } from '@/lib/core/ids.server';
import { hashPassword, hashToken } from '@/lib/infra/crypto';
import type { SeedContext } from '@/lib/server/seed-context';
import { hintOf } from '@/lib/services/api-keys/rules';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import type { CreateDeckInput } from '@/lib/services/decks/schemas';
import { createExtension } from '@/lib/services/extensions/create-extension';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { createNumber } from '@/lib/services/numbers/create-number';
import { createPlan } from '@/lib/services/plans/create-plan';
import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { createTenant } from '@/lib/services/tenants/create-tenant';
import { updateTenant } from '@/lib/services/tenants/update-tenant';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import {
  asAccount,
  createBelow,
  createLiveDeck,
  createOperator,
  createOwner,
  createPlaceOfHelp,
  type Seller,
} from './tools';

/** Well known on purpose: the lab binds to loopback only, and says so. */
const PASSWORD = 'Lab-password-1';
const API_KEY = 'tb_lab_key_for_loopback_only';
const LOOPBACK = ['127.0.0.1/32', '::1/128'];
const CURRENCY = 'USD';
const LIMITS = { maxConcurrentCalls: 100, maxCallsPerSecond: 100 };
const FIRST_EXTENSION = 101;
const LAST_EXTENSION = 110;

const DESTINATIONS: Readonly<Record<string, string>> = {
  '1': 'United States and Canada',
  '44': 'United Kingdom',
  '447': 'United Kingdom mobile',
  '882': 'International networks',
};

/** prefix, price a minute, first/next seconds. */
type RateLine = readonly [prefix: string, perMinute: string, increments: `${number}/${number}`];

function deck(
  kind: 'sell' | 'buy',
  name: string,
  lines: { readonly rates: readonly RateLine[]; readonly connectFee?: string },
): CreateDeckInput {
  return {
    kind,
    name,
    currency: CURRENCY,
    rates: lines.rates.map(([prefix, perMinute, increments]) => {
      const [first = 0, next = 1] = increments.split('/').map(Number);
      const destination = DESTINATIONS[prefix] ?? '';
      const connectFee = lines.connectFee ?? '0';
      return { prefix, destination, perMinute, first, next, connectFee };
    }),
  };
}

interface LabAccounts {
  readonly operator: Seller;
  readonly north: Seller;
  readonly south: Seller;
  readonly acme: Seller;
  readonly birch: Seller;
  readonly cedar: Seller;
}

/** The lab of issue A: its names, figures and secrets are literal and stay. */
export async function seedLab(seed: SeedContext): Promise<void> {
  seed.log.warn('lab.insecure', {
    message: 'THE LAB: every password, SIP secret and key in here is public. Loopback only.',
    signInAs: 'operator@lab.test',
  });
  const accounts = await seedAccounts(seed);
  await seedRoutes(seed, accounts.operator);
  await seedTenants(seed, accounts);
  await seedPlans(seed, accounts);
  await seedAccess(seed, accounts);
}

async function seedAccounts(seed: SeedContext): Promise<LabAccounts> {
  const operator = await createOperator(seed, {
    name: 'Operator',
    currency: CURRENCY,
    timeZone: 'UTC',
    limits: LIMITS,
  });
  const toNorth = await createLiveDeck(
    seed,
    operator,
    deck('sell', 'Operator to North', {
      rates: [
        ['1', '0.0080', '6/6'],
        ['44', '0.0100', '1/1'],
        ['447', '0.0300', '1/1'],
        ['882', '3.0000', '60/60'],
      ],
    }),
  );
  const north = await createBelow(seed, operator, {
    kind: 'reseller',
    name: 'North',
    sellDeckId: toNorth,
    limits: LIMITS,
    openingBalance: '1000.00',
  });
  const toSouth = await createLiveDeck(
    seed,
    north,
    deck('sell', 'North to South', {
      rates: [
        ['1', '0.0100', '6/6'],
        ['44', '0.0150', '1/1'],
        ['447', '0.0400', '1/1'],
      ],
    }),
  );
  const south = await createBelow(seed, north, {
    kind: 'reseller',
    name: 'South',
    sellDeckId: toSouth,
    limits: LIMITS,
    openingBalance: '200.00',
  });
  return { operator, north, south, ...(await seedCustomers(seed, { operator, north, south })) };
}

async function seedCustomers(
  seed: SeedContext,
  sellers: Pick<LabAccounts, 'operator' | 'north' | 'south'>,
): Promise<Pick<LabAccounts, 'acme' | 'birch' | 'cedar'>> {
  const toAcme = await createLiveDeck(
    seed,
    sellers.north,
    deck('sell', 'North to Acme', {
      rates: [
        ['1', '0.0150', '60/60'],
        ['44', '0.0200', '30/6'],
        ['447', '0.0500', '60/1'],
        ['882', '4.0000', '60/60'],
      ],
    }),
  );
  const toBirch = await createLiveDeck(
    seed,
    sellers.south,
    deck('sell', 'South to Birch', {
      connectFee: '0.0100',
      rates: [
        ['1', '0.0250', '60/60'],
        ['44', '0.0300', '60/60'],
        ['447', '0.0600', '60/60'],
      ],
    }),
  );
  const toCedar = await createLiveDeck(
    seed,
    sellers.operator,
    deck('sell', 'Operator to Cedar', {
      rates: [
        ['1', '0.0100', '1/1'],
        ['44', '0.0120', '1/1'],
      ],
    }),
  );
  const customer = { kind: 'customer', limits: LIMITS } as const;
  return {
    acme: await createBelow(seed, sellers.north, {
      ...customer,
      name: 'Acme',
      sellDeckId: toAcme,
      openingBalance: '100.00',
    }),
    birch: await createBelow(seed, sellers.south, {
      ...customer,
      name: 'Birch',
      sellDeckId: toBirch,
      openingBalance: '5.00',
    }),
    cedar: await createBelow(seed, sellers.operator, {
      ...customer,
      name: 'Cedar',
      sellDeckId: toCedar,
      walletMode: 'postpaid',
      creditLimit: '50.00',
    }),
  };
}

/** Carriers by address and port; 44 is cheapest over b, all else over a, and a takes emergencies. */
async function seedRoutes(seed: SeedContext, operator: Seller): Promise<void> {
  const context = asAccount(seed, operator);
  const buyA = await createLiveDeck(
    seed,
    operator,
    deck('buy', 'carrier-a', {
      rates: [
        ['1', '0.0040', '6/6'],
        ['44', '0.0060', '1/1'],
        ['447', '0.0200', '1/1'],
        ['882', '2.5000', '60/60'],
      ],
    }),
  );
  const buyB = await createLiveDeck(
    seed,
    operator,
    deck('buy', 'carrier-b', {
      rates: [
        ['1', '0.0050', '6/6'],
        ['44', '0.0055', '1/1'],
        ['447', '0.0210', '1/1'],
      ],
    }),
  );
  const a = await createCarrier(context, { name: 'carrier-a', buyDeckId: buyA });
  const b = await createCarrier(context, { name: 'carrier-b', buyDeckId: buyB });
  const by = { address: '127.0.0.1', transport: 'udp', numberFormat: 'plus_e164' } as const;
  const trunkA = await createTrunk(context, {
    ...by,
    carrierId: a.id,
    name: 'carrier-a',
    port: 5090,
    emergency: true,
  });
  const trunkB = await createTrunk(context, {
    ...by,
    carrierId: b.id,
    name: 'carrier-b',
    port: 5092,
  });
  await createRouteGroup(context, {
    name: 'Default',
    strategy: 'lcr',
    members: [{ trunkId: trunkA.id }, { trunkId: trunkB.id }],
  });
}

/** The same extension numbers in every tenant, on purpose. */
async function seedTenants(seed: SeedContext, accounts: LabAccounts): Promise<void> {
  const { operator, acme, birch, cedar } = accounts;
  const context = asAccount(seed, operator);
  const tenants = [
    { name: 'acme', account: acme, destinations: ['1', '44', '882'], e164: '+12025550101' },
    { name: 'birch', account: birch, destinations: ['1', '44'], e164: '+12025550102' },
    { name: 'cedar', account: cedar, destinations: ['1', '44'], e164: '+12025550103' },
  ];
  for (const { name, account, destinations, e164 } of tenants) {
    const tenant = await createTenant(context, {
      accountId: account.id,
      domain: `${name}.lab.test`,
      country: 'US',
      allowedDestinations: destinations,
    });
    // Who calls in a lab is a program, and waits for a status: it has no ear for words.
    await updateTenant(context, tenant.id, { announceRefusals: false });
    const extensionIds: string[] = [];
    for (let number = FIRST_EXTENSION; number <= LAST_EXTENSION; number += 1) {
      const extension = await createExtension(context, {
        tenantId: tenant.id,
        number: String(number),
        name: `Extension ${number}`,
        secret: `lab-${name}-${number}`,
      });
      extensionIds.push(extension.id);
    }
    const number = await createNumber(context, { e164, accountId: account.id });
    const extensionId = extensionIds[0] ?? null;
    await assignNumber(context, number.id, { tenantId: tenant.id, extensionId });
    await createPlaceOfHelp(context, tenant, number.id);
  }
}

/** What can be ordered: by Acme from North, by Birch from South, by Cedar and North from the operator. */
async function seedPlans(
  seed: SeedContext,
  { operator, north, south }: LabAccounts,
): Promise<void> {
  for (const seller of [operator, north, south]) {
    await createPlan(asAccount(seed, seller), {
      name: 'Extension',
      description: 'One more extension with its own SIP credentials.',
      pricePerPeriod: '3.00',
      setUpFee: '1.00',
      extensions: 1,
      publish: true,
    });
  }
}

async function seedAccess(seed: SeedContext, accounts: LabAccounts): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  const people: readonly (readonly [string, string, Seller])[] = [
    ['operator@lab.test', 'Olga Operator', accounts.operator],
    ['reseller@lab.test', 'Nora North', accounts.north],
    ['subreseller@lab.test', 'Sam South', accounts.south],
    ['acme@lab.test', 'Ada Acme', accounts.acme],
    ['birch@lab.test', 'Ben Birch', accounts.birch],
    ['cedar@lab.test', 'Cleo Cedar', accounts.cedar],
  ];
  for (const [email, name, account] of people) {
    await createOwner(seed, account, { email, name, passwordHash });
  }
  await seed.database.prisma.apiKey.create({
    data: {
      id: newId(seed.clock.nowMs()),
      accountId: accounts.operator.id,
      name: 'lab',
      hint: hintOf(API_KEY),
      secretHash: hashToken(API_KEY),
      role: 'owner',
      scopes: ['*'],
      cidrs: LOOPBACK,
    },
  });
}

import { formatPerMinute } from '@/lib/core/money';
import { hashPassword } from '@/lib/infra/crypto';
import type { SeedContext } from '@/lib/server/seed-context';
import { createCarrier } from '@/lib/services/carriers/create-carrier';
import { createExtension } from '@/lib/services/extensions/create-extension';
import { assignNumber } from '@/lib/services/numbers/assign-number';
import { createNumber } from '@/lib/services/numbers/create-number';
import { createPlan } from '@/lib/services/plans/create-plan';
import { createRouteGroup } from '@/lib/services/route-groups/create-route-group';
import { orderPlan } from '@/lib/services/subscriptions/order-plan';
import { createTenant } from '@/lib/services/tenants/create-tenant';
import { createTrunk } from '@/lib/services/trunks/create-trunk';
import { type BusyTenant, seedDemoCalls } from './demo-calls';
import { seedDemoNumbers } from './demo-numbers';
import {
  DESTINATIONS,
  type DemoCustomer,
  type DemoReseller,
  DIRECT_CUSTOMERS,
  RESELLERS,
} from './demo-world';
import {
  asAccount,
  createBelow,
  createLiveDeck,
  createOperator,
  createOwner,
  createPlaceOfHelp,
  type Seller,
} from './tools';

const PASSWORD = 'Demo-password-1';
const CURRENCY = 'USD';
const LIMITS = { maxConcurrentCalls: 50, maxCallsPerSecond: 20 };
/** What the operator adds to the dearer of its carriers, in per cent. */
const OPERATOR_MARK_UP = 145n;

/** The demo as far as it has been built. */
interface Demo {
  readonly seed: SeedContext;
  readonly operator: Seller;
  readonly passwordHash: string;
  readonly tenants: BusyTenant[];
}

type Price = (buyNano: bigint) => bigint;

/** A lively company tree with a month of calls; every figure follows from the ledger. */
export async function seedDemo(seed: SeedContext): Promise<void> {
  const operator = await createOperator(seed, {
    name: 'Meridian Voice',
    currency: CURRENCY,
    timeZone: 'America/New_York',
    limits: { maxConcurrentCalls: 1_000, maxCallsPerSecond: 200 },
  });
  const passwordHash = await hashPassword(PASSWORD);
  const demo: Demo = { seed, operator, passwordHash, tenants: [] };
  seed.log.warn('demo.insecure', {
    message: 'THE DEMO: its passwords are public. Loopback only.',
    signInAs: 'operator@meridian.test',
  });
  await createOwner(seed, operator, {
    email: 'operator@meridian.test',
    name: 'Marta Keane',
    passwordHash,
  });
  await seedCarriers(demo);
  await seedPlan(demo, operator, ['Direct line', '12.00']);
  const sellers = new Map<string, { seller: Seller; price: Price }>();
  for (const reseller of RESELLERS) {
    const parent = reseller.under ? sellers.get(reseller.under) : undefined;
    sellers.set(reseller.name, await seedReseller(demo, reseller, parent));
  }
  for (const customer of DIRECT_CUSTOMERS) {
    const price: Price = (buy) => (operatorPrice(buy) * 130n) / 100n;
    await seedCustomer(demo, customer, { seller: operator, price, increments: [6, 6] });
  }
  const resellers = [...sellers.values()].map(({ seller }) => seller);
  await seedDemoNumbers(seed, operator, resellers);
  await seedDemoCalls(seed, demo.tenants);
}

const operatorPrice: Price = (buyNano) => (buyNano * OPERATOR_MARK_UP) / 100n;

/** The dearer carrier decides: nothing is ever sold at a loss, whichever way it goes. */
function dearest(one: bigint, other: bigint | null): bigint {
  return other === null || one > other ? one : other;
}

/** Prices on four decimals, as price lists are printed. */
function sellRates(price: Price, [first, next]: readonly [number, number]) {
  return DESTINATIONS.map(([prefix, destination, atlantic, pacific]) => {
    const nano = price(dearest(atlantic, pacific));
    const perMinute = formatPerMinute(((nano + 99_999n) / 100_000n) * 100_000n);
    return { prefix, destination, perMinute, first, next };
  });
}

async function seedCarriers({ seed, operator }: Demo): Promise<void> {
  const context = asAccount(seed, operator);
  const carriers = [
    { name: 'Atlantic Wholesale', address: '198.51.100.10', column: 2, emergency: true },
    { name: 'Pacific Transit', address: '203.0.113.20', column: 3, emergency: false },
  ] as const;
  const members = [];
  for (const { name, address, column, emergency } of carriers) {
    const rates = DESTINATIONS.flatMap((line) => {
      const nano = line[column];
      const [prefix, destination] = line;
      const perMinute = nano === null ? '' : formatPerMinute(nano);
      return nano === null ? [] : [{ prefix, destination, perMinute, first: 1, next: 1 }];
    });
    const buyDeckId = await createLiveDeck(seed, operator, { kind: 'buy', name, rates });
    const carrier = await createCarrier(context, { name, buyDeckId });
    const trunk = await createTrunk(context, {
      carrierId: carrier.id,
      name: `${name} 1`,
      address,
      port: 5060,
      transport: 'udp',
      emergency,
    });
    members.push({ trunkId: trunk.id });
  }
  await createRouteGroup(context, { name: 'Default', strategy: 'lcr', members });
}

async function seedPlan(
  { seed }: Demo,
  seller: Seller,
  [name, pricePerPeriod]: readonly [string, string],
): Promise<string> {
  const plan = await createPlan(asAccount(seed, seller), {
    name,
    description: 'One extension with its own number, voicemail to come, cancel any time.',
    pricePerPeriod,
    extensions: 1,
    publish: true,
  });
  return plan.id;
}

async function seedReseller(
  demo: Demo,
  reseller: DemoReseller,
  parent: { readonly seller: Seller; readonly price: Price } | undefined,
): Promise<{ seller: Seller; price: Price }> {
  const { seed, passwordHash } = demo;
  const above = parent ?? { seller: demo.operator, price: operatorPrice };
  // Under another reseller it pays that one's wholesale list: a little above what that one pays.
  const pays: Price = parent ? (buy) => (operatorPrice(buy) * 125n) / 100n : operatorPrice;
  const price: Price = (buy) => (pays(buy) * reseller.markUpPercent) / 100n;
  const sellDeckId = await createLiveDeck(seed, above.seller, {
    kind: 'sell',
    name: `Wholesale for ${reseller.name}`,
    rates: sellRates(pays, [1, 1]),
  });
  const seller = await createBelow(seed, above.seller, {
    kind: 'reseller',
    name: reseller.name,
    timeZone: reseller.timeZone,
    sellDeckId,
    limits: { maxConcurrentCalls: 300, maxCallsPerSecond: 60 },
    openingBalance: reseller.openingBalance,
  });
  const [email, name] = reseller.owner;
  await createOwner(seed, seller, { email, name, passwordHash });
  const planId = await seedPlan(demo, seller, reseller.plan);
  const { increments } = reseller;
  for (const customer of reseller.customers) {
    await seedCustomer(demo, customer, { seller, price, increments, planId });
  }
  return { seller, price };
}

interface Terms {
  readonly seller: Seller;
  readonly price: Price;
  readonly increments: readonly [number, number];
  readonly planId?: string;
}

async function seedCustomer(demo: Demo, customer: DemoCustomer, terms: Terms): Promise<void> {
  const { seed, operator, passwordHash } = demo;
  const context = asAccount(seed, operator);
  const sellDeckId = await createLiveDeck(seed, terms.seller, {
    kind: 'sell',
    name: `Rates for ${customer.name}`,
    rates: sellRates(terms.price, terms.increments),
  });
  const { creditLimit, billedBy = 'portal', openingBalance } = customer;
  const account = await createBelow(seed, terms.seller, {
    kind: 'customer',
    name: customer.name,
    timeZone: customer.timeZone,
    billedBy,
    sellDeckId,
    limits: LIMITS,
    ...(creditLimit ? { walletMode: 'postpaid' as const, creditLimit } : {}),
    ...(openingBalance === '0' ? {} : { openingBalance }),
  });
  const email = `admin@${customer.domain}`;
  await createOwner(seed, account, { email, name: `${customer.name} admin`, passwordHash });
  const country = customer.numbers[0]?.startsWith('+44')
    ? 'GB'
    : customer.numbers[0]?.startsWith('+49')
      ? 'DE'
      : 'US';
  const tenant = await createTenant(context, {
    accountId: account.id,
    domain: customer.domain,
    country,
    // 52 is left out: Cascade's calls to Mexico show what a blocked destination looks like.
    allowedDestinations: ['1', '44', '49', '33', '39', '34', '31', '61', '91'],
  });
  const extensions = [];
  for (const [index, name] of customer.people.entries()) {
    const number = String(101 + index);
    const made = await createExtension(context, { tenantId: tenant.id, number, name });
    extensions.push({ id: made.id, number });
  }
  let firstNumberId: string | null = null;
  for (const [index, e164] of customer.numbers.entries()) {
    const number = await createNumber(context, { e164, accountId: account.id });
    const extensionId = extensions[index]?.id ?? null;
    await assignNumber(context, number.id, { tenantId: tenant.id, extensionId });
    firstNumberId ??= number.id;
  }
  await createPlaceOfHelp(context, tenant, firstNumberId);
  if (terms.planId) {
    await orderPlan(context, {
      planId: terms.planId,
      accountId: account.id,
      orderKey: `demo ${customer.domain}`,
      extensionName: 'Spare desk',
    });
  }
  demo.tenants.push({ tenantId: tenant.id, accountId: account.id, customer, extensions });
}

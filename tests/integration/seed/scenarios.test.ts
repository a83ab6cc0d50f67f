import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '@/lib/core/clock';
import { createSealer } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import type { SeedContext } from '@/lib/server/seed-context';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { connectServices, type ServicesDatabase } from '@/lib/services/database';
import { openExtensionSecret } from '@/lib/services/extensions/secret';
import { verifyLedger } from '@/lib/services/ledger/verify-ledger';
import { seedScenario } from '@/prisma/seed/index';
import { type FreshDatabase, freshDatabase } from '@/tests/support/database';

interface World {
  readonly fresh: FreshDatabase;
  readonly database: ServicesDatabase;
  readonly context: SeedContext;
}

async function open(): Promise<World> {
  const fresh = await freshDatabase();
  const database = connectServices({
    url: fresh.appUrl,
    max: 6,
    applicationName: 'test',
    onIdleError: () => undefined,
  });
  const sealer = createSealer('a key for tests, long enough to be one');
  // Seeds read nothing of the environment.
  const context = { database, sealer, clock: systemClock, log: silentLogger, env: null };
  return { fresh, database, context: context as unknown as SeedContext };
}

/** Ten seconds of one core; a machine that is busy with other suites takes a while longer. */
const SLOW_MS = 300_000;

const worlds: World[] = [];
let lab: World;
let demo: World;
beforeAll(async () => {
  lab = await open();
  demo = await open();
  worlds.push(lab, demo);
  await seedScenario('lab', lab.context);
});
afterAll(async () => {
  for (const { database, fresh } of worlds) {
    await database.close();
    await fresh.drop();
  }
});

test('the lab has the names, secrets and figures that everybody relies on', async () => {
  const directory = await loadDirectory(lab.database);
  expect(directory.tenants.map((one) => [one.domain, one.allowedDestinations])).toEqual([
    ['acme.lab.test', ['1', '44', '882']],
    ['birch.lab.test', ['1', '44']],
    ['cedar.lab.test', ['1', '44']],
  ]);
  expect(directory.extensions).toHaveLength(30);
  const acme = directory.tenants[0];
  const one = directory.extensions.find((each) => each.tenantId === acme?.id);
  if (!one) throw new Error('Acme has extensions');
  expect(openExtensionSecret(lab.context.sealer, one)).toMatchObject({
    secret: 'lab-acme-101',
    realm: 'acme.lab.test',
  });
  expect(
    directory.trunks.map((each) => [each.name, each.address, each.port, each.emergency]),
  ).toEqual([
    ['carrier-a', '127.0.0.1', 5_090, true],
    ['carrier-b', '127.0.0.1', 5_092, false],
  ]);
  expect(directory.numbers.map((each) => [each.e164, each.inService])).toEqual([
    ['+12025550101', true],
    ['+12025550102', true],
    ['+12025550103', true],
  ]);
  expect(directory.decks).toHaveLength(7);
  const wallets = await lab.database.prisma.wallet.findMany({ include: { account: true } });
  expect(
    Object.fromEntries(
      wallets.map((each) => [
        each.account.name,
        [each.mode, each.balanceMicro + each.creditLimitMicro],
      ]),
    ),
  ).toEqual({
    North: ['prepaid', 1_000_000_000n],
    South: ['prepaid', 200_000_000n],
    Acme: ['prepaid', 100_000_000n],
    Birch: ['prepaid', 5_000_000n],
    Cedar: ['postpaid', 50_000_000n],
  });
  expect(await verifyLedger(lab.database)).toMatchObject({ ok: true });
});

test('a scenario leaves a database alone that holds it, and refuses any other', async () => {
  const before = await loadDirectory(lab.database);
  await seedScenario('lab', lab.context);
  expect((await loadDirectory(lab.database)).checksums).toEqual(before.checksums);
  await expect(seedScenario('demo', lab.context)).rejects.toThrow(/holds the lab/);
  const other = await open();
  worlds.push(other);
  await other.database.prisma.account.create({
    data: {
      id: '01900000-0000-7000-8000-000000000001',
      path: '/01900000-0000-7000-8000-000000000001/',
      kind: 'operator',
      name: 'Somebody',
      currency: 'USD',
    },
  });
  await expect(seedScenario('lab', other.context)).rejects.toThrow(/not empty/);
});

test(
  'the demo’s month adds up: every wallet, charge and posting',
  async () => {
    await seedScenario('demo', demo.context);
    const verdict = await verifyLedger(demo.database);
    expect(verdict).toMatchObject({ ok: true, broken: null });
    expect(verdict.figures.charges).toBeGreaterThan(15_000);
    expect(verdict.figures.liveCalls).toBe(0);
    const wallets = await demo.database.prisma.wallet.findMany();
    for (const one of wallets) expect(one.balanceMicro + one.creditLimitMicro).toBeGreaterThan(0n);
    expect(await demo.database.prisma.call.count()).toBeGreaterThan(14_000);
  },
  SLOW_MS,
);

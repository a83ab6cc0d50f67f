import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { updateAccount } from '@/lib/services/accounts/update-account';
import { createChargingGroups } from '@/lib/services/charging/groups';
import { startNode } from '@/lib/services/charging/node-lease';
import { loadDeckVersion } from '@/lib/services/configuration/load-deck-version';
import { createImport } from '@/lib/services/deck-imports/create-import';
import { getImport } from '@/lib/services/deck-imports/get-import';
import { activateDeckVersion } from '@/lib/services/decks/activate-deck-version';
import { activateDue } from '@/lib/services/decks/activate-due';
import { createDeck } from '@/lib/services/decks/create-deck';
import { createDeckVersion } from '@/lib/services/decks/create-deck-version';
import { discardDeckVersion } from '@/lib/services/decks/discard-deck-version';
import { csvOf, exportRates, workbookOf } from '@/lib/services/decks/export-rates';
import { getDeck } from '@/lib/services/decks/get-deck';
import { getDiff } from '@/lib/services/decks/get-diff';
import { getImpact } from '@/lib/services/decks/get-impact';
import { impactDue } from '@/lib/services/decks/impact-due';
import { listChanges } from '@/lib/services/decks/list-changes';
import { listRates } from '@/lib/services/decks/list-rates';
import { requestImpact } from '@/lib/services/decks/request-impact';
import type { CreateDeckInput, WireDeck } from '@/lib/services/decks/schemas';
import { unscheduleDeckVersion } from '@/lib/services/decks/unschedule-deck-version';
import { openTestDesk, type TestDesk } from '@/tests/support/deck-files';
import { type Buyer, chainOf, holdOf, resultOf, sampleCall } from '@/tests/support/money-world';
import { plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let desk: TestDesk;
const clock = new ManualClock(Date.now());
beforeAll(async () => {
  tree = await plantTree(clock);
  desk = await openTestDesk({ database: tree.database, clock: tree.seed.clock });
});
afterAll(async () => {
  await desk.close();
  await tree.close();
});

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;
const rate = (prefix: string, perMinute = '0.01', more: object = {}) => ({
  ...{ prefix, perMinute, first: 1, next: 1, destination: `to ${prefix}` },
  ...more,
});

async function liveDeck(more: Partial<CreateDeckInput> = {}): Promise<WireDeck> {
  const context = tree.reseller.as();
  const deck = await createDeck(context, { kind: 'sell', name: newId(), ...more });
  return await activateDeckVersion(context, deck.id, { version: 1 });
}

const due = () => activateDue({ ...desk, sealer: tree.seed.sealer });

describe('a version compared with the active one', () => {
  let deckId: string;
  beforeAll(async () => {
    const deck = await liveDeck({
      rates: [
        ...[rate('1'), rate('44'), rate('447', '0.05'), rate('33', '0.02'), rate('49', '0.03')],
        ...[rate('81', '0.04'), rate('61', '0.09'), rate('7', '1', { blocked: true })],
      ],
    });
    deckId = deck.id;
    await createDeckVersion(tree.reseller.as(), deckId, {
      rates: [
        // 447 falls back on 44, 33 on nothing; 61 is blocked from now on, 7 no longer.
        ...[rate('1'), rate('44', '0.011'), rate('49', '0.02'), rate('39', '0.01')],
        ...[
          rate('81', '0.04', { next: 60 }),
          rate('61', '0.09', { blocked: true }),
          rate('7', '1'),
        ],
      ],
    });
  });

  test('counts what is new, dearer, cheaper, closed and unchanged', async () => {
    const diff = await getDiff(tree.reseller.as(), deckId, { version: 2 });
    expect(diff).toMatchObject({
      ...{ version: 2, from: 1, closedWithoutRate: 2 },
      counts: { new: 2, up: 2, down: 1, closed: 3, changed: 0, unchanged: 1 },
    });
    expect(await getDiff(tree.reseller.as(), deckId, { version: 2 })).toEqual(diff);
    const back = await getDiff(tree.reseller.as(), deckId, { version: 1, from: 2 });
    expect(back.counts).toMatchObject({ new: 3, up: 1, down: 2, closed: 2 });
  });

  test('says of a closed prefix which shorter one takes over, or that there is no rate', async () => {
    const context = tree.reseller.as();
    const { items } = await listChanges(context, deckId, { version: 2, kind: 'closed' });
    expect(items.map((one) => [one.prefix, one.successor?.prefix ?? null])).toEqual([
      ['33', null],
      ['447', '44'],
      ['61', null],
    ]);
    expect(items[1]?.successor?.perMinute).toBe('0.0110');
    expect(items[1]?.before?.perMinute).toBe('0.0500');
  });

  test('lists them in pages, by kind and by what they are called', async () => {
    const context = tree.reseller.as();
    const prefixes: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listChanges(context, deckId, { version: 2, limit: 3, cursor });
      prefixes.push(...page.items.map((one) => one.prefix));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(prefixes).toEqual(['33', '39', '44', '447', '49', '61', '7', '81']);
    const found = await listChanges(context, deckId, { version: 2, search: '+44' });
    expect(found.items.map((one) => one.prefix)).toEqual(['44', '447']);
    const named = await listChanges(context, deckId, {
      version: 2,
      search: 'to 39',
      kind: 'new,up',
    });
    expect(named.items).toMatchObject([{ prefix: '39', kind: 'new', before: null }]);
  });

  test('is nobody’s business but its owner’s', async () => {
    const rival = tree.rival.as();
    for (const attempt of [
      () => getDiff(rival, deckId, { version: 2 }),
      () => listChanges(rival, deckId, { version: 2 }),
      () => requestImpact(rival, deckId, { version: 2 }),
      () => getImpact(rival, deckId, { version: 2 }),
      () => exportRates(rival, deckId),
      () => discardDeckVersion(rival, deckId, { version: 2 }),
      () => unscheduleDeckVersion(rival, deckId, { version: 2 }),
      () => activateDeckVersion(rival, deckId, { version: 2, at: new Date().toISOString() }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('a version with a date', () => {
  test('becomes active then, once, also where nothing ran at that moment', async () => {
    const context = tree.reseller.as();
    const { id } = await liveDeck({ rates: [rate('1')] });
    await createDeckVersion(context, id, { rates: [rate('1', '0.02')] });
    const at = new Date(clock.nowMs() + HOUR_MS).toISOString();
    const scheduled = await activateDeckVersion(context, id, { version: 2, at });
    expect(scheduled).toMatchObject({ activeVersion: 1, versions: [{ activateAt: at }, {}] });
    expect(await due()).toBe(false);
    clock.advance(3 * HOUR_MS);
    await Promise.all([due(), due(), due()]);
    expect(await due()).toBe(false);
    const live = await getDeck(context, id);
    expect(live).toMatchObject({ activeVersion: 2, versions: [{ activateAt: null }, {}] });
    const audit = await tree.database.prisma.auditEntry.findMany({
      where: { objectId: id, verb: 'decks.activateVersion' },
      orderBy: { id: 'asc' },
    });
    expect(audit.map((one) => one.actorKind)).toEqual(['user', 'system']);
    // Back again: an activation like any other.
    await activateDeckVersion(context, id, { version: 1 });
    expect(await tree.database.prisma.auditEntry.count({ where: { objectId: id } })).toBe(6);
  });

  test('stays a draft where that is taken back, and can’t be a year away', async () => {
    const context = tree.reseller.as();
    const { id } = await liveDeck({ rates: [rate('1')] });
    await createDeckVersion(context, id, { rates: [rate('1', '0.02')] });
    const at = (ms: number) => new Date(clock.nowMs() + ms).toISOString();
    await activateDeckVersion(context, id, { version: 2, at: at(HOUR_MS) });
    await unscheduleDeckVersion(context, id, { version: 2 });
    clock.advance(2 * HOUR_MS);
    expect(await due()).toBe(false);
    expect(await getDeck(context, id)).toMatchObject({ activeVersion: 1 });
    await expect(
      activateDeckVersion(context, id, { version: 2, at: at(400 * 24 * HOUR_MS) }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

test('a draft can be thrown away, what was active can not', async () => {
  const context = tree.reseller.as();
  const { id } = await liveDeck({ rates: [rate('1')] });
  await createDeckVersion(context, id, { rates: [rate('1', '0.02')] });
  const left = await discardDeckVersion(context, id, { version: 2 });
  expect(left.versions.map((one) => one.version)).toEqual([1]);
  await expect(discardDeckVersion(context, id, { version: 1 })).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  await expect(
    tree.database.prisma.deckVersion.deleteMany({ where: { deckId: id } }),
  ).rejects.toThrow(/is kept/);
});

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const BANDS = {
  timeZone: 'Europe/Berlin',
  bands: [
    { name: 'Peak', windows: [{ days: WEEK, from: '08:00', to: '18:00' }] },
    { name: 'Off-peak', windows: [{ days: WEEK, from: '18:00', to: '08:00' }] },
  ],
};

describe('an export', () => {
  const rates = [
    rate('1', '0.012345678', { connectFee: '0.05', minimum: '0.1', noChargeSeconds: 3 }),
    rate('44', '0.1', { band: 1, destination: 'UK; "peak", ü' }),
    rate('44', '0.05', { band: 2, destination: '=HYPERLINK("http://x")' }),
    rate('44', '0.2', { band: 1, validFrom: '2027-01-01T00:00:00.000Z' }),
    rate('7', '0', { blocked: true, validTo: '2027-06-30T22:00:00.000Z' }),
    rate('800', '0.01', { reverseBilled: true, freeSeconds: 5, firstPerMinute: '0.03' }),
    rate('', '9', { destination: 'everything else' }),
  ];

  async function textOf(deckId: string, version: number): Promise<string> {
    let text = '';
    const { rows } = await exportRates(tree.reseller.as(), deckId, { version });
    for await (const piece of csvOf(rows)) text += piece;
    return text;
  }

  async function reimport(deckId: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    const context = tree.reseller.as();
    const { id } = await createImport(context, deckId, {
      input: { fileName: 'again', automatic: 'true' },
      file: { content, blobs: () => desk.blobs },
    });
    await desk.workAll();
    const done = await getImport(context, id);
    expect(done, JSON.stringify(done)).toMatchObject({ state: 'done' });
    return done.version ?? 0;
  }

  test('as CSV and as a workbook is imported again to the same bytes', async () => {
    const { id } = await liveDeck({ rates, bands: BANDS });
    const first = await textOf(id, 1);
    expect(first.split('\r\n')).toHaveLength(rates.length + 2);
    async function* csv(): AsyncGenerator<Buffer> {
      yield Buffer.from(first);
    }
    const second = await reimport(id, csv());
    expect(await textOf(id, second)).toBe(first);
    const { rows } = await exportRates(tree.reseller.as(), id, { version: second });
    const third = await reimport(id, workbookOf(rows));
    expect(await textOf(id, third)).toBe(first);
    const diff = await getDiff(tree.reseller.as(), id, { version: third });
    expect(diff.counts).toMatchObject({ new: 0, up: 0, down: 0, changed: 0, closed: 0 });
  });

  test('of thousands of rates loses none at the seams of its pages', async () => {
    const many = Array.from({ length: 4_998 }, (_, index) => rate(String(10_000 + index)));
    // The last prefix of the first page has several rates.
    const later = [1, 2, 3].map((month) =>
      rate('14997', '0.02', { validFrom: `2027-0${month}-01T00:00:00.000Z` }),
    );
    const { id } = await liveDeck({ rates: many });
    async function* csv(): AsyncGenerator<Buffer> {
      const lines = [...many, ...later].map(
        (one) => `${one.prefix},0.01,1/1,${'validFrom' in one ? one.validFrom : ''}`,
      );
      yield Buffer.from(`prefix,rate,increment,valid from\n${lines.join('\n')}`);
    }
    const version = await reimport(id, csv());
    const lines = (await textOf(id, version)).trim().split('\r\n');
    expect(lines).toHaveLength(1 + 4_998 + 3);
    expect(new Set(lines).size).toBe(lines.length);
  });
});

describe('bands', () => {
  test('cover the week, are inherited by versions and imports, and can be changed', async () => {
    const context = tree.reseller.as();
    const deck = await liveDeck({
      bands: BANDS,
      rates: [rate('49', '0.1', { band: 1 }), rate('49', '0.04', { band: 2 })],
    });
    expect(deck.versions[0]?.bands).toEqual(BANDS);
    const [peak, offPeak] = BANDS.bands;
    if (!peak || !offPeak) throw new Error('two bands');
    await expect(
      createDeckVersion(context, deck.id, {
        ratesOf: 1,
        bands: { timeZone: 'Europe/Berlin', bands: [peak] },
      }),
    ).rejects.toThrow(/nothing covers/);
    const allDay = { name: 'All', windows: [{ days: WEEK, from: '00:00', to: '24:00' }] };
    await expect(
      createDeckVersion(context, deck.id, {
        ratesOf: 1,
        bands: { timeZone: 'UTC', bands: [allDay] },
      }),
    ).rejects.toThrow(/name band 2/);
    const later = {
      timeZone: 'Europe/Berlin',
      bands: [
        { ...peak, windows: [{ days: WEEK, from: '09:00', to: '18:00' }] },
        { ...offPeak, windows: [{ days: WEEK, from: '18:00', to: '09:00' }] },
      ],
    };
    const changed = await createDeckVersion(context, deck.id, { ratesOf: 1, bands: later });
    expect(changed.versions[0]).toMatchObject({ version: 2, rateCount: 2, bands: later });
    const next = await createDeckVersion(context, deck.id, { rates: [rate('49')] });
    expect(next.versions[0]?.bands).toEqual(BANDS);
    const table = await loadDeckVersion(tree.database, changed.versions[0]?.id ?? '');
    const half = Date.UTC(2026, 11, 1, 7, 30);
    expect(table.lookup('491', half)?.rate.bandSpans?.[0]?.name).toBe('Off-peak');
  });

  test('rates that name a band which is none are refused', async () => {
    const context = tree.reseller.as();
    await expect(
      createDeck(context, { kind: 'sell', name: newId(), rates: [rate('1', '1', { band: 1 })] }),
    ).rejects.toMatchObject({ meta: { issues: [{ path: 'rates.0.band' }] } });
  });
});

test('a mark-up deck says per cent and not less than, and has no prices', async () => {
  const context = tree.reseller.as();
  const deck = await liveDeck({
    pricing: 'markup',
    rates: [
      { prefix: '', markupPercent: '25' },
      { prefix: '44', markupPercent: '12.5', markupMinimum: '0.002' },
    ],
  });
  const { items } = await listRates(context, deck.id);
  expect(items).toMatchObject([
    { prefix: '', markupPercent: '25', markupMinimum: '0.0000' },
    { prefix: '44', markupPercent: '12.5', markupMinimum: '0.0020' },
  ]);
  await expect(createDeckVersion(context, deck.id, { rates: [rate('1')] })).rejects.toMatchObject({
    meta: { issues: [{ path: 'rates.0.perMinute' }] },
  });
  await expect(
    createDeck(tree.operator.as(), { kind: 'sell', name: newId(), pricing: 'markup' }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

describe('the last month’s calls at another version', () => {
  async function settle(deckId: string, seconds: number, toNumber: string): Promise<void> {
    const active = await tree.database.prisma.rateDeck.findUniqueOrThrow({ where: { id: deckId } });
    const table = await loadDeckVersion(tree.database, active.activeVersionId ?? '');
    const match = table.lookup(toNumber, clock.nowMs());
    const parent = tree.database.prisma.rateDeck.findFirstOrThrow({
      where: { name: 'to Reseller' },
    });
    const paid = await loadDeckVersion(tree.database, (await parent).activeVersionId ?? '');
    const bought = paid.lookup('1', clock.nowMs());
    if (!match || !bought) throw new Error('no rate');
    const buyer = (one: { id: string }, parentId: string): Buyer => ({
      ...{ id: one.id, parentId, path: '', walletId: '', currency: 'USD' },
    });
    const call = sampleCall(
      chainOf([
        { buyer: buyer(tree.acme, tree.reseller.id), rate: match.rate },
        { buyer: buyer(tree.reseller, tree.operator.id), rate: bought.rate },
      ]),
      null,
      clock.nowMs() - 86_400_000,
    );
    const nowMs = clock.nowMs();
    const { database } = tree;
    const lease = await startNode(database, { nodeId: 'n', kind: 'switch', nowMs });
    const groups = createChargingGroups({ database, clock, lease, onError() {} });
    const facts = { ...call.facts, toNumber: `+${toNumber}`, tenantId: tree.acme.tenantId };
    expect(await groups.hold(holdOf({ ...call, facts }))).toMatchObject({ ok: true });
    await groups.settle({ ...resultOf(call, seconds), facts });
    await groups.close();
  }

  test('is summed by destination: before, after, what it cost, and what has no rate', async () => {
    const context = tree.reseller.as();
    const { id } = await liveDeck({
      rates: [rate('44', '0.06'), rate('49', '0.03'), rate('33', '0.12')],
    });
    await settle(id, 60, '4420');
    await settle(id, 45, '4420');
    await settle(id, 60, '491');
    await settle(id, 30, '331');
    await createDeckVersion(context, id, {
      rates: [
        rate('44', '0.12', { first: 60, next: 60 }),
        rate('49', '0.03', { validFrom: new Date(clock.nowMs() + 40 * 86_400_000).toISOString() }),
      ],
    });
    const asked = await requestImpact(context, id, { version: 2 });
    expect(asked).toMatchObject({ state: 'queued', version: 2, from: 1 });
    expect((await requestImpact(context, id, { version: 2 })).id).toBe(asked.id);
    while (await impactDue(desk, signal));
    const { impact } = await getImpact(context, id, { version: 2 });
    expect(impact).toMatchObject({ state: 'done', callsDone: 4, callsTotal: 4 });
    expect(impact?.result?.total).toEqual({
      ...{ calls: 4, seconds: 195, charged: '0.195000', before: '0.195000', after: '0.270000' },
      counterpart: '0.032500',
      withoutRate: { calls: 1, before: '0.060000' },
    });
    expect(impact?.result?.destinations.map((one) => [one.destination, one.after])).toEqual([
      ['to 44', '0.240000'],
      ['to 33', '0.000000'],
      ['to 49', '0.030000'],
    ]);
  });

  test('of an account’s own rates is that of all its calls: where they have none its sell deck goes on', async () => {
    const context = tree.reseller.as();
    const shared = await liveDeck({ rates: [rate('44', '0.06'), rate('49', '0.03')] });
    const own = await liveDeck({ rates: [rate('447', '0.05'), rate('33', '0.12')] });
    await updateAccount(context, tree.acme.id, { sellDeckId: shared.id, ownDeckId: own.id });
    await settle(shared.id, 60, '4420');
    await settle(shared.id, 60, '491');
    await settle(own.id, 60, '4471');
    await settle(own.id, 60, '331');
    const impactOf = async (deckId: string) => {
      await requestImpact(context, deckId, { version: 2 });
      while (await impactDue(desk, signal));
      const { impact } = await getImpact(context, deckId, { version: 2 });
      return {
        destinations: new Map(
          impact?.result?.destinations.map((one) => [one.destination, [one.before, one.after]]),
        ),
        lost: impact?.result?.total.withoutRate.calls,
      };
    };
    // Mobiles and France are taken out, London comes in, Germany is blocked.
    await createDeckVersion(context, own.id, {
      rates: [rate('442', '0.04'), { ...rate('49', '0'), blocked: true }],
    });
    expect(await impactOf(own.id)).toEqual({
      destinations: new Map([
        ['to 33', ['0.120000', '0.000000']],
        ['to 44', ['0.050000', '0.060000']],
        ['to 442', ['0.060000', '0.040000']],
        ['to 49', ['0.030000', '0.000000']],
      ]),
      lost: 2,
    });
    // A new version of the sell deck is about what was charged by it alone.
    await createDeckVersion(context, shared.id, {
      rates: [rate('44', '0.07'), rate('49', '0.03')],
    });
    expect(await impactOf(shared.id)).toEqual({
      destinations: new Map([
        ['to 44', ['0.060000', '0.070000']],
        ['to 49', ['0.030000', '0.030000']],
      ]),
      lost: 0,
    });
    await updateAccount(context, tree.acme.id, { sellDeckId: null, ownDeckId: null });
  });

  test('is worked out anew by the next worker where one died over it', async () => {
    const context = tree.reseller.as();
    const { id } = await liveDeck({ rates: [rate('44', '0.06')] });
    await requestImpact(context, id, { version: 1 });
    const stop = new AbortController();
    const work = impactDue(desk, stop.signal);
    stop.abort();
    await work;
    expect((await getImpact(context, id, { version: 1 })).impact?.state).toBe('queued');
    while (await impactDue(desk, signal));
    const { impact } = await getImpact(context, id, { version: 1 });
    expect(impact).toMatchObject({ state: 'done', from: null, result: { total: { calls: 0 } } });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { CARRIER_A, CARRIER_B, completeCall, phonePort } from '@/tests/support/browser-calls';
import { type Answer, ask, openLive, type Person, signIn } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { type Belonging, pageRoutes, readBelongings, tableOf, withId } from '@/tests/support/pages';

interface Viewer {
  readonly person: Person;
  /** Accounts whose things it may see, all of them. */
  readonly sees: readonly string[];
  /** Whoever sells to it: known by id and name, by what it offers and by the deck it sells at. */
  readonly seller: string;
  readonly sellersDeck: string;
}

const VIEWERS: readonly Viewer[] = [
  { person: 'acme', sees: ['Acme'], seller: 'North', sellersDeck: 'North to Acme' },
  { person: 'birch', sees: ['Birch'], seller: 'South', sellersDeck: 'South to Birch' },
  {
    person: 'subreseller',
    sees: ['South', 'Birch'],
    seller: 'North',
    sellersDeck: 'North to South',
  },
  {
    person: 'reseller',
    sees: ['North', 'South', 'Acme', 'Birch'],
    seller: 'Operator',
    sellersDeck: 'Operator to North',
  },
];

/** Every account makes a call of its own, so that there is something to keep apart. */
const CALLS = [
  { tenant: 'acme', dialled: '+442079460051', carrier: CARRIER_B },
  { tenant: 'birch', dialled: '+12025550152', carrier: CARRIER_A },
  { tenant: 'cedar', dialled: '+442079460053', carrier: CARRIER_B },
] as const;

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.object({ get: z.object({ security: z.array(z.unknown()).optional() }).optional() }),
  ),
});

let lab: Lab;
let belongings: readonly Belonging[];
/** Paths of the API that can be read, and whether anybody may. */
let operations: readonly { readonly path: string; readonly isOpen: boolean }[];

const get = async (path: string, person?: Person): Promise<Answer> => {
  const cookie = person === undefined ? {} : { cookie: await signIn(person) };
  return ask(`${sharedProduct().ready.web}${path}`, cookie);
};

/** What a viewer must never read anywhere. */
function foreignTo(viewer: Viewer): Belonging[] {
  const { sees, seller, sellersDeck } = viewer;
  const offered = ['account', 'name', 'plan', 'plan_version'];
  const isAllowed = ({ account, table, value }: Belonging): boolean =>
    sees.includes(account) ||
    (account === seller && (offered.includes(table) || value === sellersDeck));
  const allowed = new Set(belongings.filter(isAllowed).map(({ value }) => value));
  return belongings.filter(({ value }) => !allowed.has(value));
}

/** Foreign things that stand in an answer, as whole words. */
function leaksIn(text: string, foreign: readonly Belonging[], allowed: readonly string[]) {
  const rest = allowed.reduce((left, word) => left.replaceAll(word, ''), text);
  return foreign.filter(
    ({ value }) =>
      rest.includes(value) &&
      new RegExp(`(?<![\\w-])${value.replace(/[.+]/g, '\\$&')}(?![\\w-])`).test(rest),
  );
}

const idsOf = (table: string, wanted: (account: string) => boolean): string[] =>
  belongings.filter((one) => one.table === table && wanted(one.account)).map(({ value }) => value);

/** A refusal without what is different in every answer. */
const bare = ({ status, text }: Answer, id: string): string =>
  `${status} ${text.replaceAll(id, 'ID').replace(/"requestId":"[^"]*"/, '')}`;

/** Operations that ask for something in their query. */
const WITH_QUERY: Readonly<Record<string, string>> = {
  '/api/v1/calls/quote': '/api/v1/calls/quote?extensionId={id}&dialled=101',
  '/api/v1/calls/simulate': '/api/v1/calls/simulate?extensionId={id}&dialled=101',
  '/api/v1/decks/{id}/changes': '/api/v1/decks/{id}/changes?version=1',
  '/api/v1/decks/{id}/diff': '/api/v1/decks/{id}/diff?version=1',
  '/api/v1/decks/{id}/impact': '/api/v1/decks/{id}/impact?version=1',
  '/api/v1/margins': '/api/v1/margins?from=2026-01-01T00:00:00.000Z&to=2026-12-31T00:00:00.000Z',
};

describeLab('accounts are kept apart', () => {
  beforeAll(async () => {
    lab = new Lab(sharedProduct());
    for (const [index, { tenant, dialled, carrier }] of CALLS.entries()) {
      const port = phonePort(31 + index);
      await completeCall(lab, { tenant, extension: '103', dialled, port }, carrier);
    }
    belongings = await readBelongings(sharedProduct().ownerUrl);
    const { paths } = documentSchema.parse(JSON.parse((await get('/api/v1/openapi.json')).text));
    operations = Object.entries(paths).flatMap(([path, { get: read }]) =>
      read ? [{ path: WITH_QUERY[path] ?? path, isOpen: read.security?.length === 0 }] : [],
    );
  });

  afterAll(async () => {
    await lab?.close();
  });

  test('there is something of everybody to be seen, and many places to look', () => {
    for (const account of ['Operator', 'North', 'South', 'Acme', 'Birch', 'Cedar']) {
      expect(belongings.filter((one) => one.account === account).length).toBeGreaterThan(5);
    }
    for (const account of ['Acme', 'Birch', 'Cedar']) {
      expect(idsOf('call', (name) => name === account).length).toBeGreaterThan(0);
    }
    expect(operations.length).toBeGreaterThan(25);
    expect(pageRoutes().length).toBeGreaterThan(15);
  });

  test.each(VIEWERS)(
    '$person reads nothing foreign from any operation of the API',
    async (viewer) => {
      const foreign = foreignTo(viewer);
      const own = (account: string): boolean => viewer.sees.includes(account);
      let read = 0;
      for (const { path } of operations) {
        const table = tableOf(path);
        const ids = table === null ? [randomUUID()] : idsOf(table, own);
        const asked = ids.map((id) => withId(path, id));
        for (const each of asked.slice(0, 40)) {
          const { status, text } = await get(each, viewer.person);
          expect([200, 403, 404], `${each}: ${text}`).toContain(status);
          if (status === 200) read += 1;
          expect(leaksIn(text, foreign, [viewer.sellersDeck]), each).toEqual([]);
        }
      }
      expect(read).toBeGreaterThan(20);
    },
  );

  test.each(VIEWERS)(
    '$person is told the same of foreign things as of things that never were',
    async (viewer) => {
      const foreign = foreignTo(viewer);
      for (const { path } of operations) {
        const table = tableOf(path);
        if (table === null) continue;
        const nobodys = randomUUID();
        const expected = bare(await get(withId(path, nobodys), viewer.person), nobodys);
        expect(expected, path).toMatch(/^40[34] /);
        const ids = foreign.filter((one) => one.table === table).map(({ value }) => value);
        // The newest are enough where an account has dozens.
        for (const id of ids.slice(-12)) {
          const answer = await get(withId(path, id), viewer.person);
          expect(bare(answer, id), withId(path, id)).toBe(expected);
        }
      }
    },
  );

  test.each(VIEWERS)(
    '$person finds nothing foreign on any page, its own or others',
    async (viewer) => {
      const foreign = foreignTo(viewer);
      const own = (account: string): boolean => viewer.sees.includes(account);
      for (const { route } of pageRoutes()) {
        const table = tableOf(route);
        const others = table === null ? [] : foreign.filter((one) => one.table === table);
        const ids = table === null ? [''] : [...idsOf(table, own).slice(-3), randomUUID()];
        for (const id of [...ids, ...others.slice(-3).map(({ value }) => value)]) {
          const { status, text } = await get(withId(route, id), viewer.person);
          expect([200, 307, 404], `${route}: ${status}`).toContain(status);
          // The page may say which address was asked for: that is no news.
          const found = leaksIn(text.replaceAll(id === '' ? '\u0000' : id, ''), foreign, [
            viewer.sellersDeck,
          ]);
          expect(found, withId(route, id)).toEqual([]);
        }
      }
    },
  );

  test('live news of the same extension number in another tenant reach that tenant alone', async () => {
    const [acme, birch] = await Promise.all([openLive('acme'), openLive('birch')]);
    await lab.register('birch', '110', phonePort(35));
    await eventually(() => birch.read().includes('event: registration.changed'));
    // What Acme hears next comes after whatever it should not have heard.
    await lab.register('acme', '110', phonePort(36));
    await eventually(() => acme.read().includes('event: registration.changed'));
    for (const [person, stream] of [
      ['acme', acme],
      ['birch', birch],
    ] as const) {
      const viewer = VIEWERS.find((one) => one.person === person);
      if (!viewer) throw new Error(`${person} is no viewer`);
      expect(leaksIn(stream.read(), foreignTo(viewer), [viewer.sellersDeck])).toEqual([]);
      expect(stream.read().match(/event: registration\.changed/g)).toHaveLength(1);
      stream.stop();
    }
  });

  test('whoever is not signed in is sent to sign-in by pages and refused by the API', async () => {
    for (const { route, audience } of pageRoutes()) {
      if (audience === 'anybody' && route !== '/') continue;
      const answer = await get(withId(route, randomUUID()));
      expect(answer.status, route).toBe(307);
      expect(answer.headers.location, route).toMatch(/^\/sign-in/);
    }
    for (const { path, isOpen } of operations) {
      if (isOpen || path.endsWith('openapi.json')) continue;
      const { status, text } = await get(withId(path, randomUUID()));
      expect(status, path).toBe(401);
      expect(JSON.parse(text).code, path).toBe('UNAUTHENTICATED');
    }
  });

  test('consoles of other kinds of account are closed', async () => {
    const allowed: Readonly<Record<string, readonly string[]>> = {
      operator: ['operator'],
      reseller: ['reseller', 'subreseller'],
      customer: ['acme', 'birch'],
    };
    for (const { route, audience } of pageRoutes()) {
      for (const person of ['operator', 'reseller', 'acme'] as const) {
        if (audience === 'anybody' || allowed[audience]?.includes(person)) continue;
        const answer = await get(withId(route, randomUUID()), person);
        expect(answer.status, `${person} at ${route}`).toBe(307);
        expect(answer.headers.location).toMatch(/^\/(denied|admin|reseller|overview)/);
      }
    }
  });
});

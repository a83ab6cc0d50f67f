import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accessibilityFaults,
  keepScreen,
  NARROW,
  openBrowser,
  settled,
  sidewaysFaults,
  type Visit,
  visit,
  WIDE,
} from '@/tests/support/browser';
import {
  CARRIER_A,
  CARRIER_B,
  completeCall,
  phonePort,
  startCall,
  startCarrier,
} from '@/tests/support/browser-calls';
import { ask, getApi, type Person, signIn } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';
import { pageRoutes, withId } from '@/tests/support/pages';
import { stopAllSipp } from '@/tests/support/sipp';

const DIALLED = '+442079460061';
const LIVE = '+12025550162';

const WHO: Readonly<Record<string, Person | undefined>> = {
  operator: 'operator',
  reseller: 'reseller',
  customer: 'acme',
  anybody: undefined,
};

interface Screen {
  readonly name: string;
  readonly path: string;
  readonly as: Person | undefined;
}

interface Listed {
  readonly items: readonly { readonly id: string }[];
}

/** What "[id]" is on a screen: the first of what its reader sees. */
const LISTS: Readonly<Record<string, (person: Person) => Promise<string>>> = {
  calls: async () => (await new Lab(sharedProduct()).call(DIALLED)).id,
  decks: (person) => firstOf(person, '/decks'),
  wallets: (person) => firstOf(person, '/wallets'),
  accounts: (person) => firstOf(person, '/accounts?kind=customer'),
  customers: (person) => firstOf(person, '/accounts?kind=customer'),
};

async function firstOf(person: Person, path: string): Promise<string> {
  const { items } = await getApi<Listed>(person, path);
  const [first] = items;
  if (!first) throw new Error(`nothing in ${path}`);
  return first.id;
}

/** Every page of the app, and the states of some that have an address of their own. */
function screens(): Screen[] {
  const pages = pageRoutes()
    .filter(({ route }) => route !== '/')
    .map(({ route, audience }) => ({
      name: route.slice(1).replace(/\//g, '-').replace(/[[\]]/g, ''),
      path: route,
      as: route === '/denied' ? ('acme' as const) : WHO[audience],
    }));
  return [
    ...pages,
    { name: 'extensions-sheet', path: '/extensions?open=[extension]', as: 'acme' },
    { name: 'calls-filtered-empty', path: '/calls?q=nothing-like-this', as: 'acme' },
    { name: 'not-found', path: '/there-is-no-such-page', as: 'acme' },
    { name: 'call-not-there', path: '/calls/01900000-0000-7000-8000-000000000000', as: 'acme' },
    { name: 'billing-of-cedar', path: '/billing', as: 'cedar' },
  ];
}

async function addressOf({ path, as }: Screen): Promise<string> {
  if (path.includes('[extension]')) {
    return path.replace('[extension]', await firstOf('acme', '/extensions'));
  }
  const noun = /([^/]+)\/\[/.exec(path)?.[1];
  if (noun === undefined || as === undefined) return path;
  const find = LISTS[noun];
  if (!find) throw new Error(`tests/e2e/screens.test.ts finds no id for ${path}`);
  return withId(path, await find(as));
}

let browser: Browser;
let lab: Lab;

/** Looks at a page as it stands, keeps its picture, says what is wrong with it. */
async function inspect(opened: Visit, name: string): Promise<string[]> {
  await settled(opened);
  const { page } = opened;
  await keepScreen(page, name);
  const faults = [...(await accessibilityFaults(page)), ...(await sidewaysFaults(page))];
  return faults.map((fault) => `${name}: ${fault}`);
}

describeLab('every page', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await lab.register('acme', '101', phonePort(41));
    const call = { extension: '104', dialled: DIALLED, port: phonePort(42) };
    await completeCall(lab, call, CARRIER_B);
    // One that goes on while the pages are looked at.
    await startCarrier(CARRIER_A);
    await startCall(lab, { extension: '105', dialled: LIVE, port: phonePort(43) });
  });

  afterAll(async () => {
    const { items } = await getApi<{ items: { callId: string }[] }>('operator', '/live-calls');
    for (const { callId } of items) {
      const { web } = sharedProduct().ready;
      await ask(`${web}/api/v1/live-calls/${callId}`, {
        method: 'DELETE',
        cookie: await signIn('operator'),
        headers: { 'x-portal-csrf': '1', origin: web },
      });
    }
    await lab?.calls(LIVE);
    await stopAllSipp();
    await lab?.close();
    await browser?.close();
  });

  test.each(screens())(
    '$name is accessible in both themes and at 360 px, and complains of nothing',
    async (screen) => {
      const opened = await visit(browser, {
        path: await addressOf(screen),
        ...(screen.as === undefined ? {} : { as: screen.as }),
      });
      const { page, complaints, close } = opened;
      const faults = await inspect(opened, `${screen.name}-light`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.locator('html.dark, html[data-theme="dark"]').waitFor({ state: 'attached' });
      faults.push(...(await inspect(opened, `${screen.name}-dark`)));
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize(NARROW);
      faults.push(...(await inspect(opened, `${screen.name}-360`)));
      await page.setViewportSize(WIDE);
      // A page that says 404 is told so in the console by the browser itself.
      const own = complaints.filter((text) => !/status of 404/.test(text));
      expect([...faults, ...own]).toEqual([]);
      await close();
    },
  );
});

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { faultsInEveryLook, NARROW, openBrowser, settled, visit } from '@/tests/support/browser';
import { getApi } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';

const NUMBER = '109';

let browser: Browser;
let lab: Lab;

/** Whose the extension is: the owner of Acme, or nobody. */
async function giveTo(mail: string | null): Promise<void> {
  await lab.sql(
    `UPDATE extension SET user_id = (SELECT id FROM "user" WHERE email = $1)
      WHERE number = $2 AND tenant_id = (SELECT id FROM tenant WHERE domain = 'acme.lab.test')`,
    [mail, NUMBER],
  );
}

interface Found {
  readonly items: readonly {
    readonly number: string;
    readonly registration: { readonly bindings: readonly { readonly userAgent: string }[] };
  }[];
}

/** What is registered for the extension. */
async function devices(): Promise<readonly string[]> {
  const { items } = await getApi<Found>('acme', `/extensions?search=${NUMBER}`);
  const found = items.find(({ number }) => number === NUMBER);
  return found?.registration.bindings.map(({ userAgent }) => userAgent) ?? [];
}

describeLab('the phone in the browser', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
  });

  afterEach(() => giveTo(null));

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('is offered by P, and goes on the line with the extension that is chosen', async () => {
    const opened = await visit(browser, { path: '/overview', as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.keyboard.press('p');
    const phone = page.getByRole('complementary', { name: 'Phone' });
    await phone.getByText('No extension is yours yet').waitFor();
    expect(await faultsInEveryLook(page, 'softphone-choose')).toEqual([]);
    const row = phone.getByRole('listitem').filter({ hasText: NUMBER });
    await row.getByRole('button', { name: 'Use this' }).click();
    await phone.getByText(`Calls as extension ${NUMBER}`).waitFor();
    await eventually(async () => (await devices()).join() === 'Browser phone (SIP.js/0.21)');
    await page.getByRole('button', { name: /^Phone ready/ }).waitFor();
    expect(await faultsInEveryLook(page, 'softphone-ready')).toEqual([]);
    // It is there on the next page without asking for anything anew.
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor();
    await phone.getByText(`Calls as extension ${NUMBER}`).waitFor();
    expect(complaints).toEqual([]);
    await phone.getByLabel('Number').fill('198');
    await phone.getByText('There is no such number.').waitFor();
    await phone.getByRole('button', { name: 'Call', exact: true }).click();
    await phone.getByText('Not reachable').waitFor();
    // Whoever stands in a list can be called from there.
    await page.getByRole('row').filter({ hasText: '198' }).first().hover();
    await page.getByRole('button', { name: 'Call 198' }).first().click();
    await phone.getByText(`Extension ${NUMBER}`).waitFor();
    await eventually(async () => (await phone.getByLabel('Number').inputValue()) === '198');
    await close();
    // A tab that is gone is not rung.
    await eventually(async () => (await devices()).length === 0);
  });

  test('says why a call could not be made', async () => {
    await giveTo('acme@lab.test');
    const opened = await visit(browser, { path: '/overview', as: 'acme', viewport: NARROW });
    const { page, close } = opened;
    await settled(opened);
    await page.getByRole('button', { name: 'Phone', exact: true }).click();
    const phone = page.getByRole('complementary', { name: 'Phone' });
    await phone.getByText(`Calls as extension ${NUMBER}`).waitFor();
    await phone.getByLabel('Number').fill('199');
    await phone.getByLabel('Number').press('Enter');
    await phone.getByText('Not reachable').waitFor();
    expect(await faultsInEveryLook(page, 'softphone-not-reachable')).toEqual([]);
    await close();
  });
});

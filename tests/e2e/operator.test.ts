import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser, settled, type Visit, visit } from '@/tests/support/browser';
import {
  CARRIER_A,
  CARRIER_PORTS,
  phonePort,
  startCall,
  startCarrier,
} from '@/tests/support/browser-calls';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';
import { stopAllSipp } from '@/tests/support/sipp';

const DIALLED = '+12025550171';
const SHOWN = '+1 202-555-0171';

let browser: Browser;
let lab: Lab;

async function open(path: string): Promise<Visit> {
  const opened = await visit(browser, { path, as: 'operator' });
  await settled(opened);
  return opened;
}

describeLab("the operator's console", () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
  });

  afterEach(stopAllSipp);

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('the tree of accounts shows who is below whom, to any depth', async () => {
    const { page, close } = await open('/admin/accounts');
    const table = page.getByRole('table').first();
    for (const name of ['Cedar', 'North', 'Acme', 'South']) {
      await table.getByText(name, { exact: true }).first().waitFor();
    }
    await table.getByRole('button', { name: 'Show what South sells to' }).click();
    await table.getByText('Birch', { exact: true }).waitFor();
    await table.getByText('birch.lab.test').waitFor();
    await close();
  });

  test('carriers and their trunks stand there with the address that is live', async () => {
    const { page, close } = await open('/admin/carriers');
    for (const [name, port] of Object.entries(CARRIER_PORTS)) {
      const row = page.getByRole('row').filter({ hasText: `127.0.0.1:${port}` });
      await row.getByText(name, { exact: true }).first().waitFor();
      await row.getByText(/live/).waitFor();
    }
    await close();
  });

  test('a deck opens to its rates, as the lab has them', async () => {
    const { page, close } = await open('/admin/decks');
    await page
      .getByRole('link', { name: /North to Acme/ })
      .first()
      .click();
    await page.waitForURL('**/admin/decks/*');
    const row = page.getByRole('row').filter({ hasText: 'United Kingdom mobile' });
    await row.getByText('$0.0500').waitFor();
    await row.getByText(/60\s*\/\s*1 s/).waitFor();
    await close();
  });

  test('a live call can be ended from the page, for both sides', async () => {
    const { page, close } = await open('/admin');
    const carrier = await startCarrier(CARRIER_A);
    const phone = await startCall(lab, {
      extension: '106',
      dialled: DIALLED,
      port: phonePort(51),
    });
    const row = page.getByRole('row').filter({ hasText: SHOWN });
    await row.getByText('Talking').waitFor();
    await row.getByText('carrier-a').waitFor();
    await row.getByText('Acme').waitFor();
    await row.getByRole('button', { name: 'End call' }).click();
    const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
    await dialog.getByText(/are cut off at once/).waitFor();
    await dialog.getByRole('button', { name: 'End call' }).click();
    const [caller, callee] = await Promise.all([phone.done, carrier.done]);
    expect([caller.code, callee.code], caller.messages).toEqual([0, 0]);
    await row.waitFor({ state: 'detached' });
    expect(await lab.call(DIALLED)).toMatchObject({ hungUpBy: 'switch', class: 'outbound' });
    await close();
  });

  test('the calls of all accounts are listed, with what each level earned', async () => {
    const { page, close } = await open('/admin/calls');
    const row = page.getByRole('row').filter({ hasText: SHOWN });
    await row.getByText('Acme').waitFor();
    for (const header of ['Account', 'Earned', 'Cost']) {
      await page.getByRole('columnheader', { name: header }).waitFor();
    }
    await row.click();
    await page.waitForURL('**/admin/calls/*');
    await page.getByText(/^All 3 hops/).waitFor();
    await close();
  });
});

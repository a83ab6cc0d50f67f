import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  faultsInEveryLook,
  openBrowser,
  settled,
  type Visit,
  visit,
} from '@/tests/support/browser';
import { getApi, type Person } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';

const NUMBERS = ['+17035550181', '+17035550182', '+17035550183'];
const PORTED = '+17035550190';

let browser: Browser;
let lab: Lab;

async function open(as: Person, path: string): Promise<Visit> {
  const opened = await visit(browser, { path, as });
  await settled(opened);
  return opened;
}

/** Closes a page, on which nothing may have gone wrong but what was meant to. */
async function done({ complaints, close }: Visit, meant: RegExp = /^$/): Promise<void> {
  expect(complaints.filter((complaint) => !meant.test(complaint))).toEqual([]);
  await close();
}

const file = (name: string, text: string) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});

async function addPrice(page: Page, setUp: string, perMonth: string): Promise<void> {
  await page.getByRole('button', { name: 'Add price' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Set-up').fill(setUp);
  await dialog.getByLabel('A month').fill(perMonth);
  await dialog.getByRole('button', { name: 'Add price' }).click();
  await dialog.waitFor({ state: 'detached' });
}

describeLab('numbers', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
  });

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('the operator imports numbers, prices them and hands some to a reseller', async () => {
    const opened = await open('operator', '/admin/numbers');
    const { page } = opened;
    expect(await faultsInEveryLook(page, 'numbers-operator')).toEqual([]);
    await page.getByRole('button', { name: 'Import numbers' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByLabel('File')
      .setInputFiles(file('bad.csv', 'number,country\n+17035550181,USA\n12,US\n'));
    await dialog.getByRole('button', { name: 'Check the file' }).click();
    await dialog.getByText('line 3, number: "12": is no E.164').waitFor();
    expect(await faultsInEveryLook(page, 'numbers-import-refused')).toEqual([]);
    const rows = NUMBERS.map((number) => `${number},Arlington`).join('\n');
    await dialog.getByLabel('File').setInputFiles(file('good.csv', `number,city\n${rows}\n`));
    await dialog.getByRole('button', { name: 'Check the file' }).click();
    await dialog.getByText('3 numbers in the file').waitFor();
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('3 added, 0 changed').waitFor();

    await page.goto(`${sharedProduct().ready.web}/admin/numbers?view=prices`);
    await settled(opened);
    await addPrice(page, '0', '1');
    await page.getByText('All numbers').first().waitFor();
    expect(await faultsInEveryLook(page, 'numbers-prices')).toEqual([]);

    await page.goto(`${sharedProduct().ready.web}/admin/numbers?q=7035550182`);
    await settled(opened);
    await page
      .getByRole('row')
      .filter({ hasText: /555-0182/ })
      .click();
    await page.getByRole('button', { name: /^More about/ }).click();
    await page.getByRole('menuitem', { name: 'Hand over' }).click();
    const handOver = page.getByRole('dialog').filter({ hasText: 'Hand over a number' });
    await handOver.getByRole('combobox', { name: 'To' }).fill('North');
    await page.getByRole('option', { name: /North/ }).click();
    await handOver.getByRole('button', { name: 'Hand over' }).click();
    await page.getByText('A number was handed over').waitFor();
    // The browser tells of the file that was refused.
    await done(opened, /400 \(Bad Request\)/);
  });

  test('a reseller prices its numbers, and its customer orders one, routes it and sees what it costs', async () => {
    const seller = await open('reseller', '/reseller/numbers?view=prices');
    await addPrice(seller.page, '0.50', '2');
    await done(seller);

    const before = await lab.wallet('Acme');
    const opened = await open('acme', '/numbers');
    const { page } = opened;
    await page.getByRole('button', { name: 'Order a number' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Digits in it').fill('7035550181');
    await dialog.getByRole('button', { name: /^Choose .*0183$/ }).waitFor({ state: 'detached' });
    await dialog.getByText('$2.00').waitFor();
    expect(await faultsInEveryLook(page, 'numbers-offers')).toEqual([]);
    await dialog
      .getByRole('button', { name: /^Choose/ })
      .first()
      .click();
    await dialog.getByText('A month, in advance').waitFor();
    await dialog.getByRole('combobox', { name: 'Extension or PBX' }).fill('102');
    await page.getByRole('option', { name: /^102/ }).click();
    expect(await faultsInEveryLook(page, 'numbers-order')).toEqual([]);
    await dialog.getByRole('button', { name: 'Order', exact: true }).click();
    await page.getByText(/is yours/).waitFor();
    expect((await lab.wallet('Acme')).balanceMicro).toBe(before.balanceMicro - 2_500_000n);
    const sheet = page.getByRole('dialog').filter({ hasText: 'About it' });
    await sheet.getByRole('heading', { name: 'Costs' }).waitFor();
    await sheet.getByText('In service').waitFor();
    expect(await faultsInEveryLook(page, 'numbers-sheet')).toEqual([]);
    await done(opened);
    const { items } = await getApi<{ items: { e164: string; extension: { number: string } }[] }>(
      'acme',
      '/numbers?search=7035550181',
    );
    expect(items[0]).toMatchObject({ e164: NUMBERS[0], extension: { number: '102' } });
  });

  test('numbers are brought along: handed in by the customer, done by the desk', async () => {
    const opened = await open('acme', '/numbers?view=portIns');
    const { page } = opened;
    await page.getByRole('button', { name: 'Bring numbers along' }).first().click();
    const dialog = page.getByRole('dialog').filter({ hasText: 'Old provider' });
    await dialog.getByLabel('Numbers').fill(PORTED);
    for (const [label, text] of [
      ['Old provider', 'Old Bell'],
      ['Account holder', 'Acme Inc.'],
      ['Street and number', 'Main Street 1'],
      ['City', 'Arlington'],
      ['Postal code', '22201'],
      ['Country code', 'US'],
    ] as const) {
      await dialog.getByLabel(label).fill(text);
    }
    expect(await faultsInEveryLook(page, 'port-in-form')).toEqual([]);
    await dialog.getByRole('button', { name: 'Save as draft' }).click();
    const sheet = page.getByRole('dialog').filter({ hasText: 'From Old Bell' });
    await sheet.getByLabel('Signed letter').setInputFiles({
      name: 'letter.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7 signed'),
    });
    await sheet.getByText('letter.pdf').waitFor();
    await sheet.getByRole('button', { name: 'Hand in' }).click();
    const move = page.getByRole('dialog').filter({ hasText: 'Both sides read it' });
    await move.getByRole('button', { name: 'Hand in' }).click();
    await sheet.getByText('The operator looks at it').waitFor();
    expect(await faultsInEveryLook(page, 'port-in-sheet')).toEqual([]);
    await done(opened);

    const desk = await open('operator', '/admin/numbers?view=portIns');
    await desk.page.getByRole('row').filter({ hasText: 'Old Bell' }).click();
    for (const step of ['Accept', 'Schedule', 'Done: in service']) {
      await desk.page.getByRole('button', { name: step }).click();
      const asked = desk.page.getByRole('dialog').filter({ hasText: 'Both sides read it' });
      await asked.getByRole('button', { name: step }).click();
      await asked.waitFor({ state: 'detached' });
    }
    await desk.page.getByText('The numbers are in service.').waitFor();
    expect(await faultsInEveryLook(desk.page, 'port-in-desk')).toEqual([]);
    await done(desk);
    const { items } = await getApi<{ items: { state: string }[] }>(
      'acme',
      '/numbers?search=7035550190',
    );
    expect(items[0]?.state).toBe('in_service');
  });

  test('a house that loses its emergency address is told on every page until it has one again', async () => {
    const opened = await open('birch', '/numbers?view=emergency');
    const { page } = opened;
    expect(await faultsInEveryLook(page, 'emergency-addresses')).toEqual([]);
    await page.getByRole('button', { name: 'More about Office' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const question = page.getByRole('dialog');
    await question.getByRole('textbox').fill('Office');
    await question.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('birch.lab.test has no emergency address').waitFor();
    await page.goto(`${sharedProduct().ready.web}/overview`);
    await page.getByText('birch.lab.test has no emergency address').waitFor();
    await page.getByRole('link', { name: 'Put it right' }).click();
    await page.getByRole('button', { name: 'Add address' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Office');
    await dialog.getByLabel('Street').fill('Main Street');
    await dialog.getByLabel('House number').fill('1');
    await dialog.getByLabel('City').fill('Washington');
    await dialog.getByLabel('Postal code').fill('123');
    await dialog.getByRole('button', { name: 'Add address' }).click();
    await dialog.getByText('must be a postal code of US such as 20500').waitFor();
    await dialog.getByText('Confirm it to save').waitFor();
    expect(await faultsInEveryLook(page, 'emergency-form')).toEqual([]);
    await dialog.getByLabel('Postal code').fill('20500');
    await dialog.getByLabel('State or province').fill('DC');
    await dialog.getByRole('checkbox', { name: 'Help can be sent to this address' }).click();
    await dialog.getByRole('button', { name: 'Add address' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('birch.lab.test has no emergency address').waitFor({ state: 'detached' });
    await done(opened);
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsInEveryLook, openBrowser, settled, visit } from '@/tests/support/browser';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';

const OWNER = `UPDATE extension SET user_id = (SELECT id FROM "user" WHERE email = $1)
  WHERE number = '109' AND tenant_id = (SELECT id FROM tenant WHERE domain = 'acme.lab.test')`;

let browser: Browser;
let lab: Lab;

describeLab('the address book', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await lab.sql(OWNER, ['acme@lab.test']);
  });

  afterAll(async () => {
    await lab?.sql(OWNER, [null]);
    await lab?.close();
    await browser?.close();
  });

  test('a contact is added, found by the phone, changed and deleted', async () => {
    const opened = await visit(browser, { path: '/contacts', as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.getByText('No contacts yet').waitFor();
    await page.getByRole('button', { name: 'Add contact' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Dana Ortiz');
    await dialog.getByLabel('Company').fill('Harbour Cranes');
    await dialog.getByLabel('Number', { exact: true }).fill('7946 0018');
    await dialog.getByRole('button', { name: 'Add contact' }).click();
    await dialog.getByText('With its country').waitFor();
    expect(await faultsInEveryLook(page, 'contacts-dialog')).toEqual([]);
    await dialog.getByLabel('Number', { exact: true }).fill('+44 20 7946 0018');
    await dialog.getByRole('button', { name: 'Add contact' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Dana Ortiz' });
    await row.getByText('+44 20 7946 0018').waitFor();
    expect(await faultsInEveryLook(page, 'contacts')).toEqual([]);

    await page.getByRole('button', { name: /^Phone ready/ }).click();
    const phone = page.getByRole('complementary', { name: 'Phone' });
    await phone.getByLabel('Number', { exact: true }).fill('ortiz');
    await phone.getByRole('button', { name: /^Dana Ortiz/ }).waitFor();
    expect(await faultsInEveryLook(page, 'softphone-matches')).toEqual([]);
    await phone.getByRole('button', { name: /^Dana Ortiz/ }).click();
    await phone.getByText('Talk time left').waitFor();
    expect(await phone.getByLabel('Number', { exact: true }).inputValue()).toBe('+44 20 7946 0018');

    await row.getByRole('button', { name: 'More about Dana Ortiz' }).click();
    await page.getByRole('menuitem', { name: 'Change' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Dana O. Ortiz');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row').filter({ hasText: 'Dana O. Ortiz' }).waitFor();

    await page.getByRole('button', { name: 'More about Dana O. Ortiz' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No contacts yet').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  faultsInEveryLook,
  openBrowser,
  settled,
  type Visit,
  visit,
} from '@/tests/support/browser';
import { describeLab } from '@/tests/support/browser-product';

let browser: Browser;

async function open(path: string, as: 'operator' | 'reseller'): Promise<Visit> {
  const opened = await visit(browser, { path, as });
  await settled(opened);
  return opened;
}

describeLab('limits and fraud', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test('the tree shows who may call how much, and a limit is set and live by keyboard', async () => {
    const opened = await open('/admin/limits', 'operator');
    const { page, complaints, close } = opened;
    const row = page.getByRole('row').filter({ hasText: 'acme.lab.test' });
    await row.getByText(/^live/).waitFor();
    expect(await faultsInEveryLook(page, 'limits-tree')).toEqual([]);
    await row.getByRole('button').first().press('Enter');
    const field = page.getByLabel('Of those, out');
    await field.fill('40');
    await page.getByLabel('Spending a day').fill('250.50');
    expect(await faultsInEveryLook(page, 'limits-sheet')).toEqual([]);
    await page.getByRole('button', { name: 'Save limits' }).press('Enter');
    await page.getByText('The limits of acme.lab.test are saved').first().waitFor();
    await page.reload();
    await settled(opened);
    await row.getByText('/ $250.50').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a fraud profile is set to shadow mode on an account’s sheet', async () => {
    const opened = await open('/admin/limits', 'operator');
    const { page, complaints, close } = opened;
    await page
      .getByRole('row')
      .filter({ hasText: 'Cedar' })
      .first()
      .getByRole('button')
      .first()
      .press('Enter');
    await page.getByRole('tab', { name: 'Fraud profile' }).press('Enter');
    await page.getByLabel('Countries that may be called').fill('us, ca');
    await page.getByRole('checkbox', { name: 'Premium' }).press(' ');
    await page.getByRole('combobox', { name: 'Mode' }).press('Enter');
    await page.getByRole('option', { name: /^Shadow/ }).press('Enter');
    expect(await faultsInEveryLook(page, 'fraud-profile')).toEqual([]);
    await page.getByRole('button', { name: 'Save profile' }).press('Enter');
    await page.getByText('The profile is saved').first().waitFor();
    await page.getByRole('row').filter({ hasText: 'Cedar' }).first().getByText('Shadow').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('the other parts say what to do while they are empty, to a reseller, too', async () => {
    for (const [home, as] of [
      ['/admin/limits', 'operator'],
      ['/reseller/limits', 'reseller'],
    ] as const) {
      const opened = await open(`${home}?view=blocks`, as);
      const { page, complaints, close } = opened;
      await page.getByText('Nobody is blocked').first().waitFor();
      expect(await faultsInEveryLook(page, `fraud-blocks-${as}`)).toEqual([]);
      await page.getByRole('link', { name: 'Report' }).press('Enter');
      await page.getByText('Nothing was found').first().waitFor();
      expect(await faultsInEveryLook(page, `fraud-report-${as}`)).toEqual([]);
      const tabs = await page.getByRole('link', { name: 'Destinations' }).count();
      expect(tabs).toBe(as === 'operator' ? 1 : 0);
      expect(complaints).toEqual([]);
      await close();
    }
  });

  test('a number is confirmed for a domain, and calls under other ones are refused', async () => {
    const opened = await open('/admin/limits?view=callerIds', 'operator');
    const { page, complaints, close } = opened;
    await page.getByRole('button', { name: 'Confirm a number' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox').press('Enter');
    await page.getByRole('option', { name: 'cedar.lab.test' }).press('Enter');
    await dialog.getByLabel('Number').fill('+12125550199');
    await dialog.getByLabel('How it was proven').fill('Bill of another provider');
    expect(await faultsInEveryLook(page, 'verify-dialog')).toEqual([]);
    await dialog.getByRole('button', { name: 'Confirm' }).press('Enter');
    const row = page.getByRole('row').filter({ hasText: 'Bill of another provider' });
    await row.getByText(/^live/).waitFor();
    const policy = page.getByRole('combobox', { name: 'Calls of cedar.lab.test' });
    await policy.press('Enter');
    await page.getByRole('option', { name: 'is refused' }).press('Enter');
    await page.getByText('Saved for cedar.lab.test').first().waitFor();
    expect(await faultsInEveryLook(page, 'caller-ids')).toEqual([]);
    await row.getByRole('button', { name: /^Take back the confirmation/ }).press('Enter');
    await row.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
  });

  test('a prefix is said to be another kind of number, and taken back', async () => {
    const opened = await open('/admin/limits?view=prefixes', 'operator');
    const { page, complaints, close } = opened;
    await page.getByRole('button', { name: 'Set a prefix' }).press('Enter');
    await page.getByRole('dialog').getByLabel('Prefix').fill('4470');
    expect(await faultsInEveryLook(page, 'prefix-dialog')).toEqual([]);
    await page.keyboard.press('Enter');
    const row = page.getByRole('row').filter({ hasText: '4470' });
    await row.getByText(/^live/).waitFor();
    expect(await faultsInEveryLook(page, 'prefixes')).toEqual([]);
    await row.getByRole('button', { name: 'Take back what you said of 4470' }).press('Enter');
    await row.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsInEveryLook, openBrowser, settled, visit } from '@/tests/support/browser';
import { phonePort } from '@/tests/support/browser-calls';
import { getApi } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';

const NUMBER = '108';

let browser: Browser;
let lab: Lab;

async function extensionId(): Promise<string> {
  const { items } = await getApi<{ items: { id: string; number: string }[] }>(
    'acme',
    `/extensions?search=${NUMBER}`,
  );
  const found = items.find(({ number }) => number === NUMBER);
  if (!found) throw new Error(`no extension ${NUMBER}`);
  return found.id;
}

describeLab('registered phones', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await lab.register('acme', NUMBER, phonePort(61));
  });

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('stand in the operator’s list with where they are', async () => {
    const opened = await visit(browser, { path: '/admin/registrations', as: 'operator' });
    const { page, complaints, close } = opened;
    await settled(opened);
    const row = page.getByRole('row').filter({ hasText: `127.0.0.1:${phonePort(61)}` });
    await row.getByText('acme.lab.test').waitFor();
    expect(await faultsInEveryLook(page, 'registrations-listed')).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('are evicted from the extension’s sheet by keyboard, which its history tells', async () => {
    const opened = await visit(browser, {
      path: `/extensions?open=${await extensionId()}`,
      as: 'acme',
    });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.getByRole('tab', { name: 'Phones' }).click();
    await page.getByText(`127.0.0.1:${phonePort(61)}`).waitFor();
    expect(await faultsInEveryLook(page, 'extension-phones')).toEqual([]);
    await page.getByRole('button', { name: /^Evict/ }).press('Enter');
    await page.getByRole('button', { name: 'Evict the phone' }).press('Enter');
    await page.getByText('No phone of this extension can be rung.').waitFor();
    expect(await faultsInEveryLook(page, 'extension-phones-none')).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});

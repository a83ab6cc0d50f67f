import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsInEveryLook, openBrowser, settled, visit } from '@/tests/support/browser';
import { describeLab } from '@/tests/support/browser-product';

let browser: Browser;

describeLab('the sounds of an account', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test('music is uploaded, chosen for whom is held, renamed, and deleted', async () => {
    const seen = await visit(browser, { path: '/sounds', as: 'acme' });
    await settled(seen);
    const { page } = seen;
    await page.getByText('No sounds of your own yet').waitFor();
    expect(await faultsInEveryLook(page, 'sounds-empty')).toEqual([]);

    await page.getByRole('button', { name: 'Upload sound' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'New sound' });
    await dialog.getByRole('button', { name: 'Upload' }).click();
    await dialog.getByText('Choose a file').waitFor();
    const file = path.resolve('tests/fixtures/sounds/stereo-44100.flac');
    await dialog.getByLabel('File').setInputFiles(file);
    await dialog.getByLabel('Name').fill('Two tones');
    expect(await faultsInEveryLook(page, 'sounds-upload')).toEqual([]);
    await dialog.getByRole('button', { name: 'Upload' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Two tones').first().waitFor();

    await page.getByRole('combobox', { name: 'Which music' }).click();
    await page.getByRole('option', { name: 'Two tones' }).click();
    await page.getByRole('combobox', { name: 'Which music' }).getByText('Two tones').waitFor();
    expect(await faultsInEveryLook(page, 'sounds')).toEqual([]);

    await page.getByRole('button', { name: 'More about Two tones' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    const rename = page.getByRole('dialog', { name: 'Rename Two tones' });
    await rename.getByLabel('Name').fill('Three tones');
    await rename.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'More about Three tones' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No sounds of your own yet').waitFor();
    await page
      .getByRole('combobox', { name: 'Which music' })
      .getByText('The built-in piece')
      .waitFor();
    await seen.close();
  });
});

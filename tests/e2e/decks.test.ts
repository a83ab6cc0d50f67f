import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsInEveryLook, openBrowser, settled, visit } from '@/tests/support/browser';
import { CARRIER_B, completeCall, phonePort } from '@/tests/support/browser-calls';
import { getApi } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { priceList } from '@/tests/support/deck-files';
import { Lab } from '@/tests/support/lab';
import { stopAllSipp } from '@/tests/support/sipp';

let browser: Browser;

/** More than a proxy in between would keep of a request's body. */
const LARGE_ROWS = 250_000;
const DIALLED = '+442079460071';
const PATIENCE_MS = 90_000;

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  const buffer = Buffer.from(content);
  await page
    .getByLabel('File', { exact: true })
    .setInputFiles({ name, mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: 'Upload' }).click();
}

const bytesOf = async (rows: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of priceList({ rows, seed: 5 })) chunks.push(chunk);
  return Buffer.concat(chunks);
};

describeLab('a price list in the browser', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test('is uploaded, mapped, refused by line, mended, reviewed, scheduled and activated', async () => {
    const seen = await visit(browser, { path: '/reseller/decks', as: 'reseller' });
    await settled(seen);
    const { page } = seen;
    await page.getByRole('button', { name: 'Add deck' }).first().click();
    const adding = page.getByRole('dialog', { name: 'Add a rate deck' });
    await adding.getByLabel('Name').fill('Winter prices');
    expect(await faultsInEveryLook(page, 'decks-add')).toEqual([]);
    await adding.getByRole('button', { name: 'Add deck' }).click();
    const title = page.getByRole('heading', { name: 'Winter prices', exact: true });
    await title.waitFor({ state: 'attached' });
    await page.getByText('This version has no rates').waitFor();
    await settled(seen);
    expect(await faultsInEveryLook(page, 'deck-empty')).toEqual([]);

    await page.getByRole('link', { name: 'Import rates' }).click();
    await page.getByText('Choose a price list').waitFor();
    expect(await faultsInEveryLook(page, 'deck-import-file')).toEqual([]);
    const head = 'Vorwahl;Ziel;Preis;Taktung;Gültig ab\n';
    const bad =
      '+44;United Kingdom;0,0125;60/60;01.01.2026\n44x;Oops;0,1;1/1;\n33;France;n/a;1/1;soon\n';
    await choose(page, 'winter.csv', head + bad);
    await page.getByText('Which column is what?').waitFor();
    const price = page.getByRole('combobox', { name: 'What column C is' });
    await price.getByText('Price a minute').waitFor();
    expect(await faultsInEveryLook(page, 'deck-import-columns')).toEqual([]);
    await page.getByRole('button', { name: 'Read the file' }).click();
    await page.getByText('2 problems in winter.csv').waitFor();
    await page.getByText('“44x” is no prefix').waitFor();
    await page.getByText('“soon” is no date').waitFor();
    expect(await faultsInEveryLook(page, 'deck-import-refused')).toEqual([]);

    await page.getByRole('button', { name: 'Upload a mended file' }).click();
    const good = '+44;United Kingdom;0,0125;60/60;\n33;France;0,02;1/1;\n447;UK mobile;0,04;1/1;\n';
    await choose(page, 'winter.csv', head + good);
    await page.getByRole('button', { name: 'Read the file' }).click();
    await page.getByRole('link', { name: 'Review version 2' }).click();
    await page.getByText('there is nothing to compare it with').waitFor();
    await page.getByRole('button', { name: 'Work it out' }).click();
    await page.getByText('No call of the last 30 days was priced by this deck.').waitFor();
    await page.getByRole('button', { name: 'Activate…' }).click();
    const asked = page.getByRole('dialog', { name: 'Activate version 2?' });
    await asked.getByRole('button', { name: 'Later' }).click();
    expect(await faultsInEveryLook(page, 'deck-activate')).toEqual([]);
    await asked.getByRole('button', { name: 'Now', exact: true }).click();
    await asked.getByRole('button', { name: 'Activate version 2' }).click();
    await asked.waitFor({ state: 'hidden' });
    await page.getByText('Active', { exact: true }).first().waitFor();
    expect(seen.complaints).toEqual([]);
    await seen.close();
  });

  test('of twelve megabytes arrives whole, and its changes are seen before it counts', async () => {
    const seen = await visit(browser, { path: '/reseller/decks?q=Winter', as: 'reseller' });
    const { page } = seen;
    await page.getByRole('link', { name: 'Winter prices' }).first().click();
    await page.getByRole('link', { name: 'Import rates' }).click();
    await choose(page, 'large.csv', await bytesOf(LARGE_ROWS));
    await page.getByRole('button', { name: 'Read the file' }).click({ timeout: PATIENCE_MS });
    await page.getByText('rows read').waitFor();
    expect(await faultsInEveryLook(page, 'deck-import-reading')).toEqual([]);
    await page.getByRole('link', { name: 'Review version 3' }).click({ timeout: PATIENCE_MS });
    await page.getByText('compared with version 2').waitFor({ timeout: PATIENCE_MS });
    await page.getByText('250,000', { exact: true }).first().waitFor();
    await page.getByRole('combobox', { name: 'Show' }).click();
    await page.getByRole('option', { name: 'Closed' }).click();
    await page.getByText('no rate').first().waitFor({ timeout: PATIENCE_MS });
    await settled(seen);
    expect(await faultsInEveryLook(page, 'deck-review')).toEqual([]);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Discard version 3' }).click();
    await page.getByText('Version 3 was discarded').waitFor({ timeout: PATIENCE_MS });
    await seen.close();
  });

  test('says what last month’s calls would have cost at it, by destination', async () => {
    const lab = new Lab(sharedProduct());
    await completeCall(lab, { extension: '104', dialled: DIALLED, port: phonePort(44) }, CARRIER_B);
    const { items } = await getApi<{ items: { id: string; usedBy: { accounts: number } }[] }>(
      'reseller',
      '/decks?limit=100',
    );
    const sold = items.filter((one) => one.usedBy.accounts > 0).map((one) => one.id);
    expect(sold.length).toBeGreaterThan(0);
    let isPriced = false;
    for (const id of sold) {
      const seen = await visit(browser, { path: `/reseller/decks/${id}/review`, as: 'reseller' });
      const { page } = seen;
      await page.getByRole('button', { name: 'Work it out' }).click();
      await page.getByRole('button', { name: 'Work it out again' }).waitFor();
      const table = page.getByRole('table', { name: 'Calls by destination' });
      isPriced = (await table.count()) > 0;
      if (isPriced) {
        await table.getByText('All calls').waitFor();
        await settled(seen);
        expect(await faultsInEveryLook(page, 'deck-impact')).toEqual([]);
      }
      await seen.close();
      if (isPriced) break;
    }
    expect(isPriced).toBe(true);
    await stopAllSipp();
    await lab.close();
  });

  test('has bands of the week, and a mark-up deck its per cents', async () => {
    const seen = await visit(browser, { path: '/reseller/decks?q=Winter', as: 'reseller' });
    const { page } = seen;
    await page.getByRole('link', { name: 'Winter prices' }).first().click();
    await page.getByRole('button', { name: 'Set bands' }).click();
    const bands = page.getByRole('dialog', { name: 'Bands of the week' });
    await bands.getByRole('textbox', { name: 'To' }).first().fill('17:00');
    await bands.getByRole('button', { name: 'Make a draft' }).click();
    await bands.getByText('nothing covers Monday 17:00 to Monday 18:00').waitFor();
    expect(await faultsInEveryLook(page, 'deck-bands')).toEqual([]);
    await bands.getByRole('textbox', { name: 'To' }).first().fill('18:00');
    await bands.getByRole('button', { name: 'Make a draft' }).click();
    await bands.waitFor({ state: 'hidden' });
    await page.getByText(/is a draft with these bands/).waitFor();

    await page.goto(`${new URL(page.url()).origin}/reseller/decks`);
    await page.getByRole('button', { name: 'Add deck' }).first().click();
    const adding = page.getByRole('dialog', { name: 'Add a rate deck' });
    await adding.getByLabel('Name').fill('On top');
    await adding.getByRole('combobox', { name: 'Prices' }).click();
    await page.getByRole('option', { name: 'A mark-up on what you pay' }).click();
    await adding.getByRole('button', { name: 'Add deck' }).click();
    await page.getByRole('button', { name: 'New mark-ups' }).click();
    const markups = page.getByRole('dialog', { name: 'Mark-ups of a new version' });
    await markups.getByRole('button', { name: 'Add a row' }).click();
    await markups.getByLabel('Prefix 2').fill('44');
    await markups.getByLabel('Per cent 2').fill('12.5');
    await markups.getByLabel('Not less than, a minute 2').fill('0.002');
    expect(await faultsInEveryLook(page, 'deck-markups')).toEqual([]);
    await markups.getByRole('button', { name: 'Make a draft' }).click();
    await markups.waitFor({ state: 'hidden' });
    await page.getByText(/is a draft with these mark-ups/).waitFor();
    // What was refused on purpose the browser itself tells.
    expect(seen.complaints.filter((text) => !/status of 400/.test(text))).toEqual([]);
    await seen.close();
  });
});

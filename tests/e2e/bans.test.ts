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

/** Long ones: where an IPv6 range stands, everything has to make room. */
const BANNED = '2001:db8:beef:cafe::/64';
const ALLOWED = '2001:db8:0:1::/64';
const REASON = 'Guessed at our extensions all night, and came back the next morning';

let browser: Browser;

async function open(path: string): Promise<Visit> {
  const opened = await visit(browser, { path, as: 'operator' });
  await settled(opened);
  return opened;
}

/** Opens the dialog of a page's button by keyboard, and says an address and why. */
async function say({ page }: Visit, button: string, address: string): Promise<void> {
  await page.getByRole('button', { name: button }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address or range').fill(address);
  await dialog.getByLabel('Reason').fill(REASON);
}

describeLab('who is shut out', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  test('is shut out by keyboard, and stands on the live switch with a way to all of them', async () => {
    const opened = await open('/admin/bans');
    const { page, complaints, close } = opened;
    await say(opened, 'Ban an address', BANNED);
    expect(await faultsInEveryLook(page, 'bans-dialog')).toEqual([]);
    await page.keyboard.press('Enter');
    const row = page.getByRole('row').filter({ hasText: BANNED });
    await row.getByText(/^live/).waitFor();
    expect(await faultsInEveryLook(page, 'bans-list')).toEqual([]);
    await page.goto(new URL('/admin', page.url()).href);
    await settled(opened);
    await row.getByText(REASON).waitFor();
    expect(await faultsInEveryLook(page, 'live-switch-bans')).toEqual([]);
    await page.getByRole('link', { name: 'All bans' }).press('Enter');
    await page.waitForURL('**/admin/bans');
    await row.getByRole('button', { name: `Lift the ban on ${BANNED}` }).press('Enter');
    await page.getByText(`${BANNED} may speak again`).first().waitFor();
    await row.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
  });

  test('is never somebody who is allowed, which is said and taken back the same way', async () => {
    const opened = await open('/admin/bans?view=allowed');
    const { page, complaints, close } = opened;
    await say(opened, 'Allow an address', ALLOWED);
    await page.keyboard.press('Enter');
    const row = page.getByRole('row').filter({ hasText: ALLOWED });
    await row.getByText(/^live/).waitFor();
    expect(await faultsInEveryLook(page, 'bans-allowed')).toEqual([]);
    await row.getByRole('button', { name: `Take back the exemption of ${ALLOWED}` }).press('Enter');
    await row.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await close();
  });
});

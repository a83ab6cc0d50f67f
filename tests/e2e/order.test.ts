import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser, visit } from '@/tests/support/browser';
import { phonePort } from '@/tests/support/browser-calls';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';
import { runSipp, stopAllSipp } from '@/tests/support/sipp';

const PLAN_MICRO = 3_000_000n;
const SET_UP_MICRO = 1_000_000n;

let browser: Browser;
let lab: Lab;

describeLab('ordering', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
  });

  afterEach(stopAllSipp);

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('an ordered extension is live on the switch, and its phone registers', async () => {
    const before = await lab.wallet('Acme');
    const { page, close } = await visit(browser, { path: '/plans', as: 'acme' });
    await page.getByRole('button', { name: 'Order Extension' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('$4.00').first().waitFor();
    await dialog.getByLabel('Name of the first extension').fill('Reception');
    await dialog.getByRole('button', { name: 'Order for $4.00' }).click();
    await dialog.getByText('Live on the switch').waitFor({ timeout: 10_000 });
    const made = await dialog.getByText(/^Extension \d+ made$/).innerText();
    const number = made.replace(/\D/g, '');
    expect((await lab.wallet('Acme')).balanceMicro).toBe(
      before.balanceMicro - PLAN_MICRO - SET_UP_MICRO,
    );

    await dialog.getByRole('link', { name: 'Set up the phone' }).click();
    await page.waitForURL('**/extensions?open=*');
    const sheet = page.getByRole('dialog').filter({ hasText: 'SIP credentials' });
    await sheet.getByRole('heading', { name: `${number} Reception` }).waitFor();
    const answer = page.waitForResponse((response) => response.url().endsWith('/reveal-secret'));
    await sheet.getByRole('button', { name: 'Reveal' }).click();
    const { secret } = await (await answer).json();
    expect(secret.length).toBeGreaterThanOrEqual(12);
    const phone = await runSipp({
      scenario: 'register',
      target: lab.sip,
      localPort: phonePort(11),
      fields: [[number, 'acme.lab.test', `[authentication username=${number} password=${secret}]`]],
      timeoutSeconds: 15,
    });
    expect(phone.code, phone.messages).toBe(0);
    await sheet.getByText('Registered', { exact: true }).waitFor({ timeout: 5_000 });
    await close();
  });

  test('an order that the balance cannot pay is refused before it is sent', async () => {
    await lab.sql(
      `UPDATE wallet SET held_micro = balance_micro WHERE account_id =
         (SELECT id FROM account WHERE name = 'Birch')`,
    );
    const { page, close } = await visit(browser, { path: '/plans', as: 'birch' });
    await page.getByRole('button', { name: 'Order Extension' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/There is not enough left/).waitFor();
    expect(await dialog.getByRole('button', { name: /^Order/ }).isDisabled()).toBe(true);
    await close();
    await lab.sql(
      `UPDATE wallet SET held_micro = 0 WHERE account_id =
         (SELECT id FROM account WHERE name = 'Birch')`,
    );
  });
});

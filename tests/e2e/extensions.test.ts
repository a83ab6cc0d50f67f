import type { Browser, Page } from 'playwright-core';
import { create } from 'qrcode';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import {
  accessibilityFaults,
  keepScreen,
  NARROW,
  openBrowser,
  visit,
} from '@/tests/support/browser';
import { phonePort } from '@/tests/support/browser-calls';
import { ask, getApi, signIn } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';
import { runSipp, stopAllSipp } from '@/tests/support/sipp';

const EXTENSION = '109';

const revealedSchema = z.object({
  secret: z.string(),
  provisioning: z.object({ token: z.string() }),
});
type Revealed = z.infer<typeof revealedSchema>;

let browser: Browser;
let lab: Lab;

const sheetOf = (page: Page) => page.getByRole('dialog').filter({ hasText: 'SIP credentials' });

/** Presses "Reveal" in the open sheet; what the API answered is also what the page shows. */
async function reveal(page: Page): Promise<Revealed> {
  const answer = page.waitForResponse((response) => response.url().endsWith('/reveal-secret'));
  await sheetOf(page).getByRole('button', { name: 'Reveal' }).click();
  return revealedSchema.parse(await (await answer).json());
}

async function extensionId(number: string): Promise<string> {
  const { items } = await getApi<{ items: { id: string; number: string }[] }>(
    'acme',
    `/extensions?search=${number}`,
  );
  const found = items.find((one) => one.number === number);
  if (!found) throw new Error(`no extension ${number}`);
  return found.id;
}

/** The dark modules of a code, as the page draws them. */
function modulesOf(text: string): number {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  return modules.data.reduce((dark, module) => dark + (module ? 1 : 0), 0);
}

describeLab('from a list of extensions to a phone that is registered', () => {
  let id: string;
  let page: Page;
  let revealed: Revealed;
  let close: () => Promise<void>;

  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    id = await extensionId(EXTENSION);
    ({ page, close } = await visit(browser, { path: '/extensions', as: 'acme' }));
    await page.getByRole('button', { name: '109 Extension 109' }).click();
    await sheetOf(page).waitFor();
  });

  afterEach(stopAllSipp);

  afterAll(async () => {
    await close?.();
    await lab?.close();
    await browser?.close();
  });

  test('a password is shown once, with the time that is left', async () => {
    revealed = await reveal(page);
    const sheet = sheetOf(page);
    await sheet.getByText(revealed.secret, { exact: true }).waitFor();
    const countdown = sheet.getByText(/Shown once\. It is hidden when you close this sheet/);
    const left = await countdown.innerText();
    expect(left).toMatch(/in [45]:\d\d/);
    await page.waitForFunction((before) => !document.body.innerText.includes(before), left);
  });

  test('the code holds a token and not the password', async () => {
    const { token } = revealed.provisioning;
    const code = sheetOf(page).getByRole('img', { name: /opens the credentials once/ });
    const path = (await code.locator('path').getAttribute('d')) ?? '';
    const { web } = sharedProduct().ready;
    expect(path.split('M').length - 1).toBe(modulesOf(`${web}/connect#${token}`));
    expect(token).not.toContain(revealed.secret);
  });

  test('a second look is refused: in the page, after closing it, and by the API', async () => {
    await page.keyboard.press('Escape');
    await sheetOf(page).waitFor({ state: 'hidden' });
    expect(await page.getByText(revealed.secret).count()).toBe(0);
    await page.getByRole('button', { name: '109 Extension 109' }).click();
    await sheetOf(page)
      .getByText(/Shown once already/)
      .waitFor();
    expect(await sheetOf(page).getByRole('button', { name: 'Reveal' }).count()).toBe(0);
    const { web } = sharedProduct().ready;
    const again = await ask(`${web}/api/v1/extensions/${id}/reveal-secret`, {
      method: 'POST',
      cookie: await signIn('acme'),
      headers: { 'x-portal-csrf': '1', origin: web },
    });
    expect(again.status).toBe(409);
    expect(again.text).not.toContain(revealed.secret);
  });

  test("the code's token gives the credentials once, to whoever comes first", async () => {
    const { web } = sharedProduct().ready;
    const url = `${web}/api/v1/provision/${revealed.provisioning.token}`;
    const looked = await ask(url);
    expect(looked.text).not.toContain(revealed.secret);
    const first = await ask(url, { method: 'POST' });
    expect(first.status).toBe(200);
    expect(JSON.parse(first.text)).toMatchObject({ secret: revealed.secret });
    const second = await ask(url, { method: 'POST' });
    expect(second.status).toBe(410);
    expect(second.text).not.toContain(revealed.secret);
  });

  test('a phone with the revealed password turns the page to "Registered" by itself', async () => {
    const sheet = sheetOf(page);
    await sheet.getByText('Waiting for the first registration').waitFor();
    await page.evaluate(() => document.body.setAttribute('data-not-reloaded', ''));
    const phone = await runSipp({
      scenario: 'register',
      target: lab.sip,
      localPort: phonePort(1),
      fields: [
        [
          EXTENSION,
          'acme.lab.test',
          `[authentication username=${EXTENSION} password=${revealed.secret}]`,
        ],
      ],
      timeoutSeconds: 15,
    });
    expect(phone.code, phone.messages).toBe(0);
    await sheet.getByText('Registered', { exact: true }).waitFor({ timeout: 5_000 });
    await sheet.getByText(`127.0.0.1:${phonePort(1)}`).waitFor();
    expect(await page.locator('body[data-not-reloaded]').count()).toBe(1);
  });

  test('a phone with a wrong password is told apart, with the address it tried from', async () => {
    const other = await visit(browser, {
      path: `/extensions?open=${await extensionId('108')}`,
      as: 'acme',
    });
    await sheetOf(other.page).getByText('Waiting for the first registration').waitFor();
    const phone = await runSipp({
      scenario: 'register',
      target: lab.sip,
      localPort: phonePort(2),
      fields: [['108', 'acme.lab.test', '[authentication username=108 password=not-the-secret]']],
      timeoutSeconds: 15,
    });
    expect(phone.code).not.toBe(0);
    await sheetOf(other.page)
      .getByText(/1 attempt, .*127\.0\.0\.1.*wrong password/)
      .waitFor();
    await other.close();
  });

  test('whoever scans a code gets the credentials on a page of their own, once', async () => {
    const opened = await visit(browser, {
      path: `/extensions?open=${await extensionId('107')}`,
      as: 'acme',
    });
    const answer = opened.page.waitForResponse((one) => one.url().endsWith('/provisioning-tokens'));
    await sheetOf(opened.page).getByRole('button', { name: 'Show code' }).click();
    const { token } = await (await answer).json();
    await opened.close();

    const phone = await visit(browser, { path: `/connect#${token}`, viewport: NARROW });
    expect(await phone.page.getByText('lab-acme-107').count()).toBe(0);
    await phone.page.getByRole('button', { name: 'Show them now' }).click();
    await phone.page.getByText('lab-acme-107').waitFor();
    await phone.page.getByText('acme.lab.test').first().waitFor();
    expect(await accessibilityFaults(phone.page)).toEqual([]);
    await keepScreen(phone.page, 'connect-shown-360');
    expect(phone.complaints).toEqual([]);
    await phone.close();

    const late = await visit(browser, { path: `/connect#${token}`, viewport: NARROW });
    await late.page.getByRole('button', { name: 'Show them now' }).click();
    await late.page.getByText('This link does not work any more').waitFor();
    expect(await late.page.getByText('lab-acme-107').count()).toBe(0);
    await late.close();
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  faultsInEveryLook,
  keepScreen,
  openBrowser,
  settled,
  visit,
} from '@/tests/support/browser';
import { CARRIER_B, completeCall, phonePort } from '@/tests/support/browser-calls';
import { ask, getApi, signIn } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { stopAllSipp } from '@/tests/support/sipp';

const NOT_KEPT = '+442079460391';
const KEPT = '+442079460392';
const FORWARDED = '+442079460393';
const FORWARDED_SHOWN = '+44 20 7946 0393';
/** Two rows of facts and their lines; a strip that fell apart is far higher. */
const STRIP_PX = 130;

let browser: Browser;
let lab: Lab;

async function keepNothing(): Promise<void> {
  const { web } = sharedProduct().ready;
  const { items } = await getApi<{ items: { id: string }[] }>('acme', '/tenants');
  const answer = await ask(`${web}/api/v1/tenants/${items[0]?.id}/capture`, {
    method: 'PUT',
    cookie: await signIn('acme'),
    headers: { 'x-portal-csrf': '1', origin: web, 'content-type': 'application/json' },
    body: JSON.stringify({ enabled: false, retentionDays: 7 }),
  });
  if (answer.status !== 200) throw new Error(answer.text);
}

describeLab('the signalling of a call, on its page', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await keepNothing();
  });

  afterEach(stopAllSipp);

  afterAll(async () => {
    await keepNothing();
    await lab?.close();
    await browser?.close();
  });

  test('is not kept unless its account asks for it, which the page offers by keyboard', async () => {
    await completeCall(
      lab,
      { extension: '107', dialled: NOT_KEPT, port: phonePort(51) },
      CARRIER_B,
    );
    const { id } = await lab.call(NOT_KEPT);
    const opened = await visit(browser, { path: `/calls/${id}`, as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.getByText('The signalling of this call was not kept').waitFor();
    expect(await faultsInEveryLook(page, 'call-not-kept')).toEqual([]);
    await page.getByRole('button', { name: 'Keep it from now on' }).press('Enter');
    const days = page.getByRole('dialog').getByLabel('Forget them after');
    await days.fill('0');
    await page.getByText('1 to 90 days').waitFor();
    await days.fill('3');
    expect(await faultsInEveryLook(page, 'call-keep-dialog')).toEqual([]);
    await days.press('Enter');
    await page.getByText('Signalling is kept for 3 days').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('is a ladder whose messages the arrow keys open, and a list on a phone', async () => {
    const call = { extension: '107', dialled: KEPT, port: phonePort(52) };
    await completeCall(lab, call, CARRIER_B);
    const { id } = await lab.call(KEPT);
    const opened = await visit(browser, { path: `/calls/${id}`, as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    const ladder = page.getByRole('listbox');
    await ladder.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const raw = page.locator('pre');
    await raw.getByText('SIP/2.0 401 Unauthorized').waitFor();
    expect(await faultsInEveryLook(page, 'call-ladder')).toEqual([]);
    await ladder.focus();
    await page.keyboard.press('Home');
    // Higher than its box: reached by keyboard, as axe finds.
    await raw.getByText('m=audio').waitFor();
    expect(await faultsInEveryLook(page, 'call-ladder-long-message')).toEqual([]);
    // Who reads gets each message with who said it to whom, and the way to all of them as a list.
    await ladder
      .getByRole('option', { name: /: INVITE, ext 107 to Tollbridge$/ })
      .first()
      .waitFor();
    const asList = page.getByRole('button', { name: 'Read the messages as a list' });
    await asList.focus();
    await keepScreen(page, 'call-ladder-way-to-list');
    await asList.press('Enter');
    const list = page.getByRole('table', { name: /^All \d+ messages in time$/ });
    await list.getByRole('button', { name: 'INVITE' }).first().waitFor();
    await list.getByText('from ext 107').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('of a call that was sent on leads to that of the call it became', async () => {
    await lab.forwardAlways('acme.lab.test', '104', FORWARDED);
    const call = { extension: '107', dialled: '104', port: phonePort(53) };
    await completeCall(lab, call, CARRIER_B);
    await lab.forwardAlways('acme.lab.test', '104', null);
    const { id } = await lab.call('104');
    // It is written some seconds after the end, when the last answers have come.
    await eventually(async () => {
      const { links } = await getApi<{ links: unknown[] }>('acme', `/calls/${id}/trace`);
      return links.length > 0;
    });
    const opened = await visit(browser, { path: `/calls/${id}`, as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    // From the first message on, though the forward was reserved before the free call was noted.
    await page
      .getByRole('option', { name: /: INVITE, ext 107 to Tollbridge$/ })
      .first()
      .waitFor();
    await page.getByText('The signalling of this conversation goes on with:').waitFor();
    const onward = page.locator('footer').getByRole('link', { name: FORWARDED_SHOWN });
    expect([...(await faultsInEveryLook(page, 'call-sent-on')), ...complaints]).toEqual([]);
    await onward.press('Enter');
    await page.waitForURL((url) => !url.pathname.endsWith(id));
    await page.getByRole('listbox').waitFor();
    await close();
  });

  test('shows the operator every leg, below facts that stay a strip', async () => {
    const { id } = await lab.call(KEPT);
    const opened = await visit(browser, { path: `/admin/calls/${id}`, as: 'operator' });
    const { page, complaints, close } = opened;
    await settled(opened);
    await page.getByText('2 legs').first().waitFor();
    const strip = await page.locator('main dl').first().boundingBox();
    expect(strip?.height).toBeLessThan(STRIP_PX);
    expect([...(await faultsInEveryLook(page, 'admin-call-ladder')), ...complaints]).toEqual([]);
    await close();
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBrowser, settled, type Visit, visit } from '@/tests/support/browser';
import { CARRIER_B, phonePort, startCall, startCarrier } from '@/tests/support/browser-calls';
import { getApi } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { Lab } from '@/tests/support/lab';
import { stopAllSipp } from '@/tests/support/sipp';

const DIALLED = '+442079460041';
const SHOWN = '+44 20 7946 0041';
const TALK_MS = 8_000;
/** Acme pays 0.0200 a minute for 44, 30 seconds at first. */
const PRICE_MICRO = 10_000n;

let browser: Browser;
let lab: Lab;

const rowOf = (page: Page) => page.getByRole('row').filter({ hasText: SHOWN });

async function shownBalance(): Promise<string> {
  const seen = await visit(browser, { path: '/overview', as: 'acme' });
  await settled(seen);
  const text = await seen.page.locator('main').innerText();
  await seen.close();
  return /Balance\s+(\$[\d.,]+)/.exec(text)?.[1] ?? text;
}

describeLab('a priced call, from the first ring to the last posting', () => {
  let page: Page;
  let opened: Visit;
  let callId: string;
  let balanceBefore: string;
  let microBefore: bigint;

  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    balanceBefore = await shownBalance();
    microBefore = (await lab.wallet('Acme')).balanceMicro;
    opened = await visit(browser, { path: '/calls', as: 'acme' });
    ({ page } = opened);
    await settled(opened);
  });

  afterEach(stopAllSipp);

  afterAll(async () => {
    await opened?.close();
    await lab?.close();
    await browser?.close();
  });

  test('it appears live with a running duration, and with its price once it ended', async () => {
    await page.evaluate(() => document.body.setAttribute('data-not-reloaded', ''));
    const carrier = await startCarrier(CARRIER_B);
    const phone = await startCall(lab, {
      extension: '102',
      dialled: DIALLED,
      port: phonePort(21),
      talkMs: TALK_MS,
    });
    await rowOf(page).getByText('Live', { exact: true }).waitFor();
    const seen = new Set<string>();
    while (seen.size < 3) {
      const shown = await rowOf(page).innerText();
      const running = /\b0:0\d\b/.exec(shown)?.[0];
      if (running !== undefined && running !== '0:00') seen.add(running);
      await page.waitForFunction(
        (before) => document.body.innerText !== before,
        await page.locator('body').innerText(),
      );
    }
    expect((await lab.leftovers()).openHolds).not.toBe('0');
    const result = await phone.done;
    expect(result.code, result.messages).toBe(0);
    await carrier.done;
    await rowOf(page).getByText('Answered').waitFor();
    await rowOf(page).getByText('$0.01').waitFor();
    expect(await page.locator('body[data-not-reloaded]').count()).toBe(1);
    callId = (await lab.call(DIALLED)).id;
  });

  test('the balance went down by exactly the price', async () => {
    expect((await lab.wallet('Acme')).balanceMicro).toBe(microBefore - PRICE_MICRO);
    expect((await lab.wallet('Acme')).heldMicro).toBe(0n);
    const cents = (text: string): number => Math.round(Number(text.replace(/[$,]/g, '')) * 100);
    expect(cents(balanceBefore) - cents(await shownBalance())).toBe(1);
  });

  test('its page explains the price, by the hop that the customer pays and no other', async () => {
    await rowOf(page).click();
    await page.waitForURL(`**/calls/${callId}`);
    await settled(opened);
    const text = await page.locator('main').innerText();
    expect(text).toContain('You see what you pay.');
    expect(text).toMatch(/Acme\s+pays\s+North/);
    expect(text).toContain('30 / 6');
    expect(text).toContain('$0.010000');
    for (const hidden of ['Operator', 'carrier-b', '0.0055']) expect(text).not.toContain(hidden);
    const detail = await getApi<{ hops: unknown[] }>('acme', `/calls/${callId}`);
    expect(detail.hops).toHaveLength(1);
  });

  test('the operator sees every hop of the same call', async () => {
    const admin = await visit(browser, { path: `/admin/calls/${callId}`, as: 'operator' });
    await settled(admin);
    const text = await admin.page.locator('main').innerText();
    expect(text).toMatch(/Acme\s+pays\s+North/);
    expect(text).toMatch(/North\s+pays\s+Operator/);
    expect(text).toMatch(/Operator\s+pays\s+carrier-b/);
    expect(text).toContain('All 3 hops');
    await admin.close();
  });
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { faultsInEveryLook, NARROW, openBrowser, settled, visit } from '@/tests/support/browser';
import { getApi } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';

const NUMBER = '109';

let browser: Browser;
let lab: Lab;

/** Whose the extension is: the owner of Acme, or nobody. */
async function giveTo(mail: string | null): Promise<void> {
  await lab.sql(
    `UPDATE extension SET user_id = (SELECT id FROM "user" WHERE email = $1)
      WHERE number = $2 AND tenant_id = (SELECT id FROM tenant WHERE domain = 'acme.lab.test')`,
    [mail, NUMBER],
  );
}

interface Found {
  readonly items: readonly {
    readonly number: string;
    readonly registration: { readonly bindings: readonly { readonly userAgent: string }[] };
  }[];
}

/** What is registered for the extension. */
async function devices(): Promise<readonly string[]> {
  const { items } = await getApi<Found>('acme', `/extensions?search=${NUMBER}`);
  const found = items.find(({ number }) => number === NUMBER);
  return found?.registration.bindings.map(({ userAgent }) => userAgent) ?? [];
}

const BIRCH_TAKES_101 = `UPDATE extension SET user_id = (SELECT id FROM "user" WHERE email = $1)
  WHERE number = '101' AND tenant_id = (SELECT id FROM tenant WHERE domain = 'birch.lab.test')`;

/** A person's page with the phone open and on the line. */
async function openPhone(who: 'acme' | 'birch') {
  const { page, close } = await visit(browser, { path: '/overview', as: who });
  // Every connection is kept, so that what comes in can be measured.
  await page.addInitScript(() => {
    const kept: RTCPeerConnection[] = [];
    const Native = RTCPeerConnection;
    Object.assign(globalThis, { kept });
    globalThis.RTCPeerConnection = class extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        kept.push(this);
      }
    };
  });
  await page.reload();
  await page.getByRole('button', { name: /^Phone ready/ }).click();
  return { page, close, phone: page.getByRole('complementary', { name: 'Phone' }) };
}

/** The energy of all that was heard so far (W3C webrtc-stats, totalAudioEnergy). */
async function heard(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const { kept } = globalThis as unknown as { kept: RTCPeerConnection[] };
    let energy = 0;
    for (const connection of kept) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'inbound-rtp') energy += report.totalAudioEnergy ?? 0;
      }
    }
    return energy;
  });
}

/** Waits until more was heard than before: the microphones of tests hum. */
async function louder(page: Page): Promise<void> {
  const before = await heard(page);
  await eventually(async () => (await heard(page)) > before * 1.05);
}

/** Waits for three looks in a row, half a second apart, in which something more was heard, however soft. */
async function audible(page: Page): Promise<void> {
  let before = await heard(page);
  let sounding = 0;
  await eventually(async () => {
    await page.waitForTimeout(500);
    const now = await heard(page);
    sounding = now - before > before * 1e-4 ? sounding + 1 : 0;
    before = now;
    return sounding >= 3;
  });
}

/** Waits for three looks in a row, half a second apart, in which nothing more was heard. */
async function silent(page: Page): Promise<void> {
  let before = await heard(page);
  let quiet = 0;
  await eventually(async () => {
    await page.waitForTimeout(500);
    const now = await heard(page);
    quiet = now - before <= before * 1e-4 ? quiet + 1 : 0;
    before = now;
    return quiet >= 3;
  });
}

describeLab('the phone in the browser', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
  });

  afterEach(() => giveTo(null));

  afterAll(async () => {
    await lab?.close();
    await browser?.close();
  });

  test('is offered by P, and goes on the line with the extension that is chosen', async () => {
    const opened = await visit(browser, { path: '/overview', as: 'acme' });
    const { page, complaints, close } = opened;
    await settled(opened);
    const phone = page.getByRole('complementary', { name: 'Phone' });
    // After G it is a place to go to.
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.waitForURL('**/plans');
    expect(await phone.count()).toBe(0);
    await page.keyboard.press('p');
    await phone.getByText('No extension is yours yet').waitFor();
    expect(await faultsInEveryLook(page, 'softphone-choose')).toEqual([]);
    const row = phone.getByRole('listitem').filter({ hasText: NUMBER });
    await row.getByRole('button', { name: 'Use this' }).click();
    await phone.getByText(`Calls as extension ${NUMBER}`).waitFor();
    await page.getByRole('button', { name: /^Phone ready/ }).waitFor();
    // Written behind.
    await eventually(async () => (await devices()).join() === 'Browser phone (SIP.js/0.21)');
    expect(await faultsInEveryLook(page, 'softphone-ready')).toEqual([]);
    // It is there on the next page without asking for anything anew.
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    await page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor();
    await phone.getByText(`Calls as extension ${NUMBER}`).waitFor();
    expect(complaints).toEqual([]);
    // Whoever stands in a list can be called from there.
    await phone.getByLabel('Number').fill('107');
    await phone.getByText('Free').waitFor();
    await phone.getByRole('button', { name: 'Call', exact: true }).click();
    await phone.getByText('No answer').waitFor();
    await page.getByRole('row').filter({ hasText: '107' }).first().hover();
    await page.getByRole('button', { name: 'Call 107' }).first().click();
    await eventually(async () => (await phone.getByLabel('Number').inputValue()) === '107');
    await close();
    // A tab that is gone is not rung.
    await eventually(async () => (await devices()).length === 0);
  });

  test('says why a call could not be made', async () => {
    await giveTo('acme@lab.test');
    const opened = await visit(browser, { path: '/overview', as: 'acme', viewport: NARROW });
    const { page, close } = opened;
    await settled(opened);
    await page.getByRole('button', { name: 'Phone', exact: true }).click();
    const phone = page.getByRole('complementary', { name: 'Phone' });
    await phone.getByText(`Calls as extension ${NUMBER}`).waitFor();
    await phone.getByLabel('Number').fill('199');
    await phone.getByLabel('Number').press('Enter');
    await phone.getByText('Not reachable').waitFor();
    expect(await faultsInEveryLook(page, 'softphone-not-reachable')).toEqual([]);
    await close();
  });

  test('two people talk in their browsers: both are heard, mute is silence, hold and hang-up reach the other', async () => {
    await giveTo('acme@lab.test');
    await lab.sql(BIRCH_TAKES_101, ['birch@lab.test']);
    const [acme, birch] = [await openPhone('acme'), await openPhone('birch')];
    try {
      await acme.phone.getByLabel('Number').fill('+12025550102');
      await acme.phone.getByText('Talk time left').waitFor();
      await acme.phone.getByRole('button', { name: 'Call', exact: true }).click();
      await birch.phone.getByRole('region', { name: 'Incoming call' }).waitFor();
      await acme.phone.getByText('Ringing').waitFor();
      expect(await birch.page.title()).toMatch(/is calling$/);
      expect(await faultsInEveryLook(birch.page, 'softphone-incoming')).toEqual([]);
      await birch.phone.getByRole('button', { name: 'Accept' }).click();
      await acme.phone.getByText('Connected').waitFor();
      await eventually(async () => (await heard(acme.page)) > 0 && (await heard(birch.page)) > 0);
      expect(await faultsInEveryLook(acme.page, 'softphone-talking')).toEqual([]);

      await birch.phone.getByRole('button', { name: 'Mute' }).click();
      await birch.phone.getByText('You are muted.').waitFor();
      await silent(acme.page);
      await birch.phone.getByRole('button', { name: 'Muted' }).click();
      await louder(acme.page);

      await birch.phone.getByRole('button', { name: 'Hold' }).click();
      await birch.phone.getByText('On hold').waitFor();
      await silent(birch.page);
      // Whoever waits hears music in place of the room: far softer than the microphones of tests.
      await audible(acme.page);
      await birch.phone.getByRole('button', { name: 'Resume' }).click();
      await louder(birch.page);
      await louder(acme.page);

      await acme.phone.getByRole('button', { name: 'Hang up' }).click();
      await birch.phone.getByText('Call ended').waitFor();
    } finally {
      await lab.sql(BIRCH_TAKES_101, [null]);
      await acme.close();
      await birch.close();
    }
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import { openBrowser } from '@/tests/support/browser';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { Linphone } from '@/tests/support/linphone';
import { hasPeer } from '@/tests/support/peers.mjs';
import { PhonePage } from '@/tests/support/phone-page';
import { toneShare } from '@/tests/support/tone';

/**
 * Two browsers and a softphone, each with a tone of its own that the others must hear: WebRTC with
 * Opus in the browsers, plain RTP or SRTP with G.711 in the softphone.
 */
const ACME_HZ = 700;
const BIRCH_HZ = 1_100;
const DESK_HZ = 440;
/** The last so many samples (8 kHz) are what a softphone hears now. */
const NOW = 2_000;

const OWNERS = [
  ['acme', '109'],
  ['birch', '101'],
] as const;
const BIRCH_NUMBER = '+12025550102';

let browser: Browser;
let lab: Lab;
let acme: PhonePage;
let birch: PhonePage;
let desk: Baresip;

async function give(mailOf: (tenant: string) => string | null): Promise<void> {
  for (const [tenant, number] of OWNERS) {
    await lab.sql(
      `UPDATE extension SET user_id = (SELECT id FROM "user" WHERE email = $1)
        WHERE number = $2 AND tenant_id = (SELECT id FROM tenant WHERE domain = $3)`,
      [mailOf(tenant), number, `${tenant}.lab.test`],
    );
  }
}

/** Says in the portal how the voice is protected on its way to the softphone. */
async function protectDesk(how: string | RegExp): Promise<void> {
  const { page } = acme;
  await page.getByRole('link', { name: 'Extensions', exact: true }).click();
  await page.getByRole('row').filter({ hasText: '103' }).first().click();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('combobox', { name: 'Protection on the way to its phones' }).click();
  await page.getByRole('option', { name: how }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Settings' }).waitFor({ state: 'detached' });
}

function startDesk(kind: 'plain' | 'srtp'): Promise<Baresip> {
  const { sip } = sharedProduct().ready;
  const isProtected = kind === 'srtp';
  const server = (isProtected ? sip.tls : sip.udp).replace(/^\w+:/, '');
  return Baresip.start({
    user: '103',
    domain: 'acme.lab.test',
    password: 'lab-acme-103',
    server,
    ...(isProtected ? { transport: 'tls', mediaEncryption: 'srtp-mand' } : {}),
    ...{ sipPort: 15_760, rtpPort: 18_760, controlPort: 15_765 },
    ...{ toneHz: DESK_HZ, voices: isProtected ? 'PCMA' : 'PCMU' },
  });
}

/** What the softphone hears now. */
const deskHears = (toneHz: number): Promise<void> =>
  eventually(() => toneShare(desk.heard().slice(-NOW), toneHz) > 0.8, 20_000);

/** Waits until the softphone hears nothing, or something else. */
const deskHearsNo = (toneHz: number): Promise<void> =>
  eventually(async () => {
    const before = desk.heard().length;
    await pause(400);
    const since = desk.heard().slice(before);
    return since.length < NOW / 4 || toneShare(since, toneHz) < 0.02;
  }, 20_000);

describeLab('voices between two browsers and a softphone', () => {
  beforeAll(async () => {
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await give((tenant) => `${tenant}@lab.test`);
  });

  beforeEach(async () => {
    acme = await PhonePage.open(browser, { who: 'acme', toneHz: ACME_HZ });
    birch = await PhonePage.open(browser, { who: 'birch', toneHz: BIRCH_HZ });
  });

  afterEach(async () => {
    await acme.close();
    await birch.close();
    await desk?.stop();
  });

  afterAll(async () => {
    await give(() => null);
    await lab?.close();
    await browser?.close();
  });

  // Once it was held, baresip writes down nothing of what it hears: linphonec does.
  const withDesk = test.skipIf(!hasPeer('baresip'));
  const withLinphone = test.skipIf(!hasPeer('linphonec'));

  test('browser and browser: through mute, hold and resume', async () => {
    await acme.dial(BIRCH_NUMBER);
    await birch.accept();
    await acme.hears(BIRCH_HZ);
    await birch.hears(ACME_HZ);

    await acme.press('Mute');
    await birch.hearsNo(ACME_HZ);
    await acme.hears(BIRCH_HZ);
    await acme.press('Muted');
    await birch.hears(ACME_HZ);

    await birch.press('Hold');
    await acme.hearsNo(BIRCH_HZ);
    await birch.hearsNo(ACME_HZ);
    await birch.press('Resume');
    await acme.hears(BIRCH_HZ);
    await birch.hears(ACME_HZ);

    await acme.shows('Cost so far');
    await acme.shows(/jitter \d+ ms/);
    await birch.press('Hang up');
    await acme.shows('Call ended');
  });

  test('a connection that is lost in a call is made anew, and the call goes on', async () => {
    await acme.dial(BIRCH_NUMBER);
    await birch.accept();
    await acme.hears(BIRCH_HZ);
    await birch.loseConnection();
    await birch.hears(ACME_HZ);
    await birch.page.getByRole('button', { name: /^In a call/ }).waitFor();
    // It is reached again, and reaches: a hold from either side arrives at the other.
    await birch.ready();
    await acme.press('Hold');
    await birch.hearsNo(ACME_HZ);
    await acme.press('Resume');
    await birch.hears(ACME_HZ);
    await acme.hears(BIRCH_HZ);
    await birch.press('Hang up');
    await acme.shows('Call ended');
  });

  for (const kind of ['plain', 'srtp'] as const) {
    withDesk(`browser and softphone by ${kind} RTP: both ways, keys, hold, hang-up`, async () => {
      await protectDesk(kind === 'srtp' ? /SDES/ : 'As each phone connects');
      desk = await startDesk(kind);
      await desk.says('200 OK');
      await acme.dial('103');
      await acme.shows('Connected');
      await acme.hears(DESK_HZ);
      await deskHears(ACME_HZ);

      await acme.press('Keypad');
      await acme.press('5');
      await desk.says(/CALL_DTMF_START[^}]*"5"/);
      await acme.press('Keypad');
      await deskHears(ACME_HZ);

      await acme.press('Hold');
      await deskHearsNo(ACME_HZ);
      await acme.hearsNo(DESK_HZ);
      await acme.press('Resume');
      await acme.hears(DESK_HZ);
      desk.hangUp();
      await acme.shows('Call ended');

      // The other way round.
      desk.dial('sip:109@acme.lab.test');
      await acme.accept();
      await acme.hears(DESK_HZ);
      await deskHears(ACME_HZ);
      await acme.press('Hang up');
      await protectDesk('As each phone connects');
    });
  }

  withDesk('softphone and the browser of another house', async () => {
    desk = await startDesk('plain');
    await desk.says('200 OK');
    desk.dial(`sip:${BIRCH_NUMBER}@acme.lab.test`);
    await birch.accept();
    await birch.hears(DESK_HZ);
    await deskHears(BIRCH_HZ);
    await birch.press('Hold');
    await deskHearsNo(BIRCH_HZ);
    await birch.hearsNo(DESK_HZ);
    await birch.press('Resume');
    await birch.hears(DESK_HZ);
    await birch.press('Hang up');
    await desk.says('CALL_CLOSED');
  });

  withDesk('a blind transfer: who was talked to talks to the target', async () => {
    desk = await startDesk('plain');
    await desk.says('200 OK');
    await acme.dial('103');
    await acme.hears(DESK_HZ);
    await acme.press('Transfer');
    await acme.phone.getByLabel('Transfer to').fill(BIRCH_NUMBER);
    await acme.phone.getByLabel('Transfer to').press('Enter');
    await birch.accept();
    await birch.hears(DESK_HZ);
    await deskHears(BIRCH_HZ);
    await deskHearsNo(ACME_HZ);
    await birch.press('Hang up');
    await desk.says('CALL_CLOSED');
  });

  withDesk('a second call, and both put together: an attended transfer', async () => {
    desk = await startDesk('plain');
    await desk.says('200 OK');
    await acme.dial(BIRCH_NUMBER);
    await birch.accept();
    await acme.hears(BIRCH_HZ);
    await acme.press('Add call');
    await acme.phone.getByLabel('Number to call').fill('103');
    await acme.phone.getByLabel('Number to call').press('Enter');
    await acme.hears(DESK_HZ);
    await deskHears(ACME_HZ);
    await birch.hearsNo(ACME_HZ);
    await acme.press('Join and leave');
    await birch.hears(DESK_HZ);
    await deskHears(BIRCH_HZ);
    await acme.shows(/Call ended/);
    expect(await acme.phone.getByRole('button', { name: 'Hang up' }).count()).toBe(0);
    await birch.press('Hang up');
    await desk.says('CALL_CLOSED');
  });

  withLinphone(
    'two calls in turn: each is heard when it is its turn, and music meanwhile',
    async () => {
      const linphone = await Linphone.start({
        ...{ user: '106', domain: 'acme.lab.test', password: 'lab-acme-106' },
        ...{ server: lab.sip, sipPort: 15_770, rtpPort: 18_770 },
        ...{ toneHz: DESK_HZ, onlyPcmu: true },
      });
      try {
        const hears = (toneHz: number): Promise<void> =>
          eventually(() => toneShare(linphone.heard().slice(-NOW), toneHz) > 0.8, 20_000);
        await acme.dial('106');
        await acme.hears(DESK_HZ);
        await hears(ACME_HZ);
        await acme.press('Add call');
        await acme.phone.getByLabel('Number to call').fill(BIRCH_NUMBER);
        await acme.phone.getByLabel('Number to call').press('Enter');
        await birch.accept();
        await acme.hears(BIRCH_HZ);
        await eventually(() => toneShare(linphone.heard().slice(-NOW), ACME_HZ) < 0.02, 20_000);
        const loudness = linphone.heard().slice(-NOW * 4);
        expect(loudness.reduce((sum, one) => sum + one * one, 0)).toBeGreaterThan(0);
        await acme.press('Swap');
        await acme.hears(DESK_HZ);
        await hears(ACME_HZ);
        await birch.hearsNo(ACME_HZ);
        await acme.press('Swap');
        await acme.hears(BIRCH_HZ);
        await birch.hears(ACME_HZ);
        await acme.press('Hang up');
        await acme.press('Resume');
        await hears(ACME_HZ);
        await acme.press('Hang up');
        await linphone.says('ended');
      } finally {
        await linphone.stop();
      }
    },
  );
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Baresip } from '@/tests/support/baresip';
import {
  faultsInEveryLook,
  openBrowser,
  settled,
  type Visit,
  visit,
} from '@/tests/support/browser';
import { getApi } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';

const CALLER = '107';
const CALLEE = '108';
const CALLER_HZ = 1_000;
const CALLEE_HZ = 440;
const TALK_MS = 4_000;

let browser: Browser;
let lab: Lab;
const phones: Baresip[] = [];

async function phone(user: string, sipPort: number, toneHz: number): Promise<Baresip> {
  const started = await Baresip.start({
    ...{ user, sipPort, toneHz, domain: 'acme.lab.test', password: `lab-acme-${user}` },
    ...{ server: lab.sip, rtpPort: sipPort + 3_000, controlPort: sipPort + 5 },
  });
  phones.push(started);
  await started.says('200 OK');
  return started;
}

/**
 * What a page's browser makes of a recording: its length, and of each channel how much of it each tone
 * is in the quarter of a second in which it is clearest (a pause that was cut out breaks a tone).
 */
function decoded(page: Page, tones: readonly number[]) {
  return page.evaluate(async (wanted) => {
    const source = document.querySelector('audio')?.src ?? '';
    const bytes = await (await fetch(source)).arrayBuffer();
    const sound = await new OfflineAudioContext(2, 48_000, 48_000).decodeAudioData(bytes);
    const shareOf = (samples: Float32Array, toneHz: number): number => {
      const step = 2 * Math.cos((2 * Math.PI * toneHz) / sound.sampleRate);
      let [before, beforeThat, energy] = [0, 0, 0];
      for (const sample of samples) {
        const now = sample + step * before - beforeThat;
        beforeThat = before;
        before = now;
        energy += sample * sample;
      }
      const power = before * before + beforeThat * beforeThat - step * before * beforeThat;
      return power / ((energy * samples.length) / 2);
    };
    const half = sound.sampleRate / 2;
    const channels = [0, 1].map((channel) => sound.getChannelData(channel).slice(half, -half));
    const clearest = (samples: Float32Array, toneHz: number): number => {
      let best = 0;
      for (let start = 0; start + half / 2 <= samples.length; start += half / 2) {
        best = Math.max(best, shareOf(samples.slice(start, start + half / 2), toneHz));
      }
      return best;
    };
    return {
      seconds: sound.duration,
      shares: channels.map((samples) => wanted.map((toneHz) => clearest(samples, toneHz))),
    };
  }, tones);
}

describeLab('a recorded call in the portal', () => {
  let opened: Visit;
  let callId: string;

  beforeAll(async () => {
    if (!hasPeer('baresip')) return;
    browser = await openBrowser();
    lab = new Lab(sharedProduct());
    await lab.sql(
      `UPDATE tenant SET recording_consent = 'one_party' WHERE domain = 'acme.lab.test'`,
    );
  });

  afterAll(async () => {
    await Promise.all(phones.splice(0).map((one) => one.stop()));
    await opened?.close();
    await lab?.sql(`UPDATE tenant SET recording_consent = 'off' WHERE domain = 'acme.lab.test'`);
    await lab?.close();
    await browser?.close();
  });

  test.skipIf(!hasPeer('baresip'))(
    'is begun and paused on its page, which says so in red',
    async () => {
      const caller = await phone(CALLER, 15_940, CALLER_HZ);
      const callee = await phone(CALLEE, 15_950, CALLEE_HZ);
      await eventually(async () => {
        const page = await getApi<{
          items: { status: { observedGeneration: number }; generation: number }[];
        }>('acme', '/tenants');
        return page.items.every(
          ({ generation, status }) => status.observedGeneration >= generation,
        );
      });
      caller.dial(`sip:${CALLEE}@acme.lab.test`);
      await caller.says('CALL_ESTABLISHED');
      const live = await getApi<{ items: { callId: string }[] }>('acme', '/live-calls');
      callId = live.items[0]?.callId ?? '';
      opened = await visit(browser, { path: `/calls/${callId}`, as: 'acme' });
      const { page } = opened;
      await page.getByRole('button', { name: 'Record this call' }).click();
      await page.getByText('Recording', { exact: true }).first().waitFor();
      expect(await faultsInEveryLook(page, 'recording-live')).toEqual([]);
      await page.getByRole('button', { name: 'Pause recording' }).click();
      await page.getByText('Recording paused').waitFor();
      await page.getByRole('button', { name: 'Resume recording' }).click();
      await page.getByRole('button', { name: 'Pause recording' }).waitFor();
      await new Promise((resolve) => setTimeout(resolve, TALK_MS));
      caller.hangUp();
      await callee.says('CALL_CLOSED');
    },
  );

  test.skipIf(!hasPeer('baresip'))(
    'plays both voices, each on its own channel, with their picture',
    async () => {
      const { page } = opened;
      await page.getByRole('button', { name: 'Play' }).waitFor({ timeout: 30_000 });
      await settled(opened);
      expect(await faultsInEveryLook(page, 'recording-ended')).toEqual([]);
      const { seconds, shares } = await decoded(page, [CALLER_HZ, CALLEE_HZ]);
      expect(seconds).toBeGreaterThan(TALK_MS / 1_000 - 1);
      const [left, right] = shares;
      expect(left?.[0]).toBeGreaterThan(0.9);
      expect(left?.[1]).toBeLessThan(0.01);
      expect(right?.[1]).toBeGreaterThan(0.9);
      expect(right?.[0]).toBeLessThan(0.01);
      const place = page.getByRole('slider', { name: 'Position in the recording' });
      await page.getByRole('button', { name: 'Play' }).click();
      await page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.3);
      await page.getByRole('button', { name: 'Pause' }).click();
      await place.focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('button', { name: '2×' }).click();
      expect(await page.evaluate(() => document.querySelector('audio')?.playbackRate)).toBe(2);
      expect(opened.complaints).toEqual([]);
    },
  );

  test.skipIf(!hasPeer('baresip'))(
    'is marked in the list, and gone for good once it is deleted',
    async () => {
      const { page } = opened;
      await page.goto(`${sharedProduct().ready.web}/calls`);
      await settled(opened);
      await page.getByText('Recorded', { exact: true }).first().waitFor({ state: 'attached' });
      await page.getByRole('button', { name: 'Recording', exact: true }).click();
      await page.getByText('Call recording').waitFor();
      await settled(opened);
      expect(await faultsInEveryLook(page, 'recording-settings')).toEqual([]);
      await page.goto(`${sharedProduct().ready.web}/calls/${callId}`);
      await page.getByRole('button', { name: 'Delete the recording' }).click();
      await page.getByRole('textbox').fill('delete');
      await page.getByRole('button', { name: 'Delete recording' }).click();
      await page.getByText('The recording is deleted').waitFor();
      await page.getByRole('button', { name: 'Play' }).waitFor({ state: 'detached' });
      const left = await getApi<{ items: unknown[] }>('acme', `/recordings?callId=${callId}`);
      expect(left.items).toEqual([]);
    },
  );
});

import { afterAll, afterEach, test as anyTest, beforeAll, describe, expect } from 'vitest';
import { turnServers } from '@/lib/services/extensions/turn';
import { Baresip } from '@/tests/support/baresip';
import { BrowserVoice } from '@/tests/support/browser-voice';
import { startCoturn } from '@/tests/support/coturn';
import { eventually } from '@/tests/support/eventually';
import { hasPeer } from '@/tests/support/peers.mjs';
import type { RunningSwitch } from '@/tests/support/running-switch';
import { SWITCH_MEDIA, type SwitchWithMedia } from '@/tests/support/switch-media';
import { clearestTone } from '@/tests/support/tone';
import { WirePhone } from '@/tests/support/wire/phone';

/** Chromium's WebRTC, signalled over WebSocket, talks with a plain phone: DTLS, ICE and SRTP of its own. */
const hasPeers = hasPeer('baresip') && hasPeer('chromium');
const TURN_SECRET = 'a secret shared with the relay';

let media: SwitchWithMedia;
let running: RunningSwitch;
const opened: { stop(): Promise<void> }[] = [];

async function keep<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  opened.push(started);
  return started;
}

async function baresip(user: string, sipPort: number): Promise<Baresip> {
  const phone = await keep(
    Baresip.start({
      ...{ user, domain: 'acme.lab.test', password: `lab-acme-${user}` },
      ...{ server: running.lab.sip, toneHz: 700 },
      ...{ sipPort, controlPort: sipPort + 5, rtpPort: sipPort + 3_000 },
    }),
  );
  await phone.says('200 OK');
  return phone;
}

async function signalling(user: string): Promise<WirePhone> {
  const phone = await WirePhone.open({
    ...{ user, domain: 'acme.lab.test', secret: `lab-acme-${user}` },
    ...{ server: `ws://127.0.0.1:${running.ports.ws}`, transport: 'ws' },
  });
  opened.push({ stop: async () => phone.close() });
  return phone;
}

async function hearEachOther(browser: BrowserVoice, phone: Baresip): Promise<void> {
  await eventually(async () => (await browser.state()) === 'connected', 15_000);
  await eventually(async () => Math.abs((await browser.loudestHz()) - 700) < 5, 15_000);
  const before = phone.heard().length;
  await eventually(() => phone.heard().length > before + 12_000, 15_000);
  expect(clearestTone(phone.heard().slice(-8_000), 440)).toBeGreaterThan(0.9);
}

describe.each(SWITCH_MEDIA)('$way', ({ start, isThere }) => {
  const isPossible = isThere && hasPeers;
  const test = anyTest.skipIf(!isPossible);

  beforeAll(async () => {
    if (!isPossible) return;
    media = await start();
    running = media.running;
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.stop()));
    if (isPossible) await running.noneIsLeft();
  });

  afterAll(async () => {
    if (isPossible) await media.stop();
  });

  test.each([
    ['as it likes', undefined, 15_600],
    ['in PCMU alone', 'audio/PCMU', 15_620],
  ])('a browser calls a phone, %s, and both hear each other', async (...[, codec, sipPort]) => {
    const callee = await baresip('107', sipPort);
    const browser = await keep(BrowserVoice.start(440, codec));
    const line = await signalling('106');
    const dialog = await line.call('107', await browser.offer());
    const answer = line.heard.find(
      ({ status, body }) => status === 200 && body.includes('m=audio'),
    );
    await browser.take(answer?.body ?? '');
    await hearEachOther(browser, callee);
    expect((await line.hangUp(dialog)).status).toBe(200);
  });

  anyTest.skipIf(!isPossible || !hasPeer('turnserver'))(
    'a browser that has no way out but a TURN server talks through it',
    async () => {
      const coturn = await keep(startCoturn(TURN_SECRET));
      const urls = [`turn:127.0.0.1:${coturn.port}`];
      const iceServers = [...turnServers({ urls, secret: TURN_SECRET }, '106@acme', Date.now())];
      const callee = await baresip('107', 15_660);
      const browser = await keep(
        BrowserVoice.start(440, undefined, { iceServers, iceTransportPolicy: 'relay' }),
      );
      const line = await signalling('106');
      const dialog = await line.call('107', await browser.offer());
      const answer = line.heard.find(
        ({ status, body }) => status === 200 && body.includes('m=audio'),
      );
      await browser.take(answer?.body ?? '');
      await hearEachOther(browser, callee);
      expect(await browser.way()).toBe('relay');
      expect((await line.hangUp(dialog)).status).toBe(200);
    },
  );

  test('a browser is called, and both hear each other', async () => {
    const browser = await keep(BrowserVoice.start(440, 'audio/PCMU'));
    const line = await signalling('106');
    expect((await line.register()).status).toBe(200);
    const caller = await baresip('107', 15_640);
    caller.dial('106');
    const invite = await line.request('INVITE');
    line.accept(invite, await browser.answer(invite.body));
    await line.request('ACK');
    await hearEachOther(browser, caller);
    caller.hangUp();
    await line.hungUp();
    await line.register(0);
  });
});

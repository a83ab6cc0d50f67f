import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, test as anyTest, beforeAll, describe, expect } from 'vitest';
import { createLogger, silentLogger } from '@/lib/infra/log';
import type { MediaEngine, MediaEvent } from '@/lib/switch/media/engine';
import { startRtpengine } from '@/lib/switch/media/rtpengine/engine';
import { Baresip, type BaresipOptions } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { hasPeer } from '@/tests/support/peers.mjs';
import { Rtpengine } from '@/tests/support/rtpengine';
import type { RunningSwitch } from '@/tests/support/running-switch';
import { type SwitchWithMedia, startSwitchWithRtpengine } from '@/tests/support/switch-media';
import { clearestTone } from '@/tests/support/tone';
import { Ear, sdpOf } from '@/tests/unit/switch/media/phone';

const LOCAL = '127.0.0.1';
const test = anyTest.skipIf(!hasPeer('rtpengine'));

describe('phones of other makers through the switch', () => {
  const both = anyTest.skipIf(!hasPeer('rtpengine') || !hasPeer('baresip'));
  const isThere = hasPeer('rtpengine') && hasPeer('baresip');
  let media: SwitchWithMedia;
  let running: RunningSwitch;
  const phones: Baresip[] = [];

  beforeAll(async () => {
    if (!isThere) return;
    media = await startSwitchWithRtpengine();
    running = media.running;
  });

  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()));
    if (isThere) await running.noneIsLeft();
  });

  afterAll(async () => {
    await media?.stop();
  });

  async function phone(
    options: Pick<BaresipOptions, 'user' | 'sipPort' | 'toneHz' | 'voices' | 'mediaEncryption'> & {
      readonly transport?: 'udp' | 'tls';
    },
  ): Promise<Baresip> {
    const { user, sipPort, transport = 'udp' } = options;
    const port = transport === 'tls' ? running.ports.tls : running.ports.sip;
    const started = await Baresip.start({
      ...options,
      ...{ domain: 'acme.lab.test', password: `lab-acme-${user}`, server: `${LOCAL}:${port}` },
      ...{ controlPort: sipPort + 5, rtpPort: sipPort + 3_000 },
    });
    phones.push(started);
    await started.says('200 OK');
    return started;
  }

  async function talk(caller: Baresip, callee: Baresip): Promise<void> {
    caller.dial('107');
    await callee.says('CALL_ESTABLISHED');
    await eventually(() => clearestTone(callee.heard(), 440) > 0.9);
    await eventually(() => clearestTone(caller.heard(), 700) > 0.9);
    expect(clearestTone(callee.heard(), 700)).toBeLessThan(0.05);
    caller.hangUp();
    await callee.says('CALL_CLOSED');
  }

  both('two that have a voice in common hear each other', async () => {
    const caller = await phone({ user: '106', sipPort: 15_800, toneHz: 440 });
    const callee = await phone({ user: '107', sipPort: 15_810, toneHz: 700 });
    await talk(caller, callee);
    expect(await running.lab.call('107')).toMatchObject({ sipStatus: 200, class: 'internal' });
  });

  both('two that have none hear each other, too', async () => {
    const own = { user: '106', sipPort: 15_820, toneHz: 440, voices: 'opus/48000/2' };
    const caller = await phone(own);
    const callee = await phone({ user: '107', sipPort: 15_830, toneHz: 700, voices: 'PCMA' });
    await talk(caller, callee);
  });

  both.each([
    ['srtp-mand', 'tls', 15_840],
    ['dtls_srtp', 'tls', 15_860],
  ] as const)('one with %s talks to a plain one', async (mediaEncryption, transport, sipPort) => {
    const own = { user: '106', sipPort, toneHz: 440, transport, mediaEncryption };
    const caller = await phone(own);
    const callee = await phone({ user: '107', sipPort: sipPort + 10, toneHz: 700 });
    await talk(caller, callee);
  });
});

describe('nodes', () => {
  const daemons: Rtpengine[] = [];
  let media: MediaEngine | undefined;

  async function daemon(portMin: number, ngPort?: number): Promise<Rtpengine> {
    const place = ngPort === undefined ? {} : { ngPort };
    const started = await Rtpengine.start({ portMin, portMax: portMin + 99, ...place });
    daemons.push(started);
    return started;
  }

  afterEach(async () => {
    await media?.close();
    media = undefined;
    await Promise.all(daemons.splice(0).map((one) => one.stop()));
  });

  async function offer(
    engine: MediaEngine,
    sessionId: string,
    onEvent: (event: MediaEvent) => void,
  ) {
    engine.createSession({ sessionId, callerLegId: 'a', onEvent });
    const ear = await Ear.open();
    const sdp = sdpOf({ port: ear.port });
    ear.close();
    const said = { sessionId, fromLegId: 'a', toLegId: 'b', sdp, signallingAddress: LOCAL };
    return await engine.offer(said);
  }

  test('none that answers: that is said, calls are refused, and are carried as soon as one is there', async () => {
    const gone = await daemon(28_400);
    await gone.stop();
    const lines: string[] = [];
    const write = (line: string): void => void lines.push(line);
    const log = createLogger({ process: 'switch', level: 'error', format: 'json', write });
    const engine = await startRtpengine({ nodes: [gone.place], log });
    media = engine;
    const name = `${LOCAL}:${gone.place.port}`;
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'media.rtpengine_down', node: name },
      { event: 'media.no_rtpengine', nodes: [name] },
    ]);
    await expect(offer(engine, 'early', () => undefined)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await daemon(28_400, gone.place.port);
    await eventually(async () => (await engine.usage()).nodes?.[0]?.isUp === true);
    await offer(engine, 'late', () => undefined);
    await engine.delete('late');
  });

  test('new calls go to the one that is there; who has none to go to is refused in two seconds', async () => {
    const [one, other] = [await daemon(28_400), await daemon(28_500)];
    const engine = await startRtpengine({ nodes: [one.place, other.place], log: silentLogger });
    media = engine;
    await one.stop();
    // Both sessions are made while nobody knows yet that one is gone.
    const asked = ['first', 'second'].map((id) => offer(engine, id, () => undefined));
    for (const sdp of await Promise.all(asked)) {
      expect(/m=audio 285\d\d /.test(sdp.toString())).toBe(true);
    }
    expect((await engine.usage()).nodes?.map(({ isUp }) => isUp)).toEqual([false, true]);
    await other.stop();
    const askedAtMs = performance.now();
    const refused = offer(engine, 'third', () => undefined);
    await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(performance.now() - askedAtMs).toBeLessThan(2_000);
    for (const id of ['first', 'second', 'third']) await engine.delete(id);
  });

  test('a node that was started anew has lost its calls: each is told once, and new ones go there', async () => {
    const before = await daemon(28_400);
    const engine = await startRtpengine({
      nodes: [before.place],
      log: silentLogger,
      lookEveryMs: 500,
    });
    media = engine;
    const events: MediaEvent[] = [];
    await offer(engine, 'first', (event) => void events.push(event));
    await before.stop();
    await daemon(28_400, before.place.port);
    await eventually(() => events.length > 0);
    await sleep(1_000);
    expect(events).toMatchObject([{ type: 'lost', sessionId: 'first' }]);
    await expect(engine.stats('first')).resolves.toBeNull();
    await engine.delete('first');
    await eventually(async () => (await engine.usage()).workersUp === 1);
    await offer(engine, 'second', () => undefined);
    await engine.delete('second');
    expect(await engine.usage()).toMatchObject({ sessions: 0, portPairsInUse: 0 });
  });

  test('a call in which nobody is heard is told so', async () => {
    const node = await daemon(28_400);
    const engine = await startRtpengine({
      nodes: [node.place],
      log: silentLogger,
      lookEveryMs: 500,
      inactivityTimeoutMs: 2_000,
    });
    media = engine;
    const events: MediaEvent[] = [];
    await offer(engine, 'quiet', (event) => void events.push(event));
    const sdp = sdpOf({ port: 9_999 });
    const said = {
      sessionId: 'quiet',
      fromLegId: 'b',
      toLegId: 'a',
      sdp,
      signallingAddress: LOCAL,
    };
    await engine.answer(said);
    engine.gate('quiet', 'open');
    await eventually(() => events.length === 2);
    expect(events).toMatchObject([
      { type: 'inactive', legId: 'a', sessionSilent: true },
      { type: 'inactive', legId: 'b', sessionSilent: true },
    ]);
    await engine.delete('quiet');
  });
});

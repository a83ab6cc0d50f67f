import { afterAll, test as anyTest, beforeAll, expect } from 'vitest';
import { silentLogger } from '@/lib/infra/log';
import { G711Encoder } from '@/lib/protocol/codecs/g711';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { LegDescription, MediaEngine } from '@/lib/switch/media/engine';
import { mediaWorkerLocation } from '@/lib/switch/media/worker-location';
import { BrowserVoice } from '@/tests/support/browser-voice';
import { eventually } from '@/tests/support/eventually';
import { hasPeer } from '@/tests/support/peers.mjs';
import { Ear, portOf, rtp, sdpOf } from '@/tests/unit/switch/media/phone';

/** What a transfer asks of a browser: another port, new ICE names, a new certificate, one connection. */
const test = anyTest.skipIf(!hasPeer('chromium'));

const LOCAL = '127.0.0.1';
const PACKET_SAMPLES = 160;
let media: MediaEngine;
let browser: BrowserVoice;
const opened: { close(): void }[] = [];

beforeAll(async () => {
  if (!hasPeer('chromium')) return;
  media = await startBuiltInEngine({
    ...mediaWorkerLocation(),
    ...{ log: silentLogger, bindAddress: LOCAL, publicAddress: LOCAL },
    ...{ portMin: 23_000, portMax: 23_099 },
  });
  browser = await BrowserVoice.start(440, 'audio/PCMU');
});

afterAll(async () => {
  for (const each of opened) each.close();
  await browser?.stop();
  await media?.close();
});

function saying(sessionId: string, way: string, sdp: Buffer): LegDescription {
  const [fromLegId = '', toLegId = ''] = way.split('>');
  const signalling = { signallingAddress: LOCAL, isSignallingSecure: true };
  return { sessionId, fromLegId, toLegId, sdp, ...signalling };
}

/** A plain phone that plays a tone, once it knows where to. */
async function plainPhone(toneHz: number, ssrc: number) {
  const ear = await Ear.open();
  opened.push(ear);
  const encoder = new G711Encoder('PCMU');
  const playTo = (port: number): void => {
    let sequence = 0;
    const timer = setInterval(() => {
      const sound = encoder.encode(
        Int16Array.from({ length: PACKET_SAMPLES }, (_, index) => {
          const seconds = (sequence * PACKET_SAMPLES + index) / 8_000;
          return 12_000 * Math.sin(2 * Math.PI * toneHz * seconds);
        }),
      );
      void ear.send(Buffer.concat([rtp({ sequence, ssrc, payloadType: 0 }), sound]), port);
      sequence += 1;
    }, 20);
    opened.unshift({ close: () => clearInterval(timer) });
  };
  return { ear, playTo, sdp: sdpOf({ port: ear.port, formats: '0', lines: [] }) };
}

const hears = (toneHz: number) =>
  eventually(async () => Math.abs((await browser.loudestHz()) - toneHz) < 5, 15_000);

test('a browser whose leg moves to another call talks there, over the connection that it has', async () => {
  const [first, second] = [await plainPhone(700, 11), await plainPhone(1_000, 22)];
  media.createSession({ sessionId: 'one', callerLegId: 'a', onEvent: () => undefined });
  const toFirst = await media.offer(saying('one', 'a>p', Buffer.from(await browser.offer())));
  const told = await media.answer(saying('one', 'p>a', first.sdp));
  media.gate('one', 'open');
  await browser.take(told.toString());
  first.playTo(portOf(toFirst));
  await hears(700);
  media.createSession({ sessionId: 'two', callerLegId: 'q', onEvent: () => undefined });
  media.adopt('two', { legId: 'a', fromSessionId: 'one' });
  const moved = await media.offer(saying('two', 'q>a', second.sdp));
  const answer = Buffer.from(await browser.answer(moved.toString()));
  const toSecond = await media.answer(saying('two', 'a>q', answer));
  media.gate('two', 'open');
  await media.delete('one');
  second.playTo(portOf(toSecond));
  await hears(1_000);
  const before = second.ear.unread;
  await eventually(() => second.ear.unread > before + 20);
  const stats = await media.delete('two');
  expect(stats?.legs.map(({ dropped }) => dropped.unauthentic)).toEqual([0, 0]);
});

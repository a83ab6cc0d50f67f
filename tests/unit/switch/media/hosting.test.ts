import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '@/lib/infra/log';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { MediaEngine, MediaEvent } from '@/lib/switch/media/engine';
import type { Playback } from '@/lib/switch/media/sound';
import { eventually } from '@/tests/support/eventually';
import { type Bundle, bundleOf } from './bundle';
import { Ear, portOf, rtp, sdpOf, textOf } from './phone';
import { keyOf, phoneKey, sdesSdp } from './secure-phone';

/** Legs that talk to nobody but us. */

const LOCAL = '127.0.0.1';
const CALL = 'call-1';
const BEEP: Playback = {
  sound: {
    kind: 'tone',
    steps: [{ frequenciesHz: [425], durationMs: 60 }],
    levelDbm0: -13,
  },
  times: 1,
};

let bundle: Bundle;
let media: MediaEngine;
const ears: Ear[] = [];
const events: MediaEvent[] = [];

beforeAll(async () => {
  bundle = await bundleOf('lib/switch/media/worker.ts');
  media = await startBuiltInEngine({
    workerUrl: bundle.workerUrl,
    bindAddress: LOCAL,
    publicAddress: LOCAL,
    portMin: 22_400,
    portMax: 22_499,
    quarantineMs: 0,
    log: silentLogger,
  });
});

afterAll(async () => {
  await media.close();
  await bundle.remove();
});

afterEach(async () => {
  for (const one of ears.splice(0)) one.close();
  events.length = 0;
  await media.delete(CALL);
  expect(await media.usage()).toMatchObject({ sessions: 0, legs: 0, portPairsInUse: 0 });
});

function open(): void {
  const onEvent = (event: MediaEvent): void => void events.push(event);
  media.createSession({ sessionId: CALL, callerLegId: 'a', onEvent });
}

async function ear(): Promise<Ear> {
  const opened = await Ear.open(LOCAL);
  ears.push(opened);
  return opened;
}

const offerOf = (legId: string, sdp: Buffer) => ({
  sessionId: CALL,
  legId,
  sdp,
  signallingAddress: LOCAL,
});

const formatsOf = (sdp: Buffer) => /^m=audio \d+ \S+ (.*)\r$/m.exec(sdp.toString())?.[1];

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test('an offer is answered with its first voice of ours and its keys, and the leg hears us', async () => {
  open();
  const a = await ear();
  const told = await media.host(offerOf('a', sdpOf({ port: a.port, formats: '18 8 0 101' })));
  expect(formatsOf(told)).toBe('8 101');
  const playbackId = media.play(CALL, 'a', BEEP);
  const { packet } = await a.next();
  expect(packet[1]).toBe(0x80 | 8);
  await until(() => events.length > 0);
  expect(events).toEqual([{ type: 'played', sessionId: CALL, legId: 'a', playbackId }]);
  expect((await media.stats(CALL))?.legs[0]?.sent.packets).toBe(3);
});

test('the same offer again has the same answer; another one a new version', async () => {
  open();
  const a = await ear();
  const offer = sdpOf({ port: a.port });
  const first = await media.host(offerOf('a', offer));
  expect(await media.host(offerOf('a', offer))).toEqual(first);
  const held = await media.host(
    offerOf('a', sdpOf({ port: a.port, version: 2, lines: ['a=sendonly'] })),
  );
  expect(held.toString()).toContain('a=recvonly');
  expect(portOf(held)).toBe(portOf(first));
});

test('a leg that we talk to is connected with another, and taken back', async () => {
  open();
  const [a, b] = [await ear(), await ear()];
  const offer = sdpOf({ port: a.port });
  const toA = await media.host(offerOf('a', offer));
  const way = (from: string, to: string, sdp: Buffer) => ({
    sessionId: CALL,
    fromLegId: from,
    toLegId: to,
    sdp,
    signallingAddress: LOCAL,
  });
  const toB = await media.offer(way('a', 'b', offer));
  expect(portOf(await media.answer(way('b', 'a', sdpOf({ port: b.port }))))).toBe(portOf(toA));
  media.gate(CALL, 'open');
  await a.send(rtp({ sequence: 1, text: 'hallo' }), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('hallo');
  await media.host(offerOf('a', offer));
  await b.send(rtp({ sequence: 1, text: 'unheard' }), portOf(toB));
  media.play(CALL, 'a', BEEP);
  expect((await a.next()).packet.length).toBe(12 + 160);
  // It came by a socket of its own: on a busy machine it may be read after the tone was sent.
  const dropped = async () => (await media.stats(CALL))?.legs.map((leg) => leg.dropped.unroutable);
  await eventually(async () => (await dropped())?.join() === '0,1');
});

test('a protected offer is answered with a key of ours, the same one for the same', async () => {
  open();
  const a = await ear();
  const offer = { ...offerOf('a', sdesSdp(a.port, [phoneKey()])), isSignallingSecure: true };
  const told = await media.host(offer);
  expect(keyOf(await media.host(offer)).keyAndSalt).toEqual(keyOf(told).keyAndSalt);
  media.play(CALL, 'a', BEEP);
  expect((await a.next()).packet.length).toBe(12 + 160 + 10);
});

test.each([
  ['no voice of ours', { formats: '18' }],
  ['no audio', { formats: '101' }],
])('an offer with %s is refused with 488, and takes no port', async (_what, fields) => {
  open();
  const a = await ear();
  const refused = media.host(offerOf('a', sdpOf({ port: a.port, ...fields })));
  await expect(refused).rejects.toMatchObject({ meta: { sipStatus: 488 } });
  expect(await media.usage()).toMatchObject({ legs: 0 });
});

test('a leg may have no more voices than its trunk', async () => {
  open();
  const a = await ear();
  const offer = offerOf('a', sdpOf({ port: a.port, formats: '8 0 101' }));
  expect(formatsOf(await media.host({ ...offer, codecs: ['PCMU'] }))).toBe('0 101');
});

test('nothing is played where nothing was agreed, and nothing goes wrong for it', async () => {
  open();
  expect(media.play(CALL, 'a', BEEP)).toBeNull();
  expect(media.play('another', 'a', BEEP)).toBeNull();
  media.stopPlaying(CALL, 'a');
});

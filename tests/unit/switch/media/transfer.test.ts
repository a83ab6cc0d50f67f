import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '@/lib/infra/log';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { LegDescription, MediaEngine } from '@/lib/switch/media/engine';
import { type Bundle, bundleOf } from './bundle';
import { Ear, portOf, rtp, sdpOf, textOf } from './phone';

const LOCAL = '127.0.0.1';

let bundle: Bundle;
let media: MediaEngine;
const ears: Ear[] = [];

async function ear(): Promise<Ear> {
  const opened = await Ear.open();
  ears.push(opened);
  return opened;
}

function saying(sessionId: string, way: string, sdp: Buffer): LegDescription {
  const [fromLegId = '', toLegId = ''] = way.split('>');
  return { sessionId, fromLegId, toLegId, sdp, signallingAddress: LOCAL };
}

/** Two legs that talk, the gate open. */
async function talking(sessionId: string, [one, other]: [string, string]) {
  media.createSession({ sessionId, callerLegId: one, onEvent: () => {} });
  const [a, b] = [await ear(), await ear()];
  const toB = await media.offer(saying(sessionId, `${one}>${other}`, sdpOf({ port: a.port })));
  const toA = await media.answer(saying(sessionId, `${other}>${one}`, sdpOf({ port: b.port })));
  media.gate(sessionId, 'open');
  return { a, b, toA, toB };
}

async function hears([from, at]: readonly [Ear, Buffer], to: Ear, text: string): Promise<void> {
  await from.send(rtp({ sequence: 1, text }), portOf(at));
  expect(textOf((await to.next()).packet)).toBe(text);
}

beforeAll(async () => {
  bundle = await bundleOf('lib/switch/media/worker.ts');
  media = await startBuiltInEngine({
    workerUrl: bundle.workerUrl,
    bindAddress: LOCAL,
    publicAddress: LOCAL,
    portMin: 22_500,
    portMax: 22_599,
    log: silentLogger,
  });
});

afterEach(async () => {
  for (const one of ears.splice(0)) one.close();
  await media.delete('first');
  await media.delete('second');
  expect(await media.usage()).toMatchObject({ sessions: 0, legs: 0, portPairsInUse: 0 });
});

afterAll(async () => {
  await media.close();
  await bundle.remove();
});

test('a preview is heard and hears nobody; when it ends all is as it was', async () => {
  const { a, b, toA, toB } = await talking('first', ['a', 'b']);
  await hears([a, toA], b, 'hello');
  const c = await ear();
  const toC = await media.offer(saying('first', 'a>c', sdpOf({ port: a.port })));
  await media.answer({ ...saying('first', 'c>a', sdpOf({ port: c.port })), isPreview: true });
  await hears([c, toC], a, 'ringback');
  // B does not speak in between; A still speaks to B alone.
  await b.send(rtp({ sequence: 9, text: 'music' }), portOf(toB));
  await a.send(rtp({ sequence: 2, text: 'still there?' }), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('still there?');
  expect([a.unread, c.unread]).toEqual([0, 0]);
  await media.deleteLeg('first', 'c');
  await hears([b, toB], a, 'back again');
});

test('whoever answers for good after a preview is connected both ways, and the one before is not', async () => {
  const { a, b, toA, toB } = await talking('first', ['a', 'b']);
  const c = await ear();
  const toC = await media.offer(saying('first', 'a>c', sdpOf({ port: a.port })));
  const answer = saying('first', 'c>a', sdpOf({ port: c.port }));
  await media.answer({ ...answer, isPreview: true });
  await media.answer(answer);
  await hears([c, toC], a, 'hello');
  await hears([a, toA], c, 'good day');
  await b.send(rtp({ sequence: 3, text: 'me too' }), portOf(toB));
  await media.deleteLeg('first', 'b');
  expect([a.unread, b.unread, c.unread]).toEqual([0, 0, 0]);
});

test('a leg that is taken over keeps its name in its SDP, moves to a port of the session, and is heard there', async () => {
  const first = await talking('first', ['a', 'b']);
  const second = await talking('second', ['a2', 'c']);
  media.adopt('first', { legId: 'c', fromSessionId: 'second' });
  const toC = await media.offer(saying('first', 'b>c', sdpOf({ port: first.b.port })));
  const origin = (sdp: Buffer) => /^o=(\S+ \S+) (\d+)/m.exec(sdp.toString());
  expect(origin(toC)?.[1]).toBe(origin(second.toB)?.[1]);
  expect(Number(origin(toC)?.[2])).toBe(Number(origin(second.toB)?.[2]) + 1);
  expect(portOf(toC)).not.toBe(portOf(second.toB));
  // Until it answers it talks where it talked.
  await hears([second.b, second.toB], second.a, 'one moment');
  await media.answer(saying('first', 'c>b', sdpOf({ port: second.b.port })));
  await media.delete('second');
  await hears([second.b, toC], first.b, 'hello');
  await hears([first.b, first.toB], second.b, 'good day');
});

test('two that both offered hear each other, and whom the first rang at before is not heard', async () => {
  media.createSession({ sessionId: 'first', callerLegId: 'a', onEvent: () => {} });
  const [a, b, c] = [await ear(), await ear(), await ear()];
  const toB = await media.offer(saying('first', 'a>b', sdpOf({ port: a.port })));
  await media.answer(saying('first', 'b>a', sdpOf({ port: b.port })));
  const met = await media.meet({
    sessionId: 'first',
    one: { legId: 'a', sdp: sdpOf({ port: a.port }), signallingAddress: LOCAL },
    other: { legId: 'c', sdp: sdpOf({ port: c.port }), signallingAddress: LOCAL },
  });
  media.gate('first', 'open');
  await hears([c, met.toOther], a, 'got it');
  await hears([a, met.toOne], c, 'who is there?');
  await b.send(rtp({ sequence: 9, text: 'me too' }), portOf(toB));
  await hears([c, met.toOther], a, 'just me');
  expect([a.unread, b.unread, c.unread]).toEqual([0, 0, 0]);
});

test('two that can not meet leave everything as it was', async () => {
  const { a, b, toA, toB } = await talking('first', ['a', 'b']);
  const c = await ear();
  const meeting = media.meet({
    sessionId: 'first',
    one: { legId: 'a', sdp: sdpOf({ port: a.port }), signallingAddress: LOCAL },
    other: {
      legId: 'c',
      sdp: sdpOf({ port: c.port, formats: '18', lines: [] }),
      signallingAddress: LOCAL,
    },
  });
  await expect(meeting).rejects.toThrow(/no codec/);
  await media.deleteLeg('first', 'c');
  await hears([a, toA], b, 'still here');
  await hears([b, toB], a, 'so am I');
});

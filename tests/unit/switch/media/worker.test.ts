import { expect, test } from 'vitest';
import { createLogger } from '@/lib/infra/log';
import { type BuiltInEngineOptions, startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { MediaEngine, MediaEvent } from '@/lib/switch/media/engine';
import { mediaWorkerLocation } from '@/lib/switch/media/worker-location';
import { bundleOf } from './bundle';
import { Ear, portOf, rtp, sdpOf, textOf } from './phone';

const LOCAL = '127.0.0.1';
const WEAK_PORT = 22_998;
const log = createLogger({ process: 'test', level: 'error', format: 'json', write: () => {} });

const start = (options: Partial<BuiltInEngineOptions>): Promise<MediaEngine> =>
  startBuiltInEngine({
    ...mediaWorkerLocation(),
    bindAddress: LOCAL,
    publicAddress: LOCAL,
    portMin: 22_300,
    portMax: 22_399,
    log,
    ...options,
  });

/** Opens a session in which the callee says hello to the caller. */
async function hello(
  media: MediaEngine,
  sessionId: string,
  events: MediaEvent[] = [],
): Promise<void> {
  const [a, b] = [await Ear.open(), await Ear.open()];
  const common = { sessionId, signallingAddress: LOCAL };
  media.createSession({ sessionId, callerLegId: 'a', onEvent: (event) => events.push(event) });
  const offer = { ...common, fromLegId: 'a', toLegId: 'b', sdp: sdpOf({ port: a.port }) };
  const toB = await media.offer(offer);
  await media.answer({ ...common, fromLegId: 'b', toLegId: 'a', sdp: sdpOf({ port: b.port }) });
  await b.send(rtp({ sequence: 1, text: 'hello' }), portOf(toB));
  expect(textOf((await a.next()).packet)).toBe('hello');
  a.close();
  b.close();
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

test('beside a bundle the worker is a bundle, in the source tree it is the source', () => {
  const bundled = mediaWorkerLocation('file:///srv/tollbridge/dist/switch.mjs');
  expect(bundled.workerUrl.href).toBe('file:///srv/tollbridge/dist/media-worker.mjs');
  expect(mediaWorkerLocation().workerUrl.pathname).toMatch(/media\/worker-from-source\.mjs$/);
});

test('the worker runs from the source tree', async () => {
  const media = await start({});
  await hello(media, 'source');
  await media.close();
});

test('the worker runs from its bundle, which needs nothing beside itself', async () => {
  const bundle = await bundleOf('lib/switch/media/worker.ts');
  const media = await start({ workerUrl: bundle.workerUrl });
  await hello(media, 'bundled');
  await media.close();
  await bundle.remove();
});

test('silence on both sides of a talking call is told', async () => {
  const media = await start({ inactivityTimeoutMs: 1 });
  const events: MediaEvent[] = [];
  await hello(media, 'silent', events);
  media.gate('silent', 'open');
  await until(() => events.length === 2);
  expect(events).toMatchObject([
    { type: 'inactive', sessionId: 'silent', legId: 'a', sessionSilent: true },
    { type: 'inactive', sessionId: 'silent', legId: 'b', sessionSilent: true },
  ]);
  await media.close();
});

test('an engine whose worker can not start says so', async () => {
  const missing = start({ workerUrl: new URL('file:///nowhere/media-worker.mjs') });
  await expect(missing).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('when a worker crashes its calls are told, its ports rest, and new calls go on', async () => {
  const fragile = await bundleOf('tests/unit/switch/media/fragile-worker.ts');
  const media = await start({ workerUrl: fragile.workerUrl });
  const events: MediaEvent[] = [];
  await hello(media, 'doomed', events);
  const killer = await Ear.open();
  await killer.send(Buffer.from('boom'), WEAK_PORT);
  await until(() => events.length > 0);
  expect(events).toEqual([{ type: 'lost', sessionId: 'doomed', reason: 'boom' }]);
  expect(await media.stats('doomed')).toBeNull();
  expect(await media.delete('doomed')).toBeNull();
  await until(async () => (await media.usage()).workersUp === 1);
  expect(await media.usage()).toEqual({
    sessions: 0,
    legs: 0,
    portPairsInUse: 0,
    portPairsQuarantined: 2,
    portPairsFree: 48,
    workersUp: 1,
  });
  await hello(media, 'next');
  expect((await media.delete('next'))?.legs).toHaveLength(2);
  killer.close();
  await media.close();
  await fragile.remove();
});

test('while its worker is down the engine refuses calls instead of losing them', async () => {
  const fragile = await bundleOf('tests/unit/switch/media/fragile-worker.ts');
  const media = await start({ workerUrl: fragile.workerUrl });
  const killer = await Ear.open();
  await killer.send(Buffer.from('boom'), WEAK_PORT);
  const create = (): void =>
    media.createSession({ sessionId: 'one', callerLegId: 'a', onEvent: () => undefined });
  await until(async () => (await media.usage()).workersUp === 0);
  expect(create).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
  killer.close();
  await media.close();
  await fragile.remove();
});

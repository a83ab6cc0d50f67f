import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '@/lib/infra/log';
import { loadUdpAddon } from '@/lib/protocol/native/addon';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { LegDescription, MediaEngine } from '@/lib/switch/media/engine';
import { type Bundle, bundleOf } from './bundle';
import { Ear, portOf, rtp, sdpOf, textOf } from './phone';

const LOCAL = '127.0.0.1';
const CALL = 'call-1';
const PORT_MIN = 22_700;
const A_SSRC = 11;
const B_SSRC = 22;
const BEFORE_CUT = 120;
const KINDS = [
  { kind: 'plain', native: false },
  ...(loadUdpAddon() === undefined ? [] : [{ kind: 'native', native: true }]),
];

const log = createLogger({ process: 'test', level: 'error', format: 'json', write: () => {} });
let bundle: Bundle;

beforeAll(async () => {
  bundle = await bundleOf('lib/switch/media/worker.ts');
});

afterAll(() => bundle.remove());

describe.each(KINDS)('a call over $kind sockets', ({ native }) => {
  let media: MediaEngine;
  const ears: Ear[] = [];

  afterEach(async () => {
    for (const one of ears.splice(0)) one.close();
    await media.delete(CALL);
    expect(await media.usage()).toMatchObject({ sessions: 0, legs: 0, portPairsInUse: 0 });
    await media.close();
  });

  async function ear(address = LOCAL): Promise<Ear> {
    const opened = await Ear.open(address);
    ears.push(opened);
    return opened;
  }

  function saying(way: string, sdp: Buffer, signallingAddress = LOCAL): LegDescription {
    const [fromLegId = '', toLegId = ''] = way.split('>');
    return { sessionId: CALL, fromLegId, toLegId, sdp, signallingAddress };
  }

  async function start(bindAddress: string, publicAddress = bindAddress): Promise<void> {
    media = await startBuiltInEngine({
      workerUrl: bundle.workerUrl,
      bindAddress,
      publicAddress,
      portMin: PORT_MIN,
      portMax: PORT_MIN + 99,
      native,
      log,
    });
    media.createSession({ sessionId: CALL, callerLegId: 'a', onEvent: () => undefined });
  }

  async function call() {
    await start(LOCAL);
    const [a, b] = [await ear(), await ear()];
    const toB = portOf(await media.offer(saying('a>b', sdpOf({ port: a.port }))));
    const toA = portOf(await media.answer(saying('b>a', sdpOf({ port: b.port }))));
    media.gate(CALL, 'open');
    return { a, b, toA, toB };
  }

  /** Both talk until they are stopped; what each said, in order. */
  function talking(from: { ear: Ear; ssrc: number }, to: number) {
    let count = 0;
    const speaker = { ...from, to };
    const say = async (): Promise<void> => {
      count += 1;
      const { ssrc } = speaker;
      await speaker.ear.send(rtp({ sequence: count, ssrc, text: String(count) }), speaker.to);
    };
    return { speaker, say, said: () => count };
  }

  async function heardAll(ear: Ear, count: number): Promise<void> {
    for (let expected = 1; expected <= count; expected += 1) {
      expect(textOf((await ear.next()).packet)).toBe(String(expected));
    }
    expect(ear.unread).toBe(0);
  }

  test('loses nothing while either side asks for something else, is refused, or holds', async () => {
    const { a, b, toA, toB } = await call();
    const one = talking({ ear: a, ssrc: A_SSRC }, toA);
    const other = talking({ ear: b, ssrc: B_SSRC }, toB);
    const both = async (): Promise<void> => {
      for (let count = 0; count < 5; count += 1) {
        await one.say();
        await other.say();
      }
    };
    await both();
    const again = sdpOf({ port: a.port, version: 2, formats: '8 101' });
    await media.update(saying('a>b', again));
    await both();
    await media.answer(saying('b>a', sdpOf({ port: b.port, version: 2, formats: '8 101' })));
    await both();
    await media.update(saying('b>a', sdpOf({ port: b.port, version: 3, formats: '0' })));
    await both();
    media.rollback(CALL);
    await both();
    await heardAll(b, one.said());
    await heardAll(a, other.said());
  });

  test('loses nothing when a phone goes on under another SSRC or at another port by re-INVITE', async () => {
    const { a, b, toA } = await call();
    const one = talking({ ear: a, ssrc: A_SSRC }, toA);
    for (let count = 0; count < 5; count += 1) await one.say();
    // All of it is through before the phone moves: what was sent to nobody's port is lost in any case.
    await heardAll(b, 5);
    const moved = await ear();
    await media.update(saying('a>b', sdpOf({ port: moved.port, version: 2 })));
    await media.answer(saying('b>a', sdpOf({ port: b.port })));
    one.speaker.ear = moved;
    one.speaker.ssrc = 99;
    for (let count = 0; count < 5; count += 1) await one.say();
    for (let expected = 6; expected <= 10; expected += 1) {
      expect(textOf((await b.next()).packet)).toBe(String(expected));
    }
  });

  test('is heard by nobody from the moment in which its gate is closed', async () => {
    const { a, b, toA } = await call();
    const one = talking({ ear: a, ssrc: A_SSRC }, toA);
    let heard = 0;
    b.socket.on('message', (packet) => {
      heard = Number(textOf(packet));
    });
    // As fast as it goes, and no more than the kernel keeps of it.
    while (one.said() < BEFORE_CUT) await one.say();
    media.gate(CALL, 'closed');
    while (one.said() < 2 * BEFORE_CUT) await one.say();
    const received = async () => (await media.stats(CALL))?.legs[0]?.received.packets;
    while ((await received()) !== 2 * BEFORE_CUT) await new Promise(setImmediate);
    const [caller, callee] = (await media.stats(CALL))?.legs ?? [];
    // What was said after the call returned is heard by nobody, and it is counted where it went.
    expect(heard).toBeLessThanOrEqual(BEFORE_CUT);
    expect(callee?.sent.packets).toBeLessThanOrEqual(BEFORE_CUT);
    expect(caller?.dropped.gated).toBeGreaterThanOrEqual(BEFORE_CUT);
  });

  test('goes by IPv6 where the relay is bound to such an address', async () => {
    await start('::1');
    const [a, b] = [await ear('::1'), await ear('::1')];
    const sdp = (of: Ear) => sdpOf({ address: '::1', port: of.port });
    const toB = await media.offer(saying('a>b', sdp(a), '::1'));
    const toA = await media.answer(saying('b>a', sdp(b), '::1'));
    media.gate(CALL, 'open');
    expect(toB.toString()).toContain('c=IN IP6 ::1\r\n');
    await a.send(rtp({ sequence: 1, text: 'hello' }), portOf(toA), '::1');
    expect(textOf((await b.next()).packet)).toBe('hello');
    await b.send(rtp({ sequence: 1, text: 'hi' }), portOf(toB), '::1');
    expect(textOf((await a.next()).packet)).toBe('hi');
    expect((await media.stats(CALL))?.legs[0]?.remote).toBe(`[::1]:${a.port}`);
  });

  test('has a leg of either kind where the relay is bound to all addresses', async () => {
    await start('::', LOCAL);
    const [a, b] = [await ear(), await ear('::1')];
    const toB = await media.offer(saying('a>b', sdpOf({ port: a.port })));
    const answer = sdpOf({ address: '::1', port: b.port });
    const toA = await media.answer(saying('b>a', answer, '::1'));
    media.gate(CALL, 'open');
    await a.send(rtp({ sequence: 1, text: 'four' }), portOf(toA));
    expect(textOf((await b.next()).packet)).toBe('four');
    await b.send(rtp({ sequence: 1, text: 'six' }), portOf(toB), '::1');
    expect(textOf((await a.next()).packet)).toBe('six');
  });

  test('leaves ports that nobody gets again while they rest', async () => {
    const ports = new Set<number>();
    await start(LOCAL);
    for (let round = 0; round < 25; round += 1) {
      const one = await ear();
      const toB = await media.offer(saying(`a${round}>b${round}`, sdpOf({ port: one.port })));
      ports.add(portOf(toB));
      await media.deleteLeg(CALL, `b${round}`);
      await media.deleteLeg(CALL, `a${round}`);
    }
    expect(ports.size).toBe(25);
    expect((await media.usage()).portPairsQuarantined).toBe(50);
    const late = await ear();
    const refused = media.offer(saying('x>y', sdpOf({ port: late.port })));
    await expect(refused).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLogger } from '@/lib/infra/log';
import { G711Decoder } from '@/lib/protocol/codecs/g711';
import { ToneDetector } from '@/lib/protocol/dtmf/tone-detector';
import { type BuiltInEngineOptions, startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { LegDescription, MediaEngine, MediaEvent } from '@/lib/switch/media/engine';
import { type Bundle, bundleOf } from './bundle';
import { Ear, portOf, rtp, type SdpFields, sdpOf, textOf } from './phone';

const log = createLogger({ process: 'test', level: 'error', format: 'json', write: () => {} });
const LOCAL = '127.0.0.1';
const CALL = 'call-1';

let bundle: Bundle;
let media: MediaEngine | undefined;
const ears: Ear[] = [];
const events: MediaEvent[] = [];

async function start(options: Partial<BuiltInEngineOptions> = {}): Promise<MediaEngine> {
  media = await startBuiltInEngine({
    workerUrl: bundle.workerUrl,
    bindAddress: LOCAL,
    publicAddress: LOCAL,
    portMin: 22_200,
    portMax: 22_299,
    log,
    ...options,
  });
  return media;
}

async function startWithCall(options: Partial<BuiltInEngineOptions> = {}): Promise<MediaEngine> {
  const engine = await start(options);
  open(engine);
  return engine;
}

function open(engine: MediaEngine, sessionId = CALL): void {
  engine.createSession({ sessionId, callerLegId: 'a', onEvent: (event) => events.push(event) });
}

async function ear(address?: string): Promise<Ear> {
  const opened = await Ear.open(address);
  ears.push(opened);
  return opened;
}

/** "a>b": what a says, for b. */
function saying(way: string, sdp: Buffer, signallingAddress = LOCAL): LegDescription {
  const [fromLegId = '', toLegId = ''] = way.split('>');
  return { sessionId: CALL, fromLegId, toLegId, sdp, signallingAddress };
}

const phone = (of: Ear, fields: Partial<SdpFields> = {}): Buffer =>
  sdpOf({ port: of.port, ...fields });

const versionOf = (sdp: Buffer): string | undefined => /^o=- \d+ (\d+) /m.exec(sdp.toString())?.[1];
const directionOf = (sdp: Buffer): string | undefined =>
  /^a=(sendrecv|sendonly|recvonly|inactive)\r$/m.exec(sdp.toString())?.[1];

/** A caller and a callee who agreed; the gate is as it was. */
async function connected(engine: MediaEngine): Promise<{
  a: Ear;
  b: Ear;
  toA: Buffer;
  toB: Buffer;
}> {
  const [a, b] = [await ear(), await ear()];
  const toB = await engine.offer(saying('a>b', phone(a)));
  const toA = await engine.answer(saying('b>a', phone(b)));
  return { a, b, toA, toB };
}

/** Asks until it is so; the test's own timeout is the bound. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

beforeAll(async () => {
  bundle = await bundleOf('lib/switch/media/worker.ts');
});

afterAll(() => bundle.remove());

afterEach(async () => {
  for (const one of ears.splice(0)) one.close();
  events.length = 0;
  await media?.delete(CALL);
  const usage = await media?.usage();
  expect(usage ?? { legs: 0 }).toMatchObject({ sessions: 0, legs: 0, portPairsInUse: 0 });
  await media?.close();
  media = undefined;
});

test('a call: early media from the callee, both after the answer, nobody after the cut', async () => {
  const engine = await startWithCall();
  const { a, b, toA, toB } = await connected(engine);
  await a.send(rtp({ sequence: 1, text: 'too early' }), portOf(toA));
  await b.send(rtp({ sequence: 1, text: 'ringback' }), portOf(toB));
  expect(textOf((await a.next()).packet)).toBe('ringback');
  await until(async () => (await engine.stats(CALL))?.legs[0]?.dropped.gated === 1);
  engine.gate(CALL, 'open');
  await a.send(rtp({ sequence: 2, text: 'hello' }), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('hello');
  engine.gate(CALL, 'closed');
  await a.send(rtp({ sequence: 3 }), portOf(toA));
  await b.send(rtp({ sequence: 2 }), portOf(toB));
  await until(async () => {
    const legs = (await engine.stats(CALL))?.legs ?? [];
    return legs.map((leg) => leg.dropped.gated).join() === '2,1';
  });
  expect([a.unread, b.unread]).toEqual([0, 0]);
});

test('a gate that was closed stays closed', async () => {
  const engine = await startWithCall();
  engine.gate(CALL, 'closed');
  engine.gate(CALL, 'open');
  expect((await engine.stats(CALL))?.gate).toBe('closed');
});

test('deleting tells the figures of every leg and frees every port', async () => {
  const engine = await startWithCall();
  const { a, b, toA } = await connected(engine);
  engine.gate(CALL, 'open');
  await a.send(rtp({ sequence: 1 }), portOf(toA));
  await b.next();
  const figures = await engine.delete(CALL);
  expect(figures?.legs).toMatchObject([
    { legId: 'a', codec: 'PCMA/8000', remote: `${LOCAL}:${a.port}`, received: { packets: 1 } },
    { legId: 'b', codec: 'PCMA/8000', remote: null, sent: { packets: 1, octets: 12 } },
  ]);
  expect(await engine.usage()).toEqual({
    sessions: 0,
    legs: 0,
    portPairsInUse: 0,
    portPairsQuarantined: 2,
    portPairsFree: 48,
    workersUp: 1,
  });
  expect(await engine.delete(CALL)).toBeNull();
});

test('of several branches that answer, the last one is connected; the others are not heard', async () => {
  const engine = await startWithCall();
  const [a, b, c] = [await ear(), await ear(), await ear()];
  const offered = phone(a);
  const toB = await engine.offer(saying('a>b', offered));
  const toC = await engine.offer(saying('a>c', offered));
  expect(portOf(toB)).not.toBe(portOf(toC));
  const early = await engine.answer(saying('b>a', phone(b)));
  await b.send(rtp({ sequence: 1, text: 'b rings' }), portOf(toB));
  expect(textOf((await a.next()).packet)).toBe('b rings');
  const answer = await engine.answer(saying('c>a', phone(c)));
  expect(portOf(answer)).toBe(portOf(early));
  engine.gate(CALL, 'open');
  await b.send(rtp({ sequence: 2, text: 'b bleeds' }), portOf(toB));
  await until(async () => (await engine.stats(CALL))?.legs[1]?.dropped.unroutable === 1);
  await c.send(rtp({ sequence: 1, ssrc: 3, text: 'c talks' }), portOf(toC));
  expect(textOf((await a.next()).packet)).toBe('c talks');
  expect(await engine.deleteLeg(CALL, 'b')).toMatchObject({ legId: 'b', received: { packets: 2 } });
  expect(await engine.deleteLeg(CALL, 'b')).toBeNull();
  await a.send(rtp({ sequence: 1, text: 'to c' }), portOf(answer));
  expect(textOf((await c.next()).packet)).toBe('to c');
});

test('the same answer again gives the same bytes', async () => {
  const engine = await startWithCall();
  const { b, toA } = await connected(engine);
  expect(await engine.answer(saying('b>a', phone(b)))).toEqual(toA);
});

test('hold from either side is answered by its complement, and resumed', async () => {
  const engine = await startWithCall();
  const { a, b } = await connected(engine);
  const hold = await engine.update(saying('b>a', phone(b, { version: 2, lines: ['a=sendonly'] })));
  expect([directionOf(hold), versionOf(hold)]).toEqual(['sendonly', '2']);
  const held = await engine.answer(saying('a>b', phone(a, { version: 2 })));
  expect([directionOf(held), versionOf(held)]).toEqual(['recvonly', '2']);
  expect((await engine.stats(CALL))?.legs.map((leg) => leg.held)).toEqual([true, true]);
  const resume = await engine.update(saying('b>a', phone(b, { version: 3 })));
  await engine.answer(saying('a>b', phone(a, { version: 3 })));
  expect([directionOf(resume), versionOf(resume)]).toEqual(['sendrecv', '3']);
  expect((await engine.stats(CALL))?.legs.map((leg) => leg.held)).toEqual([false, false]);
});

test('the old hold, c=0.0.0.0, is handed on as hold with an address', async () => {
  const engine = await startWithCall();
  const { a, b } = await connected(engine);
  const hold = await engine.update(saying('a>b', phone(a, { version: 2, address: '0.0.0.0' })));
  expect(hold.toString()).toContain(`c=IN IP4 ${LOCAL}\r\n`);
  expect(directionOf(hold)).toBe('sendonly');
  expect(directionOf(await engine.answer(saying('b>a', phone(b))))).toBe('recvonly');
});

test('a refused re-INVITE leaves the call as it was', async () => {
  const engine = await startWithCall();
  const { a, b, toA } = await connected(engine);
  engine.gate(CALL, 'open');
  await engine.update(saying('b>a', phone(b, { version: 2, lines: ['a=inactive'] })));
  await expect(engine.update(saying('a>b', phone(a, { version: 2 })))).rejects.toMatchObject({
    code: 'CONFLICT',
    meta: { sipStatus: 491 },
  });
  engine.rollback(CALL);
  await a.send(rtp({ sequence: 1, text: 'still here' }), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('still here');
  const again = await engine.update(saying('b>a', phone(b, { version: 3 })));
  expect([directionOf(again), versionOf(again)]).toEqual(['sendrecv', '3']);
});

test('a phone that moves by re-INVITE is followed, and its old address is foreign', async () => {
  const engine = await startWithCall();
  const { a, b, toA, toB } = await connected(engine);
  engine.gate(CALL, 'open');
  await a.send(rtp({ sequence: 1 }), portOf(toA));
  await b.next();
  const moved = await ear('127.0.0.3');
  const sdp = sdpOf({ address: '127.0.0.3', port: moved.port, version: 2 });
  await engine.update(saying('a>b', sdp, '127.0.0.3'));
  await engine.answer(saying('b>a', phone(b)));
  await b.send(rtp({ sequence: 1, text: 'found' }), portOf(toB));
  expect(textOf((await moved.next()).packet)).toBe('found');
  await a.send(rtp({ sequence: 2, text: 'old' }), portOf(toA));
  await moved.send(rtp({ sequence: 1, ssrc: 2, text: 'new' }), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('new');
});

test('media of a phone behind NAT is learned from its signalling address', async () => {
  const engine = await startWithCall();
  const [a, b] = [await ear('127.0.0.4'), await ear()];
  // What it calls itself means nothing here (more of that in reachability.test.ts).
  const sdp = sdpOf({ address: 'phone.invalid', port: 4_000 });
  const toB = await engine.offer(saying('a>b', sdp, '127.0.0.4'));
  const toA = await engine.answer(saying('b>a', phone(b)));
  await b.send(rtp({ sequence: 1 }), portOf(toB));
  await until(async () => (await engine.stats(CALL))?.legs[1]?.dropped.unroutable === 1);
  for (const sequence of [1, 2]) await a.send(rtp({ sequence }), portOf(toA));
  await until(async () => (await engine.stats(CALL))?.legs[0]?.remote === `127.0.0.4:${a.port}`);
  await b.send(rtp({ sequence: 2, text: 'learned' }), portOf(toB));
  expect(textOf((await a.next()).packet)).toBe('learned');
});

test('an SDP that names our own ports is not sent to', async () => {
  const engine = await startWithCall();
  const [a, b] = [await ear(), await ear()];
  const toB = await engine.offer(saying('a>b', phone(a)));
  const loop = sdpOf({ port: portOf(toB) });
  const toA = await engine.answer(saying('b>a', loop));
  engine.gate(CALL, 'open');
  await a.send(rtp({ sequence: 1 }), portOf(toA));
  await until(async () => (await engine.stats(CALL))?.legs[0]?.dropped.unroutable === 1);
  expect(b.unread).toBe(0);
});

test('each leg keeps its own numbers for payload types', async () => {
  const engine = await startWithCall();
  const [a, b] = [await ear(), await ear()];
  const offered = { formats: '8 96', lines: ['a=rtpmap:96 telephone-event/8000'] };
  const toB = await engine.offer(saying('a>b', phone(a, offered)));
  const answered = { formats: '8 101', lines: ['a=rtpmap:101 telephone-event/8000'] };
  const toA = await engine.answer(saying('b>a', phone(b, answered)));
  expect(toA.toString()).toMatch(/RTP\/AVP 8 96\r\n/);
  engine.gate(CALL, 'open');
  await a.send(rtp({ sequence: 1, payloadType: 96 }), portOf(toA));
  expect((await b.next()).packet[1]).toBe(101);
  for (const [sequence, payloadType] of [
    [1, 96],
    [2, 101],
  ] as const) {
    await b.send(rtp({ sequence, payloadType }), portOf(toB));
    expect((await a.next()).packet[1]).toBe(96);
  }
});

test('a body that can not be used is refused with 488 and takes no port', async () => {
  const engine = await startWithCall();
  const refused = { code: 'INVALID_INPUT', meta: { sipStatus: 488 } };
  await expect(engine.offer(saying('a>b', Buffer.from('hello')))).rejects.toMatchObject(refused);
  expect((await engine.usage()).portPairsInUse).toBe(0);
  const [a, b] = [await ear(), await ear()];
  await engine.offer(saying('a>b', phone(a, { formats: '18' })));
  const other = phone(b, { formats: '0', lines: [] });
  await expect(engine.answer(saying('b>a', other))).rejects.toMatchObject(refused);
});

test('when no port is left a leg is refused, and may try again when one is', async () => {
  const engine = await startWithCall({ portMax: 22_203, quarantineMs: 0 });
  const { a } = await connected(engine);
  const none = { code: 'UNAVAILABLE', meta: { reason: 'every port pair is in use' } };
  await expect(engine.offer(saying('a>c', phone(a)))).rejects.toMatchObject(none);
  await engine.deleteLeg(CALL, 'b');
  expect(portOf(await engine.offer(saying('a>c', phone(a))))).toBeGreaterThan(0);
});

test('sessions, ids and verbs out of place are refused by name', async () => {
  const engine = await startWithCall();
  const a = await ear();
  expect(() => open(engine)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  const gone = { code: 'NOT_FOUND' };
  await expect(engine.answer(saying('b>a', phone(a)))).rejects.toMatchObject(gone);
  await expect(engine.update(saying('a>b', phone(a)))).rejects.toMatchObject(gone);
  await engine.delete(CALL);
  await expect(engine.offer(saying('a>b', phone(a)))).rejects.toMatchObject(gone);
  expect(await engine.stats(CALL)).toBeNull();
  engine.gate(CALL, 'open');
  engine.rollback(CALL);
});

test('a call that ends while its ports are being opened leaves none open', async () => {
  const engine = await startWithCall();
  const offer = engine.offer(saying('a>b', phone(await ear())));
  await Promise.all([
    expect(offer).rejects.toMatchObject({ code: 'NOT_FOUND' }),
    engine.delete(CALL),
  ]);
});

test('calls are shared out over workers, whose ports never overlap', async () => {
  const engine = await start({ workerCount: 2 });
  const ports: number[] = [];
  const a = await ear();
  for (const sessionId of ['one', 'two']) {
    open(engine, sessionId);
    ports.push(portOf(await engine.offer({ ...saying('a>b', phone(a)), sessionId })));
  }
  expect(ports.map((port) => port < 22_250).sort()).toEqual([false, true]);
  expect(await engine.usage()).toMatchObject({ workersUp: 2, legs: 4, portPairsFree: 46 });
  await Promise.all([engine.delete('one'), engine.delete('two')]);
});

test('a trunk is offered its own codecs alone, in its order, and again when the call changes', async () => {
  const engine = await startWithCall();
  const [a, b] = [await ear(), await ear()];
  const offered = phone(a, { formats: '0 8 9 101' });
  const codecs = { from: [], to: ['G722', 'PCMA'] };
  const toB = await engine.offer({ ...saying('a>b', offered), codecs });
  expect(toB.toString()).toMatch(/^m=audio \d+ RTP\/AVP 9 8 101\r$/m);
  const toA = await engine.answer(saying('b>a', phone(b, { formats: '8 101' })));
  expect(toA.toString()).toMatch(/^m=audio \d+ RTP\/AVP 8 101\r$/m);
  const again = await engine.update(saying('a>b', phone(a, { formats: '0 8 9 101', version: 2 })));
  expect(again.toString()).toMatch(/^m=audio \d+ RTP\/AVP 9 8 101\r$/m);
});

test('an offer with nothing that a trunk may have is refused, and takes no ports', async () => {
  const engine = await startWithCall();
  const a = await ear();
  const codecs = { from: [], to: ['G722'] };
  await expect(
    engine.offer({ ...saying('a>b', phone(a, { formats: '18 3' })), codecs }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', meta: { sipStatus: 488 } });
  expect((await engine.usage()).portPairsInUse).toBe(0);
});

test('who shares no voice with the other side is answered with the best of its own', async () => {
  const engine = await startWithCall();
  const [a, b] = [await ear(), await ear()];
  const toB = await engine.offer(saying('a>b', phone(a, { formats: '9 18 101' })));
  expect(toB.toString()).toMatch(/^m=audio \d+ RTP\/AVP 9 18 8 0 96 101 110\r$/m);
  expect(toB.toString()).toMatch(/^a=rtpmap:96 opus\/48000\/2\r$/m);
  expect(toB.toString()).toMatch(/^a=rtpmap:110 telephone-event\/48000\r$/m);
  const toA = await engine.answer(saying('b>a', phone(b, { formats: '8 101' })));
  expect(toA.toString()).toMatch(/^m=audio \d+ RTP\/AVP 9 101\r$/m);
  engine.gate(CALL, 'open');
  await a.send(rtp({ sequence: 1, payloadType: 9, text: 'x'.repeat(160) }), portOf(toA));
  const heard = (await b.next()).packet;
  expect([heard[1], heard.length]).toEqual([0x80 | 8, 172]);
  await b.send(rtp({ sequence: 1, payloadType: 8, text: 'x'.repeat(160) }), portOf(toB));
  const answered = (await a.next()).packet;
  expect([answered[1], answered.length]).toEqual([0x80 | 9, 172]);
});

test('a voice that both have passes as it is, whatever else the callee could do', async () => {
  const engine = await startWithCall();
  const [a, b] = [await ear(), await ear()];
  await engine.offer(saying('a>b', phone(a, { formats: '8 101' })));
  const toA = await engine.answer(saying('b>a', phone(b, { formats: '9 8 101' })));
  expect(toA.toString()).toMatch(/^m=audio \d+ RTP\/AVP 8 101\r$/m);
  engine.gate(CALL, 'open');
  await a.send(rtp({ sequence: 7, text: 'as it is' }), portOf(toA));
  expect((await b.next()).packet).toEqual(rtp({ sequence: 7, text: 'as it is' }));
});

test('a key is told to the owner once, from whichever leg it came', async () => {
  const engine = await startWithCall();
  const { a, b, toA, toB } = await connected(engine);
  engine.gate(CALL, 'open');
  const press = (event: number, sequence: number) => {
    const text = String.fromCharCode(event, 10, 3, 32);
    return rtp({ sequence, payloadType: 101, timestamp: 4_000, text });
  };
  for (const sequence of [1, 2, 3]) await a.send(press(5, sequence), portOf(toA));
  for (const sequence of [1, 2]) await b.send(press(11, sequence), portOf(toB));
  for (const one of [b, b, b, a, a]) await one.next();
  await until(() => events.length === 2);
  expect(events.map((event) => event.type === 'digit' && [event.legId, event.digit])).toEqual(
    expect.arrayContaining([
      ['a', '5'],
      ['b', '#'],
    ]),
  );
});

test('keys for a leg without events are heard as tones, and the voice passes until then', async () => {
  const engine = await startWithCall();
  const [a, b] = [await ear(), await ear()];
  await engine.offer(saying('a>b', phone(a)));
  const toA = await engine.answer(saying('b>a', phone(b, { formats: '8', lines: [] })));
  expect(toA.toString()).toMatch(/^m=audio \d+ RTP\/AVP 8 101\r$/m);
  engine.gate(CALL, 'open');
  const voice = (sequence: number) => rtp({ sequence, text: 'v'.repeat(160) });
  await a.send(voice(1), portOf(toA));
  expect((await b.next()).packet).toEqual(voice(1));
  const noise = rtp({ sequence: 2, payloadType: 13, text: '<' });
  await a.send(noise, portOf(toA));
  expect((await b.next()).packet).toEqual(noise);
  const pressed = Buffer.concat([
    rtp({ sequence: 3, payloadType: 101, timestamp: 480 }),
    Buffer.from([5, 0x8a, 800 >> 8, 800 & 0xff]),
  ]);
  await a.send(pressed, portOf(toA));
  const detector = new ToneDetector(8_000);
  const decoder = new G711Decoder('PCMA');
  const pcm = new Int16Array(160);
  let found = '';
  for (let frame = 0; frame < 5; frame += 1) {
    const { packet } = await b.next();
    expect([(packet[1] ?? 0) & 0x7f, packet.length]).toEqual([8, 172]);
    decoder.decode(packet.subarray(12), pcm);
    found += detector.feed(pcm) ?? '';
  }
  expect(found).toBe('5');
});

test('who is held both ways may hear us all the same, and the holder is told what it said', async () => {
  const engine = await startWithCall();
  const { a, b, toB } = await connected(engine);
  engine.gate(CALL, 'open');
  const hold = phone(b, { version: 2, lines: ['a=inactive'] });
  const toA = await engine.update({ ...saying('b>a', hold), letsHearUs: true });
  expect(directionOf(toA)).toBe('sendonly');
  const answer = phone(a, { version: 2, lines: ['a=recvonly'] });
  expect(directionOf(await engine.answer(saying('a>b', answer)))).toBe('inactive');
  const steps = [{ frequenciesHz: [425], durationMs: 1_000 }];
  engine.play(CALL, 'a', { sound: { kind: 'tone', steps, levelDbm0: -13 }, times: null });
  expect((await a.next()).packet.length).toBe(12 + 160);
  engine.stopPlaying(CALL, 'a');
  await b.send(rtp({ sequence: 1, text: 'unheard' }), portOf(toB));
  await until(async () => (await engine.stats(CALL))?.legs[1]?.dropped.gated === 1);
});

test('who offers anew while it is held both ways may hear us as well', async () => {
  const engine = await startWithCall();
  const { a, b } = await connected(engine);
  await engine.update(saying('a>b', phone(a, { version: 2 })));
  const inactive = phone(b, { version: 2, lines: ['a=inactive'] });
  const toA = await engine.answer({ ...saying('b>a', inactive), letsHearUs: true });
  expect(directionOf(toA)).toBe('sendonly');
});

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLogger } from '@/lib/infra/log';
import { plainRecord } from '@/lib/protocol/dtls/records';
import { startBuiltInEngine } from '@/lib/switch/media/built-in-engine';
import type { LegDescription, LegProtection, MediaEngine } from '@/lib/switch/media/engine';
import { type Bundle, bundleOf } from './bundle';
import { Ear, portOf, rtp, sdpOf, senderReport, textOf } from './phone';
import { BrowserPhone, keyOf, phoneKey, SrtpEnds, sdesSdp, securityOf } from './secure-phone';

const log = createLogger({ process: 'test', level: 'error', format: 'json', write: () => {} });
const LOCAL = '127.0.0.1';
const CALL = 'call-1';

let bundle: Bundle;
let media: MediaEngine;
const ears: Ear[] = [];

interface Saying {
  readonly secure?: boolean;
  readonly protection?: LegProtection;
}

/** "a>b": what a says, for b. */
function saying(
  way: string,
  sdp: Buffer,
  { secure = true, protection }: Saying = {},
): LegDescription {
  const [fromLegId = '', toLegId = ''] = way.split('>');
  return {
    sessionId: CALL,
    fromLegId,
    toLegId,
    sdp,
    signallingAddress: LOCAL,
    isSignallingSecure: secure,
    protection,
  };
}

async function ear(): Promise<Ear> {
  const opened = await Ear.open();
  ears.push(opened);
  return opened;
}

async function droppedOf(legId: string) {
  const stats = await media.stats(CALL);
  const found = stats?.legs.find((leg) => leg.legId === legId);
  if (!found) throw new Error(legId);
  return found.dropped;
}

/** Asks until it is so; the test's own timeout is the bound. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

beforeAll(async () => {
  bundle = await bundleOf('lib/switch/media/worker.ts');
});

afterAll(() => bundle.remove());

async function start(): Promise<void> {
  media = await startBuiltInEngine({
    workerUrl: bundle.workerUrl,
    bindAddress: LOCAL,
    publicAddress: LOCAL,
    portMin: 22_500,
    portMax: 22_599,
    log,
  });
  media.createSession({ sessionId: CALL, callerLegId: 'a', onEvent: () => undefined });
}

afterEach(async () => {
  for (const one of ears.splice(0)) one.close();
  await media.delete(CALL);
  expect(await media.usage()).toMatchObject({ sessions: 0, legs: 0, portPairsInUse: 0 });
  await media.close();
});

/** A caller with keys and a plain callee, who talk. */
async function sdesCall() {
  await start();
  const [a, b] = [await ear(), await ear()];
  const key = phoneKey();
  const toB = await media.offer(saying('a>b', sdesSdp(a.port, [key])));
  const toA = await media.answer(saying('b>a', sdpOf({ port: b.port, formats: '8', lines: [] })));
  media.gate(CALL, 'open');
  return { a, b, key, toA, toB, ends: new SrtpEnds(key, keyOf(toA)) };
}

test('a caller with keys talks to a plain callee, who sees nothing of them', async () => {
  const { a, b, key, toA, toB, ends } = await sdesCall();
  expect(toB.toString()).toContain('RTP/AVP 8');
  expect(toB.toString()).not.toMatch(/crypto|inline/);
  expect(toA.toString()).toContain('RTP/SAVP 8');
  expect(keyOf(toA).keyAndSalt).not.toEqual(key.keyAndSalt);
  await a.send(ends.seal(rtp({ sequence: 1, text: 'in secret' })), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('in secret');
  await b.send(rtp({ sequence: 1, text: 'in the clear' }), portOf(toB));
  const heard = (await a.next()).packet;
  expect(heard.includes('in the clear')).toBe(false);
  expect(textOf(ends.open(heard) ?? Buffer.alloc(12))).toBe('in the clear');
});

test('reports are protected as the voice is', async () => {
  const { a, b, toA, toB, ends } = await sdesCall();
  const [aRtcp, bRtcp] = [await Ear.open(LOCAL, a.port + 1), await Ear.open(LOCAL, b.port + 1)];
  ears.push(aRtcp, bRtcp);
  await a.send(ends.seal(rtp({ sequence: 1 })), portOf(toA));
  await b.next();
  await b.send(rtp({ sequence: 1, ssrc: 2 }), portOf(toB));
  await a.next();
  const report = senderReport(1, { ssrc: 2 });
  await aRtcp.send(Buffer.from(ends.sender.rtcpOf(report) ?? []), portOf(toA) + 1);
  expect((await bRtcp.next()).packet).toEqual(report);
  await bRtcp.send(senderReport(2, { ssrc: 1 }), portOf(toB) + 1);
  const sealed = (await aRtcp.next()).packet;
  expect(ends.receiver.rtcpOf(sealed)).toEqual(senderReport(2, { ssrc: 1 }));
});

test('what is in the clear, of another key, or heard before, goes nowhere and is counted', async () => {
  const { a, b, toA, ends } = await sdesCall();
  const first = ends.seal(rtp({ sequence: 1, text: 'one' }));
  const stranger = new SrtpEnds(phoneKey(), phoneKey());
  await a.send(first, portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('one');
  await a.send(first, portOf(toA));
  await a.send(rtp({ sequence: 2, text: 'plain' }), portOf(toA));
  await a.send(stranger.seal(rtp({ sequence: 3, text: 'evil' })), portOf(toA));
  await until(async () => (await droppedOf('a')).unauthentic === 3);
  await a.send(ends.seal(rtp({ sequence: 4, text: 'two' })), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('two');
});

test('keys that others can read are not taken', async () => {
  await start();
  const a = await ear();
  const offer = saying('a>b', sdesSdp(a.port, [phoneKey()]), { secure: false });
  await expect(media.offer(offer)).rejects.toMatchObject({ meta: { sipStatus: 488 } });
});

test('a callee is offered keys of its own, and both sides are protected each for itself', async () => {
  await start();
  const [a, b] = [await ear(), await ear()];
  const key = phoneKey(7);
  const toB = await media.offer(saying('a>b', sdesSdp(a.port, [key]), { protection: 'sdes' }));
  const offered = securityOf(toB);
  const [, taken] = offered.kind === 'sdes' ? offered.keys : [];
  if (!taken) throw new Error('no second key');
  const own = phoneKey(taken.tag, taken.suite);
  const toA = await media.answer(saying('b>a', sdesSdp(b.port, [own])));
  media.gate(CALL, 'open');
  expect(keyOf(toA).tag).toBe(7);
  expect(toB.includes(key.keyAndSalt.toString('base64'))).toBe(false);
  expect(toA.includes(own.keyAndSalt.toString('base64'))).toBe(false);
  const [atA, atB] = [new SrtpEnds(key, keyOf(toA)), new SrtpEnds(own, taken)];
  await a.send(atA.seal(rtp({ sequence: 1, text: 'hello' })), portOf(toA));
  expect(textOf(atB.open((await b.next()).packet) ?? Buffer.alloc(12))).toBe('hello');
});

test.each([
  ['plain RTP', () => sdpOf({ port: 4_000 })],
  ['a key for a number that was not offered', () => sdesSdp(4_000, [phoneKey(9)])],
  ['a key of another kind', () => sdesSdp(4_000, [phoneKey(2)])],
])('an answer with %s is no answer to keys', async (_, answer) => {
  await start();
  const a = await ear();
  await media.offer(saying('a>b', sdpOf({ port: a.port }), { protection: 'sdes' }));
  await expect(media.answer(saying('b>a', answer()))).rejects.toMatchObject({
    meta: { sipStatus: 488 },
  });
});

test('a session refresh says the same again, and counters go on', async () => {
  const { a, b, key, toA, toB, ends } = await sdesCall();
  await a.send(ends.seal(rtp({ sequence: 65_535, text: 'one' })), portOf(toA));
  await b.next();
  await a.send(ends.seal(rtp({ sequence: 65_536, text: 'two' })), portOf(toA));
  await b.next();
  const again = await media.update(saying('a>b', sdesSdp(a.port, [key])));
  expect(again).toEqual(toB);
  const answered = await media.answer(
    saying('b>a', sdpOf({ port: b.port, formats: '8', lines: [] })),
  );
  expect(answered).toEqual(toA);
  await a.send(ends.seal(rtp({ sequence: 65_537, text: 'three' })), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('three');
});

test('new keys are followed without a break: what was under way is heard with the old ones', async () => {
  const { a, b, toA, ends } = await sdesCall();
  await a.send(ends.seal(rtp({ sequence: 1, text: 'one' })), portOf(toA));
  await b.next();
  const key = phoneKey(2);
  await media.update(saying('a>b', sdesSdp(a.port, [key], 2)));
  await a.send(ends.seal(rtp({ sequence: 2, text: 'two' })), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('two');
  const answered = await media.answer(
    saying('b>a', sdpOf({ port: b.port, formats: '8', lines: [] })),
  );
  expect(keyOf(answered).keyAndSalt).not.toEqual(keyOf(toA).keyAndSalt);
  await a.send(ends.seal(rtp({ sequence: 3, text: 'three' })), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('three');
  const fresh = new SrtpEnds(key, keyOf(answered));
  await a.send(fresh.seal(rtp({ sequence: 4, text: 'four' })), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('four');
  await b.send(
    rtp({ sequence: 1, text: 'back' }),
    portOf(await media.update(saying('a>b', sdesSdp(a.port, [key], 2)))),
  );
  expect(textOf(fresh.open((await a.next()).packet) ?? Buffer.alloc(12))).toBe('back');
});

test('new keys that are refused change nothing', async () => {
  const { a, b, toA, toB, ends } = await sdesCall();
  await media.update(saying('a>b', sdesSdp(a.port, [phoneKey(2)], 2)));
  media.rollback(CALL);
  await a.send(ends.seal(rtp({ sequence: 1, text: 'still here' })), portOf(toA));
  expect(textOf((await b.next()).packet)).toBe('still here');
  await b.send(rtp({ sequence: 1, text: 'me too' }), portOf(toB));
  expect(textOf(ends.open((await a.next()).packet) ?? Buffer.alloc(12))).toBe('me too');
});

/** A browser that calls a plain phone; nothing of it has been heard yet. */
async function browserCall() {
  await start();
  const [a, b] = [await ear(), await ear()];
  const browser = new BrowserPhone(a);
  const toB = await media.offer(saying('a>b', browser.sdp()));
  const toA = await media.answer(saying('b>a', sdpOf({ port: b.port, formats: '8', lines: [] })));
  media.gate(CALL, 'open');
  return { a, b, browser, toA, toB, port: portOf(toA) };
}

test('a browser talks to a plain phone', async () => {
  const { a, b, browser, toA, toB, port } = await browserCall();
  expect(toA.toString()).toMatch(/m=audio \d+ UDP\/TLS\/RTP\/SAVPF 8\r\n/);
  for (const line of [
    'a=ice-lite',
    'a=rtcp-mux',
    'a=setup:passive',
    'a=mid:0',
    'a=group:BUNDLE 0',
  ]) {
    expect(toA.toString()).toContain(`${line}\r\n`);
  }
  expect(toA.toString()).toContain(`${LOCAL} ${port} typ host\r\n`);
  expect(toB.toString()).toContain('a=sendrecv');
  expect(toB.toString()).not.toMatch(/ice|fingerprint|setup|candidate|mux|mid/);
  const ends = await browser.connect(toA);
  await a.send(ends.seal(rtp({ sequence: 1, text: 'hello' })), port);
  expect(textOf((await b.next()).packet)).toBe('hello');
  await b.send(rtp({ sequence: 1, ssrc: 2, text: 'who is it' }), portOf(toB));
  expect(textOf(ends.open((await a.next()).packet) ?? Buffer.alloc(12))).toBe('who is it');
  const bRtcp = await Ear.open(LOCAL, b.port + 1);
  ears.push(bRtcp);
  const report = senderReport(1, { ssrc: 2 });
  await a.send(Buffer.from(ends.sender.rtcpOf(report) ?? []), port);
  expect((await bRtcp.next()).packet).toEqual(report);
  await bRtcp.send(senderReport(2, { ssrc: 1 }), portOf(toB) + 1);
  expect(ends.receiver.rtcpOf((await a.next()).packet)).toEqual(senderReport(2, { ssrc: 1 }));
});

test('a browser is called as it calls', async () => {
  await start();
  const [a, b] = [await ear(), await ear()];
  const browser = new BrowserPhone(b);
  const offer = sdpOf({ port: a.port, formats: '8', lines: [] });
  const toB = await media.offer(saying('a>b', offer, { protection: 'dtls' }));
  expect(toB.toString()).toContain('a=setup:actpass');
  const toA = await media.answer(saying('b>a', browser.sdp({ setup: 'active' })));
  media.gate(CALL, 'open');
  const ends = await browser.connect(toB);
  await b.send(ends.seal(rtp({ sequence: 1, text: 'yes?' })), portOf(toB));
  expect(textOf((await a.next()).packet)).toBe('yes?');
  await a.send(rtp({ sequence: 1, text: 'hello' }), portOf(toA));
  expect(textOf(ends.open((await b.next()).packet) ?? Buffer.alloc(12))).toBe('hello');
});

test('before it shook hands nothing goes to a browser, least of all in the clear', async () => {
  const { a, b, browser, toA, toB, port } = await browserCall();
  await b.send(rtp({ sequence: 1, text: 'early' }), portOf(toB));
  await until(async () => (await droppedOf('b')).unroutable === 1);
  await a.send(browser.check(toA), port);
  await a.next();
  await b.send(rtp({ sequence: 2, text: 'early' }), portOf(toB));
  await until(async () => (await droppedOf('b')).unroutable === 2);
  expect(a.unread).toBe(0);
});

/** The attacks of the facts, and more of their kind: a datagram each, from an address of nobody. */
const ATTACKS: readonly (readonly [string, () => Buffer])[] = [
  ['an unknown content type', () => plainRecord(60, 0, Buffer.from('anything'))],
  ['an alert in the clear', () => plainRecord(21, 0, Buffer.from([2, 40]))],
  ['a byte', () => Buffer.from([99])],
  ['a voice', () => rtp({ sequence: 2, text: 'evil' })],
  ['a hello', () => new BrowserPhone(ears[0] as Ear).dtls.hello()[0] ?? Buffer.alloc(0)],
  ['nonsense', () => randomBytes(300)],
];

test.each(ATTACKS)(
  '%s of a stranger changes nothing, before, within and after the handshake',
  async (_, make) => {
    const { a, b, browser, toA, port } = await browserCall();
    const stranger = await ear();
    const attack = async (): Promise<void> => {
      for (let count = 0; count < 3; count += 1) await stranger.send(make(), port);
    };
    await attack();
    await a.send(browser.check(toA), port);
    await a.next();
    await attack();
    await browser.shakeHands(port);
    await attack();
    const ends = await browser.connect(toA);
    await a.send(ends.seal(rtp({ sequence: 1, text: 'still here' })), port);
    expect(textOf((await b.next()).packet)).toBe('still here');
    expect(stranger.unread).toBe(0);
  },
);

test('who does not know the password is told nothing and moves nothing', async () => {
  const { a, b, browser, toA, toB, port } = await browserCall();
  const ends = await browser.connect(toA);
  const stranger = await ear();
  const other = new BrowserPhone(stranger);
  await stranger.send(other.check(toA), port);
  await stranger.send(
    browser.check(
      Buffer.from(toA.toString().replace(/(a=ice-pwd:)\S+/, '$1aaaaaaaaaaaaaaaaaaaaaaaa')),
    ),
    port,
  );
  await until(async () => (await droppedOf('a')).foreign === 2);
  await b.send(rtp({ sequence: 1, text: 'to the browser' }), portOf(toB));
  expect(textOf(ends.open((await a.next()).packet) ?? Buffer.alloc(12))).toBe('to the browser');
  expect(stranger.unread).toBe(0);
});

test('a browser that changes its network is followed, once it says so', async () => {
  const { a, b, browser, toA, toB, port } = await browserCall();
  const ends = await browser.connect(toA);
  const moved = await ear();
  await moved.send(ends.seal(rtp({ sequence: 1, text: 'too soon' })), port);
  await moved.send(browser.check(toA, { nominates: false }), port);
  await moved.next();
  await a.send(ends.seal(rtp({ sequence: 2, text: 'from here' })), port);
  expect(textOf((await b.next()).packet)).toBe('from here');
  await moved.send(browser.check(toA), port);
  await moved.next();
  await moved.send(ends.seal(rtp({ sequence: 3, text: 'from there' })), port);
  expect(textOf((await b.next()).packet)).toBe('from there');
  await b.send(rtp({ sequence: 1, text: 'welcome' }), portOf(toB));
  expect(textOf(ends.open((await moved.next()).packet) ?? Buffer.alloc(12))).toBe('welcome');
});

test("an impostor with the browser's certificate and not its key gets no keys", async () => {
  const { a, b, toA, port, browser } = await browserCall();
  await a.send(browser.check(toA), port);
  await a.next();
  const impostor = new BrowserPhone(a);
  // A handshake of its own is as far as it gets: the fingerprint is another.
  await a.send(impostor.dtls.hello()[0] ?? Buffer.alloc(0), port);
  for (const answer of [1, 2]) {
    const records = impostor.dtls.hear([(await a.next()).packet]);
    expect(records.length).toBe(answer === 1 ? 1 : 5);
    for (const record of records) await a.send(record, port);
  }
  await browser.shakeHands(port);
  expect(b.unread).toBe(0);
});

/** A phone that shakes hands without ICE, as desk phones do, in a call with a plain one. */
async function deskCall() {
  await start();
  const [a, b] = [await ear(), await ear()];
  const desk = new BrowserPhone(a);
  const offer = desk
    .sdp()
    .toString()
    .replace('m=audio 9', `m=audio ${a.port}`)
    .replace('c=IN IP4 0.0.0.0', `c=IN IP4 ${LOCAL}`)
    .replace(/a=(?:ice|candidate|rtcp:|group|mid)[^\r]*\r\n/g, '');
  await media.offer(saying('a>b', Buffer.from(offer), { secure: false }));
  const plain = sdpOf({ port: b.port, formats: '8', lines: [] });
  const toA = await media.answer(saying('b>a', plain));
  media.gate(CALL, 'open');
  return { a, b, desk, toA, port: portOf(toA) };
}

test('a desk phone shakes hands without ICE, whatever strangers send meanwhile', async () => {
  const { a, b, desk, toA, port } = await deskCall();
  expect(toA.toString()).not.toMatch(/ice|candidate|group|mid/);
  const stranger = await Ear.open('127.0.0.66');
  ears.push(stranger);
  const attacks = [plainRecord(60, 0, randomBytes(9)), plainRecord(21, 0, Buffer.from([2, 40]))];
  const attack = async (): Promise<void> => {
    for (const bytes of [...attacks, ...new BrowserPhone(stranger).dtls.hello()]) {
      await stranger.send(bytes, port);
    }
  };
  await attack();
  await desk.shakeHands(port);
  await attack();
  await until(async () => (await droppedOf('a')).foreign === 6);
  const ends = desk.ends();
  await a.send(ends.seal(rtp({ sequence: 1, text: 'still here' })), port);
  expect(textOf((await b.next()).packet)).toBe('still here');
  expect(stranger.unread).toBe(0);
});

test('a protected leg that moves to another session is never protected with the same keys', async () => {
  const { a, key, toA } = await sdesCall();
  const OTHER = 'call-2';
  media.createSession({ sessionId: OTHER, callerLegId: 'c', onEvent: () => undefined });
  media.adopt(OTHER, { legId: 'a', fromSessionId: CALL });
  const c = await ear();
  const plain = sdpOf({ port: c.port, formats: '8', lines: [] });
  const offered = await media.offer({ ...saying('c>a', plain), sessionId: OTHER });
  expect(keyOf(offered).keyAndSalt).not.toEqual(keyOf(toA).keyAndSalt);
  const fresh = phoneKey(keyOf(offered).tag);
  const answer = { ...saying('a>c', sdesSdp(a.port, [fresh], 2)), sessionId: OTHER };
  const toC = await media.answer(answer);
  media.gate(OTHER, 'open');
  const ends = new SrtpEnds(fresh, keyOf(offered));
  await c.send(rtp({ sequence: 1, text: 'over here' }), portOf(toC));
  expect(textOf(ends.open((await a.next()).packet) ?? Buffer.alloc(12))).toBe('over here');
  expect(fresh.keyAndSalt).not.toEqual(key.keyAndSalt);
  await media.delete(OTHER);
});

test('a browser that moves to another session shakes hands anew, with another certificate', async () => {
  const { a, browser, toA } = await browserCall();
  await browser.connect(toA);
  const OTHER = 'call-2';
  media.createSession({ sessionId: OTHER, callerLegId: 'c', onEvent: () => undefined });
  media.adopt(OTHER, { legId: 'a', fromSessionId: CALL });
  const c = await ear();
  const plain = sdpOf({ port: c.port, formats: '8', lines: [] });
  const offered = await media.offer({ ...saying('c>a', plain), sessionId: OTHER });
  const of = (sdp: Buffer, name: string) =>
    new RegExp(`a=${name}:(\\S.*)`).exec(sdp.toString())?.[1];
  expect(of(offered, 'fingerprint')).not.toBe(of(toA, 'fingerprint'));
  expect(of(offered, 'ice-ufrag')).not.toBe(of(toA, 'ice-ufrag'));
  const next = new BrowserPhone(a);
  const answer = { ...saying('a>c', next.sdp({ setup: 'active', version: 2 })), sessionId: OTHER };
  await media.answer(answer);
  media.gate(OTHER, 'open');
  const ends = await next.connect(offered);
  await a.send(ends.seal(rtp({ sequence: 1, text: 'me again' })), portOf(offered));
  expect(textOf((await c.next()).packet)).toBe('me again');
  await media.delete(OTHER);
});

test('a browser that restarts ICE keeps its keys, and is heard meanwhile', async () => {
  const { a, b, browser, toA, port } = await browserCall();
  const ends = await browser.connect(toA);
  const before = browser.sdp().toString();
  const again = before
    .replace(/a=ice-ufrag:\S+/, 'a=ice-ufrag:another1')
    .replace('browser 79 1', 'browser 79 2');
  await media.update(saying('a>b', Buffer.from(again)));
  const plain = sdpOf({ port: b.port, formats: '8', lines: [] });
  const answered = await media.answer(saying('b>a', plain));
  const ufragOf = (sdp: Buffer) => /a=ice-ufrag:(\S+)/.exec(sdp.toString())?.[1];
  expect(ufragOf(answered)).not.toBe(ufragOf(toA));
  await a.send(ends.seal(rtp({ sequence: 1, text: 'meanwhile' })), port);
  expect(textOf((await b.next()).packet)).toBe('meanwhile');
  // The old names are nobody's any more.
  await a.send(browser.check(toA), port);
  await until(async () => (await droppedOf('a')).foreign === 1);
});

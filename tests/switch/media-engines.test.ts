import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '@/tests/support/eventually';
import {
  CALL,
  ENGINES,
  EngineCalls,
  LOCAL,
  OTHER_CALL,
  SETTLED_MS,
} from '@/tests/support/media-engines';
import { portOf, rtp, textOf } from '@/tests/unit/switch/media/phone';

/** What every media engine promises of who hears whom, of each that there is. */
describe.each(ENGINES)('$name', ({ start, isThere }) => {
  let calls: EngineCalls;
  const it = test.skipIf(!isThere);

  beforeAll(async () => {
    if (isThere) calls = new EngineCalls(await start());
  });

  afterEach(() => calls?.tidy());
  afterAll(() => calls?.stop());

  const originOf = (sdp: Buffer) => /^o=- (\d+) (\d+) /m.exec(sdp.toString())?.slice(1) ?? [];
  const directionOf = (sdp: Buffer) =>
    /^a=(sendrecv|sendonly|recvonly|inactive)\r$/m.exec(sdp.toString())?.[1];

  it('early: the callee is heard, the caller is not; open: both; closed: nobody', async () => {
    const { a, b, toA, toB } = await calls.connected();
    await calls.isNotHeard([a, toA], [b]);
    await calls.hears([b, toB], a, 'ringback');
    await calls.gateOpens();
    await calls.hears([a, toA], b, 'hello');
    await calls.hears([b, toB], a, 'good day');
    calls.media.gate(CALL, 'closed');
    await sleep(SETTLED_MS);
    await calls.isNotHeard([a, toA], [b]);
    await calls.isNotHeard([b, toB], [a]);
    calls.media.gate(CALL, 'open');
    await calls.isNotHeard([a, toA], [b]);
  });

  it('a gate is closed within 20 ms', async () => {
    const { a, b, toA } = await calls.talking();
    await calls.hears([a, toA], b, 'hello');
    const speaking = setInterval(() => {
      void a.send(calls.packet(a, String(performance.now())), portOf(toA));
    }, 1);
    await sleep(SETTLED_MS);
    const closedAtMs = performance.now();
    calls.media.gate(CALL, 'closed');
    await sleep(SETTLED_MS);
    clearInterval(speaking);
    let lastMs = 0;
    while (b.unread > 0) lastMs = Number(textOf((await b.next()).packet));
    expect(lastMs).toBeGreaterThan(0);
    expect(lastMs - closedAtMs).toBeLessThan(20);
  });

  it('descriptions are ours: one o= line a leg, the same answer the same bytes, refused m= lines', async () => {
    calls.open();
    const [a, b] = [await calls.ear(), await calls.ear()];
    const keys = ['a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-16'];
    const video = [...keys, 'm=video 5000 RTP/AVP 31'];
    const toB = await calls.media.offer(calls.saying('a>b', calls.phone(a, { lines: video })));
    const first = await calls.media.answer(calls.saying('b>a', calls.phone(b)));
    expect(await calls.media.answer(calls.saying('b>a', calls.phone(b)))).toEqual(first);
    expect(first.toString()).toContain('m=video 0 RTP/AVP 31');
    expect(toB.toString()).not.toContain('video');
    const again = await calls.media.update(calls.saying('a>b', calls.phone(a, { version: 2 })));
    expect(originOf(again)).toEqual(originOf(toB));
    const second = calls.media.update(calls.saying('b>a', calls.phone(b)));
    await expect(second).rejects.toMatchObject({ code: 'CONFLICT', meta: { sipStatus: 491 } });
    calls.media.rollback(CALL);
  });

  it('a phone behind NAT is heard from wherever it sends, and answered there', async () => {
    calls.open();
    const [a, b, real] = [await calls.ear(), await calls.ear(), await calls.ear()];
    const toB = await calls.media.offer(
      calls.saying('a>b', calls.phone(a, { address: '10.9.8.7' })),
    );
    const toA = await calls.media.answer(calls.saying('b>a', calls.phone(b)));
    await calls.gateOpens();
    // A guess is believed when it is made twice.
    await eventually(async () => {
      await real.send(calls.packet(real, 'here I am'), portOf(toA));
      return b.unread > 0;
    });
    await sleep(SETTLED_MS);
    await calls.hears([b, toB], real, 'back');
    expect(a.unread).toBe(0);
  });

  it('a key keeps its meaning in the numbers of each side', async () => {
    calls.open();
    const [a, b] = [await calls.ear(), await calls.ear()];
    const toB = await calls.media.offer(calls.saying('a>b', calls.phone(a)));
    const other = { formats: '8 96', lines: ['a=rtpmap:96 telephone-event/8000'] };
    const toA = await calls.media.answer(calls.saying('b>a', calls.phone(b, other)));
    await calls.gateOpens();
    await calls.hears([a, toA], b, 'hello');
    await calls.hears([b, toB], a, 'good day');
    await a.send(
      rtp({ sequence: 500, ssrc: a.port, payloadType: 101, text: '\x05\x8a\x03\x20' }),
      portOf(toA),
    );
    expect((await b.next()).packet[1]).toBe(96);
    await b.send(
      rtp({ sequence: 500, ssrc: b.port, payloadType: 96, text: '\x05\x8a\x03\x20' }),
      portOf(toB),
    );
    expect((await a.next()).packet[1]).toBe(101);
  });

  it('hold: who is held is not heard, who resumes is; ports stay', async () => {
    const { a, b, toA, toB } = await calls.talking();
    await calls.hears([a, toA], b, 'hello');
    await calls.hears([b, toB], a, 'hello');
    const hold = ['a=rtpmap:101 telephone-event/8000', 'a=sendonly'];
    const held = await calls.media.update(
      calls.saying('a>b', calls.phone(a, { version: 2, lines: hold })),
    );
    expect([directionOf(held), portOf(held)]).toEqual(['sendonly', portOf(toB)]);
    const answer = ['a=rtpmap:101 telephone-event/8000', 'a=recvonly'];
    const told = await calls.media.answer(
      calls.saying('b>a', calls.phone(b, { version: 2, lines: answer })),
    );
    expect([directionOf(told), portOf(told)]).toEqual(['recvonly', portOf(toA)]);
    await calls.isNotHeard([b, toB], [a]);
    await calls.hears([a, toA], b, 'music');
    expect((await calls.media.stats(CALL))?.legs.map(({ held: isHeld }) => isHeld)).toEqual([
      true,
      true,
    ]);
    await calls.media.update(calls.saying('a>b', calls.phone(a, { version: 3 })));
    await calls.media.answer(calls.saying('b>a', calls.phone(b, { version: 3 })));
    await calls.hears([b, toB], a, 'there again');
    await calls.hears([a, toA], b, 'so am I');
  });

  it('a refused re-INVITE leaves everything as it was; one that moves a phone moves its sound', async () => {
    const { a, b, toA, toB } = await calls.talking();
    await calls.hears([a, toA], b, 'hello');
    const moved = await calls.ear();
    await calls.media.update(calls.saying('a>b', calls.phone(moved, { version: 2 })));
    await calls.hears([a, toA], b, 'still here');
    calls.media.rollback(CALL);
    await calls.hears([b, toB], a, 'good');
    await calls.media.update(calls.saying('a>b', calls.phone(moved, { version: 2 })));
    await calls.media.answer(calls.saying('b>a', calls.phone(b, { version: 2 })));
    await calls.hears([moved, toA], b, 'from elsewhere');
    await calls.hears([b, toB], moved, 'I hear');
    expect(a.unread).toBe(0);
  });

  it('a branch that lost gives up its ports; whoever is tried next is connected', async () => {
    calls.open();
    const [a, b, c] = [await calls.ear(), await calls.ear(), await calls.ear()];
    await calls.media.offer(calls.saying('a>b', calls.phone(a)));
    const early = await calls.media.answer(calls.saying('b>a', calls.phone(b)));
    expect((await calls.media.deleteLeg(CALL, 'b'))?.legId).toBe('b');
    const toC = await calls.media.offer(calls.saying('a>c', calls.phone(a)));
    const toA = await calls.media.answer(calls.saying('c>a', calls.phone(c)));
    expect(portOf(toA)).toBe(portOf(early));
    await calls.isNotHeard([a, toA], [b, c]);
    await calls.gateOpens();
    await calls.hears([a, toA], c, 'hello');
    await calls.hears([c, toC], a, 'good day');
    expect(b.unread).toBe(0);
  });

  it('a branch that fails before anybody answered costs the others nothing', async () => {
    calls.open();
    const [a, b, c, d] = [
      await calls.ear(),
      await calls.ear(),
      await calls.ear(),
      await calls.ear(),
    ];
    await calls.media.offer(calls.saying('a>d', calls.phone(a)));
    await calls.media.deleteLeg(CALL, 'd');
    const toB = await calls.media.offer(calls.saying('a>b', calls.phone(a)));
    await calls.media.offer(calls.saying('a>c', calls.phone(a)));
    await calls.media.deleteLeg(CALL, 'c');
    const toA = await calls.media.answer(calls.saying('b>a', calls.phone(b)));
    await calls.isNotHeard([a, toA], [b, c, d]);
    await calls.gateOpens();
    await calls.hears([a, toA], b, 'hello');
    await calls.hears([b, toB], a, 'good day');
    expect([c.unread, d.unread]).toEqual([0, 0]);
  });

  it('of several that ring the one that answers is connected, and nobody else is heard', async () => {
    calls.open();
    const [a, b, c] = [await calls.ear(), await calls.ear(), await calls.ear()];
    const toB = await calls.media.offer(calls.saying('a>b', calls.phone(a)));
    const toC = await calls.media.offer(calls.saying('a>c', calls.phone(a)));
    const early = await calls.media.answer(calls.saying('b>a', calls.phone(b)));
    await calls.hears([b, toB], a, 'ringing at b');
    const toA = await calls.media.answer(calls.saying('c>a', calls.phone(c)));
    expect(portOf(toA)).toBe(portOf(early));
    await calls.gateOpens();
    await calls.hears([c, toC], a, 'hello');
    await calls.hears([a, toA], c, 'good day');
    await calls.isNotHeard([b, toB], [a, c]);
    await calls.media.deleteLeg(CALL, 'b');
    await calls.hears([c, toC], a, 'still here');
  });

  it('a transfer: whoever is rung is heard ringing, then connected; who transferred is gone', async () => {
    const { a, b, toA, toB } = await calls.talking();
    await calls.hears([a, toA], b, 'one moment');
    const c = await calls.ear();
    const toC = await calls.media.offer(calls.saying('a>c', calls.phone(a)));
    await calls.hears([b, toB], a, 'yes?');
    const answer = calls.saying('c>a', calls.phone(c));
    await calls.media.answer({ ...answer, isPreview: true });
    await calls.hears([c, toC], a, 'ringback');
    await calls.isNotHeard([b, toB], [a]);
    await calls.media.answer(answer);
    await calls.media.deleteLeg(CALL, 'b');
    await calls.hears([c, toC], a, 'hello');
    await calls.hears([a, toA], c, 'good day');
    await calls.isNotHeard([b, toB], [a, c]);
  });

  it('a preview that comes to nothing leaves the two who talked', async () => {
    const { a, b, toA, toB } = await calls.talking();
    await calls.hears([a, toA], b, 'one moment');
    const c = await calls.ear();
    const toC = await calls.media.offer(calls.saying('a>c', calls.phone(a)));
    await calls.media.answer({ ...calls.saying('c>a', calls.phone(c)), isPreview: true });
    await calls.hears([c, toC], a, 'ringback');
    await calls.media.deleteLeg(CALL, 'c');
    await calls.hears([b, toB], a, 'back again');
    await calls.hears([a, toA], b, 'so I see');
  });

  it('two that both offered hear each other', async () => {
    calls.open();
    const [a, b, c] = [await calls.ear(), await calls.ear(), await calls.ear()];
    const toB = await calls.media.offer(calls.saying('a>b', calls.phone(a)));
    await calls.media.answer(calls.saying('b>a', calls.phone(b)));
    const other = { formats: '8 96', lines: ['a=rtpmap:96 telephone-event/8000'] };
    const met = await calls.media.meet({
      sessionId: CALL,
      one: { legId: 'a', sdp: calls.phone(a), signallingAddress: LOCAL },
      other: { legId: 'c', sdp: calls.phone(c, other), signallingAddress: LOCAL },
    });
    await calls.gateOpens();
    await calls.hears([c, met.toOther], a, 'got it');
    await calls.hears([a, met.toOne], c, 'who is there?');
    await calls.isNotHeard([b, toB], [a, c]);
  });

  it('a leg that another call takes over goes on there under its name', async () => {
    const first = await calls.talking();
    await calls.hears([first.a, first.toA], first.b, 'hello');
    calls.open(OTHER_CALL, 'a2');
    const [a2, c] = [await calls.ear(), await calls.ear()];
    const there = { sessionId: OTHER_CALL };
    const before = await calls.media.offer(calls.saying('a2>c', calls.phone(a2), there));
    await calls.media.answer(calls.saying('c>a2', calls.phone(c), there));
    calls.media.adopt(CALL, { legId: 'c', fromSessionId: OTHER_CALL });
    const toC = await calls.media.offer(calls.saying('b>c', calls.phone(first.b)));
    expect(originOf(toC)[0]).toBe(originOf(before)[0]);
    await calls.media.answer(calls.saying('c>b', calls.phone(c)));
    await calls.media.delete(OTHER_CALL);
    await calls.hears([c, toC], first.b, 'hello');
    await calls.hears([first.b, first.toB], c, 'good day');
  });

  it('an attended transfer: who was held talks to who was asked, and is told of it by a new offer', async () => {
    const first = await calls.talking();
    await calls.hears([first.a, first.toA], first.b, 'one moment');
    const line = 'a=rtpmap:101 telephone-event/8000';
    const hold = calls.phone(first.a, { version: 2, lines: [line, 'a=sendonly'] });
    await calls.media.update(calls.saying('a>b', hold));
    const heldB = calls.phone(first.b, { version: 2, lines: [line, 'a=recvonly'] });
    await calls.media.answer(calls.saying('b>a', heldB));
    calls.open(OTHER_CALL, 'a2');
    const [a2, c] = [await calls.ear(), await calls.ear()];
    const there = { sessionId: OTHER_CALL };
    await calls.media.offer(calls.saying('a2>c', calls.phone(a2), there));
    await calls.media.answer(calls.saying('c>a2', calls.phone(c), there));
    calls.media.gate(OTHER_CALL, 'open');
    calls.media.adopt(CALL, { legId: 'c', fromSessionId: OTHER_CALL });
    const toC = await calls.media.offer(
      calls.saying('b>c', calls.phone(first.b, { lines: [line] })),
    );
    const saidByC = calls.phone(c, { version: 2 });
    await calls.media.answer(calls.saying('c>b', saidByC));
    const gone = [calls.media.delete(OTHER_CALL), calls.media.deleteLeg(CALL, 'a')];
    const toB = await calls.media.update(calls.saying('c>b', saidByC));
    expect(portOf(toB)).toBe(portOf(first.toB));
    const told = await calls.media.answer(
      calls.saying('b>c', calls.phone(first.b, { version: 3 })),
    );
    expect(portOf(told)).toBe(portOf(toC));
    await Promise.all(gone);
    await calls.hears([c, toC], first.b, 'hello');
    await calls.hears([first.b, toB], c, 'good day');
    expect([first.a.unread, a2.unread]).toEqual([0, 0]);
  });

  it('a deleted call tells its figures, and nothing of it is left', async () => {
    const { a, b, toA, toB } = await calls.talking();
    for (const text of ['one', 'two', 'three']) await calls.hears([a, toA], b, text);
    await calls.hears([b, toB], a, 'four');
    const stats = await calls.media.delete(CALL);
    expect(stats?.legs).toMatchObject([
      { legId: 'a', codec: 'PCMA/8000', remote: `${LOCAL}:${a.port}`, received: { packets: 3 } },
      { legId: 'b', codec: 'PCMA/8000', received: { packets: 1 }, sent: { packets: 3 } },
    ]);
    await calls.isNotHeard([a, toA], [b]);
    expect(await calls.media.delete(CALL)).toBeNull();
    expect(await calls.media.stats(CALL)).toBeNull();
  });

  it('what can not be used is refused, with 488', async () => {
    calls.open();
    const a = await calls.ear();
    const offer = calls.media.offer(calls.saying('a>b', Buffer.from('v=0\r\n')));
    await expect(offer).rejects.toMatchObject({ code: 'INVALID_INPUT', meta: { sipStatus: 488 } });
    const codecs = { from: [], to: ['G722'] };
    const none = calls.media.offer(
      calls.saying('a>b', calls.phone(a, { formats: '18', lines: [] }), { codecs }),
    );
    await expect(none).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(calls.media.answer(calls.saying('b>a', calls.phone(a)))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

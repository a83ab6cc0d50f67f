import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@/lib/core/clock';
import {
  type EndpointConfig,
  type EndpointFigures,
  type FromWorker,
  GATE_CLOSED,
  GATE_EARLY,
  GATE_OPEN,
} from '@/lib/switch/media/relay/messages';
import { Relay, type RelayOptions } from '@/lib/switch/media/relay/relay';
import { MEDIA_SOCKET_KINDS } from '@/tests/support/media-sockets';
import { Ear, rtp, senderReport, textOf } from '@/tests/unit/switch/media/phone';
import { MemoryDisk } from './memory-disk';

const CALLER = 1;
const CALLEE = 2;
const LOCAL = '127.0.0.1';
const TIMEOUT_MS = 30_000;

describe.each(MEDIA_SOCKET_KINDS)('over $kind sockets', ({ openSocket }) => {
  let clock: ManualClock;
  let gates: Int32Array;
  let told: FromWorker[];
  let relay: Relay;
  const ears: Ear[] = [];

  function relayOf(options: Partial<RelayOptions> = {}): Relay {
    return new Relay({
      gates,
      address: LOCAL,
      portMin: 22_100,
      portMax: 22_199,
      quarantineMs: 10_000,
      inactivityTimeoutMs: TIMEOUT_MS,
      captureDisk: new MemoryDisk(),
      restingPorts: [],
      clock,
      setTimer: () => {
        throw new Error('nothing is played');
      },
      randomBelow: (bound) => Math.floor(Math.random() * bound),
      openSocket,
      emit: (message) => told.push(message),
      ...options,
    });
  }

  beforeEach(() => {
    clock = new ManualClock();
    gates = new Int32Array(1);
    gates[0] = GATE_OPEN;
    told = [];
    relay = relayOf();
  });

  afterEach(() => {
    relay.close();
    expect(relay.usage()).toMatchObject({ endpoints: 0, inUse: 0 });
    for (const ear of ears.splice(0)) ear.close();
  });

  async function ear(address?: string, port?: number): Promise<Ear> {
    const opened = await Ear.open(address, port);
    ears.push(opened);
    return opened;
  }

  async function bind(endpointId: number): Promise<number> {
    await relay.handle({ type: 'bind', endpointId, gateSlot: 0, isCaller: endpointId === CALLER });
    const bound = told.findLast((message) => message.type === 'bound');
    return bound?.endpointId === endpointId ? bound.port : 0;
  }

  function agree(endpointId: number, phone: Ear, change: Partial<EndpointConfig> = {}): void {
    const rtcp = { address: LOCAL, port: phone.port + 1 };
    const config: EndpointConfig = {
      peerId: endpointId === CALLER ? CALLEE : CALLER,
      maySend: true,
      mayReceive: true,
      expectation: { remote: { address: LOCAL, port: phone.port, rtcp }, sources: [LOCAL] },
      renumber: [],
      types: [{ payloadType: 8, name: 'PCMA/8000', clockRateHz: 8_000 }],
      security: null,
      ...change,
    };
    void relay.handle({ type: 'configure', endpointId, config });
  }

  /** A caller and a callee, connected. */
  async function call(): Promise<{ a: Ear; b: Ear; toA: number; toB: number }> {
    const [a, b] = [await ear(), await ear()];
    const [toA, toB] = [await bind(CALLER), await bind(CALLEE)];
    agree(CALLER, a);
    agree(CALLEE, b);
    return { a, b, toA, toB };
  }

  function figuresOf(endpointId: number): EndpointFigures {
    void relay.handle({ type: 'query', requestId: 1, endpointIds: [endpointId] });
    const message = told.pop();
    const [figures] = message?.type === 'figures' ? message.figures : [];
    if (!figures) throw new Error('no figures');
    return figures;
  }

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** Lets the loop turn until it is so; the test's own timeout is the bound. */
  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await turn();
  }

  const inactivity = (): FromWorker[] => told.filter(({ type }) => type === 'inactive');

  test('sound passes both ways, byte for byte, from the port that each leg was told', async () => {
    const { a, b, toA, toB } = await call();
    await a.send(rtp({ sequence: 1, text: 'hello' }), toA);
    const atB = await b.next();
    expect([atB.packet, atB.from.port]).toEqual([rtp({ sequence: 1, text: 'hello' }), toB]);
    await b.send(rtp({ sequence: 9, text: 'hi' }), toB);
    const atA = await a.next();
    expect([textOf(atA.packet), atA.from.port]).toEqual(['hi', toA]);
  });

  test('a foreign address is heard by nobody and counted', async () => {
    const { a, b, toA } = await call();
    const stranger = await ear('127.0.0.2');
    await stranger.send(rtp({ sequence: 1, text: 'injected' }), toA);
    await until(() => figuresOf(CALLER).dropped.foreign === 1);
    await a.send(rtp({ sequence: 1, text: 'own' }), toA);
    expect(textOf((await b.next()).packet)).toBe('own');
    await stranger.send(rtp({ sequence: 2, text: 'injected' }), toA);
    await until(() => figuresOf(CALLER).dropped.foreign === 2);
    expect(b.unread).toBe(0);
  });

  test('who sprays our ports before the phones speak hears nothing of the call', async () => {
    const { a, b, toA, toB } = await call();
    const thief = await ear('127.0.0.2');
    for (let sequence = 0; sequence < 20; sequence += 1) {
      await thief.send(rtp({ sequence, ssrc: 666 }), toA);
      await thief.send(rtp({ sequence, ssrc: 667 }), toB);
    }
    await until(
      () => figuresOf(CALLER).dropped.foreign === 20 && figuresOf(CALLEE).dropped.foreign === 20,
    );
    await a.send(rtp({ sequence: 1, text: 'secret' }), toA);
    await b.send(rtp({ sequence: 1, text: 'whispered' }), toB);
    expect(textOf((await b.next()).packet)).toBe('secret');
    expect(textOf((await a.next()).packet)).toBe('whispered');
    expect(thief.unread).toBe(0);
  });

  test('what is no RTP goes nowhere', async () => {
    const { a, b, toA } = await call();
    for (const junk of [Buffer.from('x'), Buffer.alloc(12), Buffer.alloc(1_600, 0x80)]) {
      await a.send(junk, toA);
    }
    await until(() => figuresOf(CALLER).dropped.invalid === 3);
    expect(b.unread).toBe(0);
  });

  test('before the answer the callee is heard and the caller is not', async () => {
    gates[0] = GATE_EARLY;
    const { a, b, toA, toB } = await call();
    await a.send(rtp({ sequence: 1, text: 'free call' }), toA);
    await until(() => figuresOf(CALLER).dropped.gated === 1);
    await b.send(rtp({ sequence: 1, text: 'ringback' }), toB);
    expect(textOf((await a.next()).packet)).toBe('ringback');
    gates[0] = GATE_OPEN;
    await a.send(rtp({ sequence: 2, text: 'paid' }), toA);
    expect(textOf((await b.next()).packet)).toBe('paid');
  });

  test('once the gate is closed neither sound nor reports pass', async () => {
    const { a, b, toA, toB } = await call();
    const [rtcpA, rtcpB] = [await ear(LOCAL, a.port + 1), await ear(LOCAL, b.port + 1)];
    gates[0] = GATE_CLOSED;
    for (let sequence = 0; sequence < 5; sequence += 1) {
      await a.send(rtp({ sequence }), toA);
      await b.send(rtp({ sequence }), toB);
    }
    await rtcpA.send(senderReport(1, { ssrc: 1 }), toA + 1);
    await until(
      () => figuresOf(CALLER).dropped.gated === 5 && figuresOf(CALLEE).dropped.gated === 5,
    );
    expect([a.unread, b.unread, rtcpB.unread]).toEqual([0, 0, 0]);
  });

  test('a leg that was told to listen only is not relayed', async () => {
    const { a, b, toA } = await call();
    agree(CALLER, a, { maySend: false });
    await a.send(rtp({ sequence: 1 }), toA);
    await until(() => figuresOf(CALLER).dropped.gated === 1);
    expect(b.unread).toBe(0);
  });

  test('payload types are renumbered on their way, the marker stays', async () => {
    const { a, b, toA } = await call();
    agree(CALLER, a, {
      renumber: [
        [8, 8],
        [96, 101],
      ],
    });
    await a.send(rtp({ sequence: 1, payloadType: 0x80 | 96 }), toA);
    expect((await b.next()).packet[1]).toBe(0x80 | 101);
    await a.send(rtp({ sequence: 2 }), toA);
    expect((await b.next()).packet[1]).toBe(8);
  });

  test('a digit stays one digit: its packets pass with the time stamp and the count that they had', async () => {
    const { a, b, toA } = await call();
    agree(CALLER, a, { renumber: [[96, 101]] });
    // RFC 4733 §2.5.1.4: the same stamp throughout, the last packet three times.
    const packets = [1, 2, 3, 4, 5].map((sequence) =>
      rtp({ sequence, payloadType: 96, timestamp: 8_000, text: sequence < 3 ? 'going' : 'ended' }),
    );
    for (const packet of packets) await a.send(packet, toA);
    for (const packet of packets) {
      const heard = Buffer.from((await b.next()).packet);
      expect(heard[1]).toBe(101);
      expect(heard.subarray(2)).toEqual(packet.subarray(2));
    }
  });

  test('reports pass to the RTCP port, and what they say is kept', async () => {
    const { a, b, toA, toB } = await call();
    const [rtcpA, rtcpB] = [await ear(LOCAL, a.port + 1), await ear(LOCAL, b.port + 1)];
    await b.send(rtp({ sequence: 1, ssrc: 22 }), toB);
    await a.next();
    const report = senderReport(11, { ssrc: 22, lostFraction: 64, lost: 3 });
    await rtcpA.send(report, toA + 1);
    const heard = await rtcpB.next();
    expect([heard.packet, heard.from.port]).toEqual([report, toB + 1]);
    expect(figuresOf(CALLER).reported).toEqual({ lostFraction: 0.25, lost: 3, jitterMs: 10 });
  });

  test('reports of a phone that muxes unasked still arrive at the other RTCP port', async () => {
    const { a, b, toA } = await call();
    const rtcpB = await ear(LOCAL, b.port + 1);
    await a.send(rtp({ sequence: 1 }), toA);
    await b.next();
    await a.send(senderReport(1, { ssrc: 5 }), toA);
    expect((await rtcpB.next()).packet[1]).toBe(200);
  });

  test('figures tell packets, loss, jitter, codec and when the leg was last heard', async () => {
    const { a, b, toA } = await call();
    for (const sequence of [1, 2, 4]) {
      clock.advance(20);
      await a.send(rtp({ sequence, text: 'ab' }), toA);
      await b.next();
    }
    expect(figuresOf(CALLER)).toMatchObject({
      codec: 'PCMA/8000',
      remote: { address: LOCAL, port: a.port },
      received: {
        packets: 3,
        octets: 42,
        lost: 1,
        jitterMs: 20 / 16,
        lastPacketAtMs: clock.nowMs(),
      },
      sent: { packets: 0 },
    });
    expect(figuresOf(CALLEE).sent).toEqual({ packets: 3, octets: 42 });
  });

  test('a flood from the right address is cut to what a voice can need', async () => {
    const { a, toA } = await call();
    relay.sweep();
    for (let sequence = 0; sequence < 1_020; sequence += 1) {
      await a.send(rtp({ sequence }), toA);
      // The kernel's buffer holds a few hundred.
      await turn();
    }
    await until(() => figuresOf(CALLER).dropped.excess === 20);
    relay.sweep();
    await a.send(rtp({ sequence: 1_020 }), toA);
    await until(() => figuresOf(CALLEE).sent.packets === 1_001);
  });

  test('a silent leg is told once, and again only after it was heard', async () => {
    const { a, b, toA, toB } = await call();
    relay.sweep();
    await a.send(rtp({ sequence: 1 }), toA);
    await b.next();
    clock.advance(TIMEOUT_MS - 1);
    await b.send(rtp({ sequence: 1 }), toB);
    await a.next();
    relay.sweep();
    expect(inactivity()).toEqual([]);
    clock.advance(1);
    relay.sweep();
    relay.sweep();
    const silent = { type: 'inactive', endpointId: CALLER, gateSlot: 0, silentMs: TIMEOUT_MS };
    expect(inactivity()).toEqual([{ ...silent, sessionSilent: false }]);
    await a.send(rtp({ sequence: 2 }), toA);
    await b.next();
    clock.advance(TIMEOUT_MS);
    relay.sweep();
    expect(inactivity().slice(1)).toMatchObject([
      { endpointId: CALLER, sessionSilent: true },
      { endpointId: CALLEE, sessionSilent: true },
    ]);
  });

  test('silence on hold, before the answer and after the cut is no inactivity', async () => {
    const { a } = await call();
    const passes = (): void => {
      relay.sweep();
      clock.advance(10 * TIMEOUT_MS);
      relay.sweep();
    };
    agree(CALLER, a, { mayReceive: false });
    passes();
    agree(CALLER, a);
    gates[0] = GATE_EARLY;
    passes();
    gates[0] = GATE_CLOSED;
    passes();
    expect(inactivity()).toEqual([]);
    gates[0] = GATE_OPEN;
    relay.sweep();
    expect(inactivity()).toEqual([]);
    clock.advance(TIMEOUT_MS);
    relay.sweep();
    expect(inactivity()).toHaveLength(2);
  });

  test('a freed port pair is opened again only after its rest', async () => {
    relay = relayOf({ portMin: 22_100, portMax: 22_101 });
    expect(await bind(CALLER)).toBe(22_100);
    await relay.handle({ type: 'release', requestId: 1, endpointIds: [CALLER] });
    await bind(CALLEE);
    expect(told.at(-1)).toMatchObject({ type: 'unbound', reason: 'every port pair is in use' });
    clock.advance(10_000);
    expect(await bind(CALLEE)).toBe(22_100);
  });

  test('ports that another program holds are passed over', async () => {
    await ear(LOCAL, 22_103);
    relay = relayOf({ portMin: 22_100, portMax: 22_103, randomBelow: (bound) => bound - 1 });
    expect(await bind(CALLER)).toBe(22_100);
    expect(relay.usage()).toMatchObject({ inUse: 1, quarantined: 1, free: 0 });
  });

  test('a leg that ends while its ports are being opened leaves none open', async () => {
    const binding = bind(CALLER);
    await relay.handle({ type: 'release', requestId: 1, endpointIds: [CALLER] });
    await binding;
    expect(told.at(-1)).toMatchObject({ type: 'unbound', endpointId: CALLER, reason: 'released' });
    expect(relay.usage()).toMatchObject({ endpoints: 0, inUse: 0, quarantined: 1 });
  });

  test('when one leg has ended the other is heard by nobody', async () => {
    const { a, toA } = await call();
    await relay.handle({ type: 'release', requestId: 1, endpointIds: [CALLEE] });
    await a.send(rtp({ sequence: 1 }), toA);
    await until(() => figuresOf(CALLER).dropped.unroutable === 1);
  });
});

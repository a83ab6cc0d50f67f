import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openUdpSocket } from '@/lib/switch/media/relay/udp-socket';
import { MEDIA_SOCKET_KINDS } from '@/tests/support/media-sockets';
import { rtp, textOf } from '@/tests/unit/switch/media/phone';
import { CALLEE, CALLER, RelayWorld } from './world';

const PACKET_MS = 20;
/** Beyond the time in which a new SDP lets everything change. */
const SETTLED_MS = 3_000;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe.each(MEDIA_SOCKET_KINDS)('a leg that has settled over $kind sockets', (kind) => {
  let world: RelayWorld;
  let sent: number;

  beforeEach(() => {
    world = new RelayWorld(kind.openSocket, 23_100);
    sent = 0;
  });

  afterEach(() => world.close());

  type Ear = Awaited<ReturnType<RelayWorld['ear']>>;

  async function say(from: Ear, to: number, [sequence, text]: [number, string]): Promise<void> {
    world.clock.advance(PACKET_MS);
    await from.send(rtp({ sequence, ssrc: 11, text }), to);
    sent += 1;
    while (world.arrived < sent) await turn();
  }

  /** Both talk, and a while has passed. */
  async function settled() {
    const call = await world.call();
    await say(call.a, call.toA, [1, 'a1']);
    await say(call.b, call.toB, [1, 'b1']);
    await call.b.next();
    await call.a.next();
    world.clock.advance(SETTLED_MS);
    world.relay.sweep();
    return call;
  }

  test('goes on, and hears nobody else', async () => {
    const { a, b, toA, toB } = await settled();
    const stranger = await world.ear();
    await stranger.send(rtp({ sequence: 2, ssrc: 11, text: 'injected' }), toA);
    await say(a, toA, [2, 'a2']);
    await say(b, toB, [2, 'b2']);
    expect(textOf((await b.next()).packet)).toBe('a2');
    expect(textOf((await a.next()).packet)).toBe('b2');
    expect(world.figuresOf(CALLER)).toMatchObject({
      received: { packets: 2 },
      sent: { packets: 2 },
    });
    expect(b.unread).toBe(0);
  });

  test('is heard from elsewhere as soon as a new description says so', async () => {
    const { b, toA, toB } = await settled();
    const moved = await world.ear();
    world.agree(CALLER, moved);
    await say(moved, toA, [3, 'from the new place']);
    expect(textOf((await b.next()).packet)).toBe('from the new place');
    await say(b, toB, [3, 'to the new place']);
    expect(textOf((await moved.next()).packet)).toBe('to the new place');
    // And settles there again.
    world.clock.advance(SETTLED_MS);
    world.relay.sweep();
    await say(b, toB, [4, 'still']);
    expect(textOf((await moved.next()).packet)).toBe('still');
  });

  test('is sent to where a new description says before anything is heard from there', async () => {
    const { b, toB } = await settled();
    const moved = await world.ear();
    world.agree(CALLER, moved);
    await say(b, toB, [3, 'first word']);
    expect(textOf((await moved.next()).packet)).toBe('first word');
  });

  test('whose far side is gone for a moment hears and is heard again', async () => {
    const { a, b, toA, toB } = await settled();
    const { port } = a;
    await new Promise<void>((resolve) => a.socket.close(() => resolve()));
    for (let sequence = 2; sequence < 6; sequence += 1) await say(b, toB, [sequence, 'lost']);
    const back = await world.ear(port);
    await say(back, toA, [9, 'back']);
    expect(textOf((await b.next()).packet)).toBe('back');
    await say(b, toB, [6, 'welcome']);
    await say(b, toB, [7, 'welcome']);
    expect(textOf((await back.next()).packet)).toBe('welcome');
    world.agree(CALLEE, b);
  });
});

test('a plain socket that listens everywhere keeps listening to everybody', async () => {
  const heard: string[] = [];
  const socket = await openUdpSocket({
    address: '0.0.0.0',
    port: 23_299,
    onPacket: (packet) => heard.push(Buffer.from(packet).toString()),
  });
  const world = new RelayWorld(openUdpSocket, 23_300);
  const [one, other] = [await world.ear(), await world.ear()];
  socket.settleOn?.({ address: '127.0.0.1', port: one.port });
  await one.send(Buffer.from('one'), 23_299);
  await other.send(Buffer.from('other'), 23_299);
  while (heard.length < 2) await turn();
  expect(heard.sort()).toEqual(['one', 'other']);
  socket.close();
  world.close();
});

test('a plain socket that has settled sends to whom it is told all the same', async () => {
  const socket = await openUdpSocket({
    address: '127.0.0.1',
    port: 23_298,
    onPacket: () => undefined,
  });
  const world = new RelayWorld(openUdpSocket, 23_400);
  const [one, other] = [await world.ear(), await world.ear()];
  socket.settleOn?.({ address: '127.0.0.1', port: one.port });
  socket.send(Buffer.from('for the one'), { address: '127.0.0.1', port: one.port });
  socket.send(Buffer.from('for the other'), { address: '127.0.0.1', port: other.port });
  expect((await one.next()).packet.toString()).toBe('for the one');
  expect((await other.next()).packet.toString()).toBe('for the other');
  // Settled on nobody, on somebody who can't be: nothing is thrown, everything is sent.
  socket.settleOn?.(null);
  socket.settleOn?.({ address: '127.0.0.1', port: 0 });
  socket.send(Buffer.from('again'), { address: '127.0.0.1', port: one.port });
  expect((await one.next()).packet.toString()).toBe('again');
  socket.close();
  socket.settleOn?.(null);
  world.close();
});

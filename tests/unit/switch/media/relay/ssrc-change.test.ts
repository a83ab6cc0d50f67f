import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MEDIA_SOCKET_KINDS } from '@/tests/support/media-sockets';
import { rtp, textOf } from '@/tests/unit/switch/media/phone';
import { CALLER, RelayWorld } from './world';

const PACKET_MS = 20;
/** Far beyond the time in which a new SDP lets everything change. */
const SETTLED_MS = 10_000;
const OLD = 11;
const NEW = 99;

describe.each(MEDIA_SOCKET_KINDS)('an SSRC that changes over $kind sockets', ({ openSocket }) => {
  let world: RelayWorld;

  beforeEach(() => {
    world = new RelayWorld(openSocket, 22_900);
  });

  afterEach(() => world.close());

  /** A caller who has talked for a while, and what was sent of it is heard. */
  async function talking() {
    const { a, b, toA } = await world.call();
    let sent = 0;
    const say = async (ssrc: number, sequence: number, text: string): Promise<void> => {
      world.clock.advance(PACKET_MS);
      await a.send(rtp({ sequence, ssrc, text }), toA);
      sent += 1;
      // The relay has seen it before the clock goes on.
      while (world.arrived < sent) await new Promise((resolve) => setImmediate(resolve));
    };
    await say(OLD, 1, 'old 1');
    world.clock.advance(SETTLED_MS);
    for (const sequence of [2, 3]) await say(OLD, sequence, `old ${sequence}`);
    for (let count = 0; count < 3; count += 1) await b.next();
    return { b, say };
  }

  test('loses no packet: what came before it was believed follows at once, in order', async () => {
    const { b, say } = await talking();
    for (let sequence = 500; sequence < 510; sequence += 1) await say(NEW, sequence, `${sequence}`);
    const heard: string[] = [];
    while (heard.length < 10) heard.push(textOf((await b.next()).packet));
    expect(heard).toEqual(Array.from({ length: 10 }, (_, index) => `${500 + index}`));
    expect(world.figuresOf(CALLER)).toMatchObject({
      received: { packets: 13, lost: 0 },
      dropped: { foreign: 0 },
    });
  });

  test('is foreign for as long as the old one talks, though it comes from the same place', async () => {
    const { b, say } = await talking();
    for (let count = 0; count < 5; count += 1) {
      await say(NEW, 700 + 2 * count, 'injected');
      await say(NEW, 701 + 2 * count, 'injected');
      await say(OLD, 4 + count, `old ${4 + count}`);
    }
    for (let count = 0; count < 5; count += 1) {
      expect(textOf((await b.next()).packet)).toBe(`old ${4 + count}`);
    }
    expect(b.unread).toBe(0);
    expect(world.figuresOf(CALLER).dropped.foreign).toBe(10);
  });

  test('that never settles is kept within bounds', async () => {
    const { b, say } = await talking();
    for (let count = 0; count < 50; count += 1) await say(1_000 + count, 1, 'noise');
    // The last one may still turn out to be the phone's.
    expect(world.figuresOf(CALLER).dropped.foreign).toBe(49);
    expect(b.unread).toBe(0);
  });
});

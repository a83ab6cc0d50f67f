import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseRtcp, type RtcpReport } from '@/lib/protocol/rtcp/parse';
import { MEDIA_SOCKET_KINDS } from '@/tests/support/media-sockets';
import { rtp, senderReport } from '@/tests/unit/switch/media/phone';
import { CALLEE, CALLER, RelayWorld, TIMEOUT_MS } from './world';

const A_SSRC = 11;
const B_SSRC = 22;

function readReports(packet: Buffer): readonly RtcpReport[] {
  const parsed = parseRtcp(packet);
  return parsed.ok ? parsed.reports : [];
}

describe.each(MEDIA_SOCKET_KINDS)('reports over $kind sockets', ({ openSocket }) => {
  let world: RelayWorld;

  beforeEach(() => {
    world = new RelayWorld(openSocket, 22_500);
  });

  afterEach(() => world.close());

  async function talking() {
    const { a, b, toA, toB } = await world.call();
    const [rtcpA, rtcpB] = [await world.ear(a.port + 1), await world.ear(b.port + 1)];
    await a.send(rtp({ sequence: 1, ssrc: A_SSRC }), toA);
    await b.next();
    await b.send(rtp({ sequence: 1, ssrc: B_SSRC }), toB);
    await a.next();
    return { rtcpA, rtcpB, toA, toB };
  }

  test('the way to a leg is told by what it says of a report of its peer', async () => {
    const { rtcpA, rtcpB, toA, toB } = await talking();
    const lastSr = 0x1234_5678;
    await rtcpA.send(senderReport(A_SSRC, { ssrc: B_SSRC, name: lastSr }), toA + 1);
    await rtcpB.next();
    expect(world.figuresOf(CALLEE).roundTripMs).toBeNull();
    world.clock.advance(5_080);
    await rtcpB.send(senderReport(B_SSRC, { ssrc: A_SSRC, lastSr, heldMs: 5_000 }), toB + 1);
    await rtcpA.next();
    expect(world.figuresOf(CALLEE).roundTripMs).toBeCloseTo(80, 2);
    expect(world.figuresOf(CALLER).roundTripMs).toBeNull();
  });

  test('a report that the gate held back is not what an answer can be of', async () => {
    const { rtcpA, rtcpB, toA, toB } = await talking();
    world.gates[0] = 2;
    await rtcpA.send(senderReport(A_SSRC, { ssrc: B_SSRC, name: 7 }), toA + 1);
    await rtcpB.send(senderReport(B_SSRC, { ssrc: A_SSRC, lastSr: 7 }), toB + 1);
    while (world.figuresOf(CALLEE).reported === null) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(world.figuresOf(CALLEE).roundTripMs).toBeNull();
    expect([rtcpA.unread, rtcpB.unread]).toEqual([0, 0]);
  });

  test('of a stream that we put in the place of another each side reads under the name it knows', async () => {
    const { a, b, toA, toB } = await world.call();
    const [rtcpA, rtcpB] = [await world.ear(a.port + 1), await world.ear(b.port + 1)];
    const from = [{ payloadType: 8, voice: 'PCMA' }] as const;
    const to = { payloadType: 0, voice: 'PCMU' } as const;
    const voice = { from, to, passing: [], toKeys: null, listens: false };
    world.agree(CALLER, a, { voice });
    await a.send(rtp({ sequence: 1, ssrc: A_SSRC, text: 'v'.repeat(160) }), toA);
    const ours = (await b.next()).packet.readUInt32BE(8);
    expect(ours).not.toBe(A_SSRC);
    await b.send(rtp({ sequence: 1, ssrc: B_SSRC }), toB);
    await a.next();
    await rtcpA.send(senderReport(A_SSRC, { ssrc: B_SSRC }), toA + 1);
    const [sent] = readReports((await rtcpB.next()).packet);
    expect(sent).toMatchObject({ ssrc: ours, sender: { packets: 1, octets: 160 } });
    expect(sent?.blocks).toMatchObject([{ ssrc: B_SSRC }]);
    await rtcpB.send(senderReport(B_SSRC, { ssrc: ours, lostFraction: 64 }), toB + 1);
    const [heard] = readReports((await rtcpA.next()).packet);
    expect(heard).toMatchObject({ ssrc: B_SSRC, blocks: [{ ssrc: A_SSRC, lostFraction: 0.25 }] });
    expect(world.figuresOf(CALLEE).reported).toMatchObject({ lostFraction: 0.25 });
  });

  test('a leg that only reports is there: silence may be meant', async () => {
    const { rtcpA, rtcpB, toA } = await talking();
    world.relay.sweep();
    world.clock.advance(TIMEOUT_MS - 1);
    await rtcpA.send(senderReport(A_SSRC, { ssrc: B_SSRC }), toA + 1);
    await rtcpB.next();
    world.clock.advance(TIMEOUT_MS - 1);
    world.relay.sweep();
    const inactive = world.told.filter(({ type }) => type === 'inactive');
    expect(inactive).toMatchObject([{ endpointId: CALLEE, sessionSilent: false }]);
  });
});

import { expect, test } from 'vitest';
import { Latch, type PacketIdentity } from '@/lib/switch/media/relay/latch';

const PHONE = { address: '192.0.2.5', port: 4_000 };
const RTCP = { address: '192.0.2.5', port: 4_001 };

const direct = { remote: { ...PHONE, rtcp: RTCP }, sources: [PHONE.address] };
const behindNat = { remote: null, sources: ['203.0.113.9'] };
const NAT = { address: '203.0.113.9', port: 61_000 };

let nowMs = 0;

const packet = (
  from: { address: string; port: number },
  sequence: number,
  ssrc = 1,
): PacketIdentity => ({
  ...from,
  sequence,
  ssrc,
});

/** 20 ms after the one before. */
function hears(latch: Latch, ...one: Parameters<typeof packet>): boolean {
  nowMs += 20;
  return latch.acceptsRtp(packet(...one), nowMs);
}

function latchOf(expectation: Parameters<Latch['expect']>[0]): Latch {
  const latch = new Latch();
  latch.expect(expectation);
  return latch;
}

function settled(expectation: Parameters<Latch['expect']>[0], from = PHONE): Latch {
  const latch = latchOf(expectation);
  for (let sequence = 0; sequence < 3; sequence += 1) hears(latch, from, sequence);
  nowMs += 2_001;
  hears(latch, from, 3);
  return latch;
}

test('before any SDP every packet is foreign', () => {
  expect(hears(new Latch(), PHONE, 1)).toBe(false);
});

test('what the SDP names is believed at once and sent to before it is heard', () => {
  const latch = latchOf(direct);
  expect([latch.rtpDestination, latch.rtcpDestination]).toEqual([direct.remote, RTCP]);
  expect(hears(latch, PHONE, 1)).toBe(true);
  expect(latch.source).toMatchObject(PHONE);
});

test('other addresses are foreign, before and after the lock', () => {
  const latch = latchOf(direct);
  const stranger = { address: '198.51.100.66', port: 4_000 };
  expect([hears(latch, stranger, 1), hears(latch, stranger, 2)]).toEqual([false, false]);
  hears(latch, PHONE, 1);
  expect([hears(latch, stranger, 3), hears(latch, stranger, 4)]).toEqual([false, false]);
});

test('a phone behind NAT is learned from two packets in a row of its signalling address', () => {
  const latch = latchOf(behindNat);
  expect(latch.rtpDestination).toBeNull();
  expect(hears(latch, NAT, 7)).toBe(false);
  expect(hears(latch, NAT, 9)).toBe(false);
  expect(hears(latch, NAT, 10)).toBe(true);
  expect(latch.rtpDestination).toMatchObject(NAT);
});

test("another port of the phone's address can not take a settled stream over", () => {
  const latch = settled(behindNat, NAT);
  const other = { ...NAT, port: 61_002 };
  nowMs += 5_000;
  expect([1, 2, 3].map((sequence) => hears(latch, other, sequence))).toEqual([false, false, false]);
});

test('the port that the SDP names outranks one that was learned', () => {
  const latch = latchOf(direct);
  const other = { ...PHONE, port: 9_999 };
  hears(latch, other, 1);
  expect(hears(latch, other, 2)).toBe(true);
  expect(hears(latch, PHONE, 50, 2)).toBe(true);
  expect(hears(latch, other, 3)).toBe(false);
});

test('a foreign SSRC from the right address does not get through while the phone talks', () => {
  const latch = settled(direct);
  const heard = [10, 11, 12, 13].map((sequence) => {
    const injected = latch.acceptsRtp(packet(PHONE, sequence, 666), nowMs + 10);
    return [injected, hears(latch, PHONE, sequence)];
  });
  expect(heard).toEqual(Array(4).fill([false, true]));
});

test('a phone that changes its SSRC is followed once the old one is silent', () => {
  const latch = settled(direct);
  const heard = [20, 21, 22, 23, 24, 25, 26].map((sequence) => hears(latch, PHONE, sequence, 2));
  expect(heard.slice(-2)).toEqual([true, true]);
  expect(latch.ssrc).toBe(2);
});

test('a new SDP is followed to a new address at once', () => {
  const latch = settled(direct);
  const moved = { address: '192.0.2.77', port: 5_000 };
  latch.expect({ remote: { ...moved, rtcp: moved }, sources: [moved.address] });
  expect(latch.rtpDestination).toMatchObject(moved);
  expect(hears(latch, PHONE, 10)).toBe(false);
  expect(hears(latch, moved, 1, 2)).toBe(true);
});

test('a new SDP without a change interrupts nothing', () => {
  const latch = settled(behindNat, NAT);
  latch.expect(behindNat);
  expect(latch.rtpDestination).toMatchObject(NAT);
  expect(hears(latch, NAT, 10)).toBe(true);
});

test('after a new SDP a phone behind NAT may come from another port, stragglers or not', () => {
  const latch = settled(behindNat, NAT);
  latch.expect(behindNat);
  hears(latch, NAT, 10);
  const other = { ...NAT, port: 61_002 };
  const heard = Array.from({ length: 8 }, (_, index) => hears(latch, other, 100 + index, 2));
  expect(heard.at(-1)).toBe(true);
  expect(latch.rtpDestination).toMatchObject(other);
});

test('RTCP is taken from the address that the media comes from, and then from one port', () => {
  const latch = settled(direct);
  expect(latch.acceptsRtcp({ address: '198.51.100.66', port: 4_001 })).toBe(false);
  expect(latch.acceptsRtcp({ ...PHONE, port: 4_011 })).toBe(true);
  expect(latch.rtcpDestination).toEqual({ ...PHONE, port: 4_011 });
  expect(latch.acceptsRtcp(RTCP)).toBe(false);
});

test('behind NAT no RTCP is sent to a port that nobody spoke from', () => {
  expect(settled(behindNat, NAT).rtcpDestination).toBeNull();
});

test('is final once the time has passed in which others may come, and until the next SDP', () => {
  expect(latchOf(direct).isFinal(nowMs)).toBe(false);
  const latch = latchOf(direct);
  hears(latch, PHONE, 1);
  expect(latch.isFinal(nowMs)).toBe(false);
  expect(settled(direct).isFinal(nowMs)).toBe(true);
  const natted = settled(behindNat, NAT);
  expect(natted.isFinal(nowMs)).toBe(true);
  natted.expect(behindNat);
  expect(natted.isFinal(nowMs)).toBe(false);
});

test('is never final where what the SDP names may still take the place of what was learned', () => {
  const both = { ...direct, sources: [PHONE.address, NAT.address] };
  const latch = settled(both, NAT);
  expect(latch.source).toMatchObject(NAT);
  expect(latch.isFinal(nowMs)).toBe(false);
  expect(hears(latch, PHONE, 1)).toBe(true);
});

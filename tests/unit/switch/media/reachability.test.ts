import { expect, test } from 'vitest';
import type { AudioSide } from '@/lib/protocol/sdp/leg-sdp';
import { expectationOf, type OwnMedia, ownAddresses } from '@/lib/switch/media/reachability';

const OWN: OwnMedia = {
  bindAddress: '198.51.100.1',
  publicAddress: '203.0.113.1',
  portMin: 10_000,
  portMax: 20_000,
  addresses: ownAddresses('198.51.100.1', '203.0.113.1'),
};

const audio = (address: string | null, port = 4_000, rtcp = port + 1): AudioSide => ({
  formats: [],
  direction: 'sendrecv',
  connection: address === null ? null : { family: 4, address },
  port,
  rtcp: { port: rtcp, address: null },
  packetTimes: [],
  security: { kind: 'plain' },
});

const expected = (address: string | null, signalling: string, own: OwnMedia = OWN) =>
  expectationOf(audio(address), signalling, own);

test('a public address is sent to, and learned from besides the signalling address', () => {
  expect(expected('192.0.2.5', '192.0.2.9')).toEqual({
    remote: {
      address: '192.0.2.5',
      port: 4_000,
      rtcp: { address: '192.0.2.5', port: 4_001 },
    },
    sources: ['192.0.2.9', '192.0.2.5'],
  });
});

test.each([
  ['a private address', '192.168.1.5'],
  ['a carrier-grade private address', '100.64.3.3'],
  ['loopback', '127.0.0.1'],
  ['a host name', 'phone.example'],
  ['the old hold', '0.0.0.0'],
  ['a multicast group', '239.1.1.1'],
  ['broadcast', '255.255.255.255'],
  ['IPv6 on a socket that speaks IPv4', '2001:db8::5'],
  ['no address', null],
])('%s of a phone on the internet is not sent to: its media is learned', (_what, address) => {
  expect(expected(address, '192.0.2.9')).toEqual({ remote: null, sources: ['192.0.2.9'] });
});

test('inside a network private addresses are good', () => {
  expect(expected('10.0.0.5', '10.0.0.9').remote).toMatchObject({ address: '10.0.0.5' });
  expect(expected('127.0.0.1', '127.0.0.1').remote).toMatchObject({ address: '127.0.0.1' });
  expect(expected('127.0.0.1', '10.0.0.9').remote).toBeNull();
});

test('our own media ports are never sent to, under any of our addresses', () => {
  for (const address of ['198.51.100.1', '203.0.113.1']) {
    expect(expectationOf(audio(address, 10_000), '192.0.2.9', OWN).remote).toBeNull();
    expect(expectationOf(audio(address, 4_000, 10_001), '192.0.2.9', OWN).remote?.rtcp.port).toBe(
      4_000,
    );
  }
  expect(expectationOf(audio('192.0.2.5', 10_000), '192.0.2.9', OWN).remote).not.toBeNull();
});

test('a socket on all addresses of both families writes IPv4 its own way', () => {
  const own = { ...OWN, bindAddress: '::' };
  expect(expected('192.0.2.5', '::ffff:192.0.2.9', own)).toMatchObject({
    remote: { address: '::ffff:192.0.2.5' },
    sources: ['::ffff:192.0.2.9', '::ffff:192.0.2.5'],
  });
  expect(expected('2001:db8::5', 'fe80::1%eth0', own).remote?.address).toBe('2001:db8::5');
});

import { expect, test } from 'vitest';
import { newLegSdp, readAudioOffer } from '@/lib/protocol/sdp/leg-sdp';
import {
  keyLines,
  midOf,
  protectionTold,
  readNodePort,
  sdpForNode,
} from '@/lib/switch/media/rtpengine/node-sdp';
import { sdpOf } from '@/tests/unit/switch/media/phone';

const BOTH = { maySdes: true, mayDtls: true };

function told(body: Buffer, signallingAddress: string, ours: readonly number[] = []): string {
  const reading = readAudioOffer(newLegSdp(7), body, BOTH);
  if (!reading.ok) throw new Error(reading.reason);
  const { audio } = reading;
  const { formats, direction } = audio;
  const isOurs = (_address: string, port: number): boolean => ours.includes(port);
  return sdpForNode({ audio, formats, direction, signallingAddress, isOurs });
}

const at = (sdp: string) => [
  /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1],
  Number(/^m=audio (\d+)/m.exec(sdp)?.[1]),
];

test('a node is told where a leg says that it is, or, behind NAT, where its signalling comes from', () => {
  const public_ = sdpOf({ address: '198.51.100.7', port: 4_000 });
  expect(at(told(public_, '198.51.100.7'))).toEqual(['198.51.100.7', 4_000]);
  const behind = sdpOf({ address: '192.168.1.5', port: 4_000 });
  expect(at(told(behind, '198.51.100.9'))).toEqual(['198.51.100.9', 4_000]);
  const ipv6 = sdpOf({ address: '2001:db8::7', port: 4_000 });
  expect(at(told(ipv6, '2001:db8::7'))).toEqual(['2001:db8::7', 4_000]);
});

test('nothing is sent to a multicast group, to loopback from outside, or to a port of a node', () => {
  const group = sdpOf({ address: '224.1.2.3', port: 4_000 });
  expect(at(told(group, '198.51.100.7'))[0]).toBe('198.51.100.7');
  const loop = sdpOf({ address: '127.0.0.1', port: 4_000 });
  expect(at(told(loop, '198.51.100.7'))[0]).toBe('198.51.100.7');
  const own = sdpOf({ address: '198.51.100.7', port: 30_000 });
  expect(at(told(own, '198.51.100.7', [30_000]))).toEqual(['127.0.0.1', 9]);
});

test('only what we read gets to a node: one section, no candidates, no attribute of its own', () => {
  const lines = [
    'a=rtpmap:101 telephone-event/8000',
    'a=x-strange:1',
    'a=candidate:1 1 UDP 1 10.0.0.1 5 typ host',
    'm=video 5000 RTP/AVP 31',
  ];
  const sdp = told(sdpOf({ port: 4_000, lines }), '127.0.0.1');
  expect(sdp).not.toMatch(/strange|candidate|video|o=phone/);
  expect(sdp).toContain('m=audio 4000 RTP/AVP 8 0 101\r\n');
});

const FROM_NODE = [
  'v=0',
  'o=- 1 1 IN IP4 203.0.113.5',
  's=-',
  'c=IN IP4 203.0.113.5',
  't=0 0',
  'm=audio 30000 UDP/TLS/RTP/SAVPF 8',
  'a=mid:1',
  'a=rtcp-mux',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc',
  'a=setup:actpass',
  `a=fingerprint:sha-256 ${'AB:'.repeat(31)}AB`,
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  'a=candidate:x 1 UDP 2130706431 203.0.113.5 30000 typ host',
  'a=candidate:x 2 UDP 2130706430 203.0.113.5 30001 typ host',
  '',
].join('\r\n');

test('of what a node says its port, fingerprint, ICE and keys are taken', () => {
  const port = readNodePort(FROM_NODE);
  if (!port) throw new Error('unreadable');
  expect([port.address, port.port, midOf(port)]).toEqual(['203.0.113.5', 30_000, '1']);
  expect(keyLines(port).map(({ value }) => value)).toEqual([
    '1 AES_CM_128_HMAC_SHA1_80 inline:abc',
  ]);
  const dtls = protectionTold(port, { kind: 'dtls', setup: 'passive', keys: [], mid: '0' });
  expect(dtls.session).toEqual([{ name: 'group', value: 'BUNDLE 0' }]);
  const names = dtls.media.map(({ name }) => name);
  expect(names).toEqual([
    ...['fingerprint', 'setup', 'mid', 'rtcp-mux', 'ice-ufrag', 'ice-pwd'],
    ...['candidate', 'end-of-candidates'],
  ]);
  const said = dtls.media.find(({ name }) => name === 'setup');
  expect(said?.value).toBe('passive');
});

test('a port that is none, or no description at all, is nothing', () => {
  expect(readNodePort(FROM_NODE.replace('m=audio 30000', 'm=audio 0'))).toBeNull();
  expect(readNodePort(FROM_NODE.replace('c=IN IP4 203.0.113.5', 'c=IN IP4 0.0.0.0'))).toBeNull();
  expect(readNodePort('')).toBeNull();
  expect(readNodePort('v=0\r\n')).toBeNull();
});

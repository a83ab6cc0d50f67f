import { expect, test } from 'vitest';
import { parseSdp } from '@/lib/protocol/sdp/parse';
import {
  type AudioSecurity,
  audioSecurity,
  fingerprintAttribute,
  keyAttribute,
  usesIce,
} from '@/lib/protocol/sdp/security';

const KEY = 'd0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
const LONG = Buffer.alloc(46, 9).toString('base64');
const PRINT = Array.from({ length: 32 }, () => 'AB').join(':');
const ALL = { maySdes: true, mayDtls: true };

function security(
  lines: readonly string[],
  { protocol = 'RTP/SAVP', session = [] as readonly string[], policy = ALL } = {},
): AudioSecurity | null {
  const body = [
    'v=0',
    'o=- 1 1 IN IP4 192.0.2.1',
    's=-',
    'c=IN IP4 192.0.2.1',
    't=0 0',
    ...session,
    `m=audio 4000 ${protocol} 0`,
    ...lines,
  ];
  const parsed = parseSdp(Buffer.from(body.join('\r\n')));
  const media = parsed.ok ? parsed.description.media[0] : undefined;
  if (!parsed.ok || !media) throw new Error('no description');
  return audioSecurity(parsed.description, media, policy);
}

const tags = (found: AudioSecurity | null): number[] =>
  found?.kind === 'sdes' ? found.keys.map(({ tag }) => tag) : [];

test('keys are read in their order; what is unknown, too short or numbered is passed over', () => {
  const found = security([
    `a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:${KEY}`,
    `a=crypto:2 F8_128_HMAC_SHA1_80 inline:${KEY}`,
    `a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20`,
    `a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4`,
    `a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQxMjM0NTY3`,
    `a=crypto:6 aes_256_cm_hmac_sha1_80 inline:${LONG}`,
    `a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTP`,
    `a=crypto:8 AES_CM_128_HMAC_SHA1_80 inline:${KEY} WSH=64 -ANY`,
    'a=crypto:nonsense',
    'a=crypto',
  ]);
  expect(tags(found)).toEqual([1, 3, 6, 8]);
  expect(found?.kind === 'sdes' && found.keys[0]).toMatchObject({
    suite: 'AES_CM_128_HMAC_SHA1_32',
    keyAndSalt: Buffer.from(KEY, 'base64'),
  });
});

test('a key is written as it was read', () => {
  const line = `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`;
  const found = security([`a=crypto:${line}`]);
  expect(found?.kind === 'sdes' && found.keys.map(keyAttribute)).toEqual([
    { name: 'crypto', value: line },
  ]);
});

test('keys that others can read are not taken: no SDES without TLS', () => {
  const policy = { maySdes: false, mayDtls: true };
  const key = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`;
  expect(security([key], { policy })).toBeNull();
  expect(security([key, `a=fingerprint:sha-256 ${PRINT}`], { policy })?.kind).toBe('dtls');
});

test('secure media without a usable key is refused, not taken for plain', () => {
  expect(security([])).toBeNull();
  expect(security([`a=crypto:1 NULL_SUITE inline:${KEY}`])).toBeNull();
  expect(security([], { protocol: 'UDP/TLS/RTP/SAVPF' })).toBeNull();
  expect(security([`a=fingerprint:sha-1 ${PRINT}`], { protocol: 'UDP/TLS/RTP/SAVPF' })).toBeNull();
  expect(security([], { protocol: 'RTP/XYZ' })).toBeNull();
});

test('plain media stays plain, whatever stands beside it', () => {
  const lines = [
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
    `a=fingerprint:sha-256 ${PRINT}`,
  ];
  expect(security(lines, { protocol: 'RTP/AVP' })).toEqual({ kind: 'plain' });
});

test('a browser is read: fingerprint, ICE and mux, of the section or of the whole', () => {
  const session = [`a=fingerprint:SHA-256 ${PRINT.toLowerCase()}`, 'a=ice-ufrag:abcd'];
  const found = security(
    ['a=ice-pwd:0123456789012345678901', 'a=setup:actpass', 'a=rtcp-mux', 'a=mid:audio0'],
    { protocol: 'UDP/TLS/RTP/SAVPF', session },
  );
  expect(found).toEqual({
    kind: 'dtls',
    fingerprints: [Buffer.alloc(32, 0xab)],
    setup: 'actpass',
    ice: { ufrag: 'abcd', pwd: '0123456789012345678901' },
    isRtcpMuxed: true,
    mid: 'audio0',
  });
});

test.each(['passive', 'holdconn', 'sideways'])(
  'who will not begin the handshake (%s) is refused',
  (setup) => {
    const lines = [`a=fingerprint:sha-256 ${PRINT}`, `a=setup:${setup}`];
    expect(security(lines, { protocol: 'UDP/TLS/RTP/SAVP' })).toBeNull();
  },
);

test('a fingerprint is written as RFC 8122 has it', () => {
  expect(fingerprintAttribute(Buffer.alloc(32, 0xab))).toEqual({
    name: 'fingerprint',
    value: `sha-256 ${PRINT}`,
  });
});

test('a name that is none does not get into our descriptions', () => {
  const lines = [`a=fingerprint:sha-256 ${PRINT}`, 'a=mid:a b\tc'];
  expect(security(lines, { protocol: 'UDP/TLS/RTP/SAVPF' })).toMatchObject({ mid: null });
});

test('whether ICE is spoken is told from its credentials alone', () => {
  const parsed = parseSdp(
    Buffer.from('v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=audio 9 RTP/AVP 0\r\na=ice-ufrag:abcd\r\n'),
  );
  const media = parsed.ok ? parsed.description.media[0] : undefined;
  expect(parsed.ok && media && usesIce(parsed.description, media)).toBe(true);
});

import { expect, it } from 'vitest';
import { KeptSdp, sharedForms } from '@/lib/switch/call/kept-sdp';

const LINES = [
  'v=0',
  'o=- 3874911 2 IN IP4 192.0.2.17',
  's=-',
  'c=IN IP4 192.0.2.17',
  't=0 0',
  'm=audio 40000 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'm=video 0 RTP/AVP 31',
];
const USUAL = `${LINES.join('\r\n')}\r\n`;

it.each([
  ['of a phone', USUAL],
  ['of another phone of its kind', USUAL.replaceAll('192.0.2.17', '198.51.100.4')],
  ['with bare line feeds', USUAL.replaceAll('\r\n', '\n')],
  ['over IPv6', USUAL.replaceAll('IP4 192.0.2.17', 'IP6 2001:db8::17')],
  ['without media', USUAL.slice(0, USUAL.indexOf('m='))],
  ['cut off within the m= line', USUAL.slice(0, USUAL.indexOf(' RTP'))],
  ['that begins with its media', 'm=audio 1 RTP/AVP 0\r\n'],
  ['with bytes beyond ASCII', USUAL.replace('s=-', 's=\xc3\xa9\xff')],
  ['with a NUL before its figures', USUAL.replace('s=-', 's=\0')],
  ['with a NUL after its figures', `${USUAL}a=x:\0\r\n`],
  [
    'longer than what is shared',
    USUAL + 'a=candidate:1 1 UDP 1 192.0.2.17 9 typ host\r\n'.repeat(99),
  ],
  ['of nothing', ''],
])('a description %s is given back byte for byte', (_, text) => {
  const sdp = Buffer.from(text, 'latin1');
  expect(new KeptSdp(sdp).bytes.equals(sdp)).toBe(true);
  // The form is known by now.
  expect(new KeptSdp(sdp).bytes.equals(sdp)).toBe(true);
});

it('a description is a copy: the packet that it came in may be overwritten', () => {
  const packet = Buffer.from(USUAL, 'latin1');
  const kept = new KeptSdp(packet);
  packet.fill(0);
  expect(kept.bytes.toString('latin1')).toBe(USUAL);
});

const SECRETS = [
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj',
  'a=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj',
  'a=ice-ufrag:8hhY',
  'a=ice-pwd:asd88fgpdd777uzjYhagZg',
  'a=fingerprint:sha-256 12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:B1:3F:82',
  'a=key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO',
  'k=base64:d0RmdmcmVCspeEc3QGZiNWpV',
];

it.each(SECRETS)('keys live with their call alone: %s', (line) => {
  const before = sharedForms();
  const bodies = [
    `${USUAL}${line}\r\n`,
    USUAL.replace('t=0 0\r\n', `t=0 0\r\n${line}\r\n`),
    USUAL.replaceAll('\r\n', '\r').replace('t=0 0\r', `t=0 0\r${line}\r`),
  ];
  for (const body of bodies) {
    expect(new KeptSdp(Buffer.from(body, 'latin1')).bytes.toString('latin1')).toBe(body);
  }
  expect(sharedForms()).toBe(before);
});

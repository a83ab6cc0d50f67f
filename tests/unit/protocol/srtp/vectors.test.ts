import { expect, test } from 'vitest';
import { AeadTransform } from '@/lib/protocol/srtp/aead';
import { CounterModeTransform } from '@/lib/protocol/srtp/counter-mode';
import { SrtpReceiver } from '@/lib/protocol/srtp/receiver';
import { SrtpSender } from '@/lib/protocol/srtp/sender';
import { sessionKeys } from '@/lib/protocol/srtp/session-keys';
import { type SrtpSuite, type SrtpSuiteName, srtpSuite } from '@/lib/protocol/srtp/suites';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

function suite(name: SrtpSuiteName): SrtpSuite {
  const found = srtpSuite(name);
  if (!found) throw new Error(name);
  return found;
}

const MASTER = hex('E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6');

test('session keys are those of RFC 3711 B.3', () => {
  const keys = sessionKeys(suite('AES_CM_128_HMAC_SHA1_80'), MASTER, 'rtp');
  expect(keys.cipherKey).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
  expect(keys.salt).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
  expect(keys.authenticationKey).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
});

test('session keys of 256 bits are those of RFC 6188 §7.2', () => {
  const master = hex(
    'f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6 3b04803de51ee7c96423ab5b78d2',
  );
  const keys = sessionKeys(suite('AES_256_CM_HMAC_SHA1_80'), master, 'rtp');
  expect(keys.cipherKey).toEqual(
    hex('5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4'),
  );
  expect(keys.salt).toEqual(hex('fa31791685ca444a9e07c6c64e93'));
  expect(keys.authenticationKey).toEqual(hex('fd9c32d39ed5fbb5a9dc96b30818454d1313dc05'));
});

test.each([
  [
    'RFC 3711 B.2',
    '2B7E151628AED2A6ABF7158809CF4F3C',
    'E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0',
  ],
  [
    'RFC 6188 §7.1',
    '57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98',
    '92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac 63c4868b7096d88421b563b8c94c9a31',
  ],
])('the key stream of counter mode is that of %s', (_, key, stream) => {
  const bits = key.length / 2 === 32 ? 'AES_256_CM_HMAC_SHA1_80' : 'AES_CM_128_HMAC_SHA1_80';
  const transform = new CounterModeTransform(suite(bits), {
    cipherKey: hex(key),
    authenticationKey: Buffer.alloc(20),
    salt: hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'),
  });
  const zeros = Buffer.alloc(48);
  const sealed = transform.sealRtp(zeros, 0, { ssrc: 0, high: 0, low: 0 });
  expect(sealed.subarray(0, 48)).toEqual(hex(stream));
});

const PACKET = hex('800f1234decafbadcafebabe abababababababababababababababab');
const REPORT = hex('81c8000bcafebabe abababababababababababababababab');

test.each([
  {
    suite: 'AES_CM_128_HMAC_SHA1_80' as const,
    keyAndSalt: MASTER,
    rtp: '800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb',
    rtcp: '81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798',
  },
  {
    suite: 'AEAD_AES_128_GCM' as const,
    keyAndSalt: hex('000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab'),
    rtp: '800f1234decafbadcafebabe c5002ede04cfdd2eb91159e0880aa06e d2976826f796b201df3131a127e8a392',
    rtcp: '81c8000bcafebabe c98b8b5df0392a55852b6c21ac8e7025 c52c6fbea2b3b446ea31123ba88ce61e 80000001',
  },
])('packets look as those of libsrtp: $suite', ({ rtp, rtcp, ...keying }) => {
  expect(new SrtpSender(keying).rtpOf(PACKET)).toEqual(hex(rtp));
  expect(new SrtpSender(keying).rtcpOf(REPORT)).toEqual(hex(rtcp));
  expect(new SrtpReceiver(keying).rtpOf(hex(rtp))).toEqual(PACKET);
  expect(new SrtpReceiver(keying).rtcpOf(hex(rtcp))).toEqual(REPORT);
});

const QUID = hex('51756964 2070726f 2071756f');
const KEY_128 = '000102030405060708090a0b0c0d0e0f';
const KEY_256 = `${KEY_128}101112131415161718191a1b1c1d1e1f`;
const HEADER = '8040f17b 8041f8d3 5501a0b2';
const GALLIA = `47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573`;

test.each([
  [
    '§16.1.1',
    KEY_128,
    `f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a 51c7d19b 36de3adf 8833
     899d7f27 beb16a91 52cf765e e4390cce`,
  ],
  [
    '§16.2.1',
    KEY_256,
    `32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02 76ffae0f 1ba63799 b87b7aa3 db36
     dfffd6b0 f9bb7878 d7a76c13`,
  ],
])('RTP under AES-GCM is that of RFC 7714 %s', (_, key, body) => {
  const keys = { cipherKey: hex(key), authenticationKey: Buffer.alloc(0), salt: QUID };
  const position = { ssrc: 0x5501a0b2, high: 0, low: 0xf17b };
  const plain = hex(HEADER + GALLIA);
  const sealed = new AeadTransform(keys).sealRtp(plain, 12, position);
  expect(sealed).toEqual(hex(HEADER + body));
  expect(new AeadTransform(keys).openRtp(sealed, 12, position)).toEqual(plain);
});

const SENDER_REPORT = `81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
  deadbeef deadbeef deadbeef deadbeef deadbeef`;

test('RTCP under AES-GCM is that of RFC 7714 §17.1', () => {
  const keys = { cipherKey: hex(KEY_128), authenticationKey: Buffer.alloc(0), salt: QUID };
  const position = { ssrc: 0x4d617273, high: 0, low: 0x05d4 };
  const sealed = new AeadTransform(keys).sealRtcp(hex(SENDER_REPORT), position);
  expect(sealed).toEqual(
    hex(`81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda
      4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4`),
  );
  expect(new AeadTransform(keys).openRtcp(sealed, position)).toEqual(hex(SENDER_REPORT));
});

test('RTCP that is authenticated alone is that of RFC 7714 §17.3', () => {
  const keys = { cipherKey: hex(KEY_128), authenticationKey: Buffer.alloc(0), salt: QUID };
  const position = { ssrc: 0x4d617273, high: 0, low: 0x05d4 };
  const tagged = hex(`${SENDER_REPORT} 841dd968 3dd78ec9 2ae58790 125f62b3 000005d4`);
  expect(new AeadTransform(keys).openRtcp(tagged, position)).toEqual(hex(SENDER_REPORT));
});

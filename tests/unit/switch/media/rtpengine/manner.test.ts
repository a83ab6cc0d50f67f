import { expect, test } from 'vitest';
import type { SdesKey } from '@/lib/protocol/sdp/security';
import type { PayloadFormat } from '@/lib/protocol/sdp/types';
import {
  keyApart,
  keysMet,
  keysOffered,
  keysTaken,
  numbersOfNode,
  towards,
  transcodedTo,
} from '@/lib/switch/media/rtpengine/manner';
import { phoneKey } from '@/tests/unit/switch/media/secure-phone';

const COMMON = 'AES_CM_128_HMAC_SHA1_80';
const LONG = 'AES_256_CM_HMAC_SHA1_80';

const line = (tag: number, suite: string, key: string) => ({
  name: 'crypto',
  value: `${tag} ${suite} inline:${key}`,
});
const sdes = (...keys: readonly SdesKey[]) => ({ kind: 'sdes', keys }) as const;

function format(payloadType: number, name: string, clockRateHz = 8_000): PayloadFormat {
  return { payloadType, name, clockRateHz, channels: 1, parameters: null };
}

test('no leg is offered a suite that our own relay would not offer, unless the other has only that', () => {
  const offered = towards({ kind: 'sdes' }, { injects: false, suites: [] });
  expect(offered['SDES']).toContain('no-NULL_HMAC_SHA1_80');
  expect(offered['SDES']).not.toContain(`no-${COMMON}`);
  const weak = { injects: false, suites: ['AES_CM_128_HMAC_SHA1_32'] };
  expect(towards({ kind: 'sdes' }, weak)['SDES']).not.toContain('no-AES_CM_128_HMAC_SHA1_32');
  expect(towards({ kind: 'plain' }, weak)).toMatchObject({ 'transport-protocol': 'RTP/AVP' });
  expect(towards({ kind: 'dtls', hasIce: true }, weak)).toMatchObject({
    ICE: 'force',
    SDES: ['off'],
  });
  expect(towards({ kind: 'dtls', hasIce: false }, weak)).toMatchObject({ ICE: 'remove' });
});

test('where both have keys a node is told one of the caller, of a suite that the other can spare', () => {
  const [common, long] = [phoneKey(1), phoneKey(2, LONG)];
  const apart = keyApart(sdes(common, long), { kind: 'sdes' });
  expect(apart).toEqual(sdes(long));
  expect(keyApart(sdes(common), { kind: 'sdes' })).toEqual(sdes(common));
  expect(keyApart(sdes(common, long), { kind: 'plain' })).toEqual(sdes(common, long));
});

test('a leg is offered keys of the node alone, never those of whoever offers; with none it is refused', () => {
  const theirs = phoneKey(2, LONG);
  const key = theirs.keyAndSalt.toString('base64');
  const lines = [line(2, LONG, key), line(3, COMMON, 'ours'), line(4, COMMON, key)];
  expect(keysOffered(lines, sdes(theirs))).toEqual([line(3, COMMON, 'ours')]);
  expect(() => keysOffered([line(2, LONG, key)], sdes(theirs))).toThrow(/no key of our own/);
  // What all phones know comes first.
  const sorted = [lines[1], lines[2], lines[0]];
  expect(keysOffered(lines, { kind: 'plain' })).toEqual(sorted);
});

test('an answer takes one of the keys that were offered', () => {
  const lines = [line(1, LONG, 'a'), line(3, COMMON, 'b')];
  expect(keysTaken(lines, sdes(phoneKey(3)))).toEqual([line(3, COMMON, 'b')]);
  expect(() => keysTaken(lines, sdes(phoneKey(1)))).toThrow(/not offered/);
});

test('of two that both offered keys each is answered under its own tag', () => {
  const own = phoneKey(7);
  const met = keysMet([line(1, LONG, 'a'), line(3, COMMON, 'b')], sdes(own));
  expect(met.forLeg).toEqual([line(7, COMMON, 'b')]);
  expect(met.forNode).toEqual(sdes({ ...own, tag: 3 }));
  expect(() => keysMet([line(1, LONG, 'a')], sdes(own))).toThrow(/no key can be used/);
});

test('what a node adds to an offer is what the other leg may have beyond it, under its numbers', () => {
  const offered = [format(8, 'PCMA'), format(101, 'telephone-event')];
  const more = [...offered, format(9, 'G722'), format(96, 'opus', 48_000)];
  expect(transcodedTo(offered, more)).toEqual({ codec: { transcode: ['G722', 'opus'] } });
  expect(transcodedTo(more, offered)).toEqual({});
  const atNode = [...offered, format(9, 'G722'), format(97, 'opus', 48_000)];
  const numbers = numbersOfNode(more, offered, atNode).map(({ payloadType }) => payloadType);
  expect(numbers).toEqual([8, 101, 9, 97]);
  // What it can't make is not offered.
  expect(numbersOfNode(more, offered, offered)).toEqual(offered);
});

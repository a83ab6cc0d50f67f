import { expect, test } from 'vitest';
import { AppError } from '@/lib/core/errors';
import { newLegSdp } from '@/lib/protocol/sdp/leg-sdp';
import { offererToAnswerer } from '@/lib/protocol/sdp/match-formats';
import { meetOffers } from '@/lib/switch/media/meeting';
import { readOffer } from '@/lib/switch/media/negotiation';
import { answererConfig, offererConfig } from '@/lib/switch/media/settlement';

/** An offer of one audio line, after whatever other m= lines. */
function offerOf(audio: readonly string[], before: readonly string[] = []): Buffer {
  const head = ['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', 'c=IN IP4 192.0.2.9', 't=0 0'];
  return Buffer.from(`${[...head, ...before, ...audio].join('\r\n')}\r\n`);
}

function side(id: number, body: Buffer, codecs: readonly string[] = []) {
  return {
    offer: readOffer(newLegSdp(id), body),
    codecs,
    ours: { address: '203.0.113.1', port: id === 1 ? 20_000 : 20_002 },
  };
}

const linesOf = (body: Buffer): string[] => body.toString().split('\r\n');
const audioOf = (body: Buffer): string | undefined =>
  linesOf(body).find((line) => line.startsWith('m=audio'));

test('each is told what both offered, in its own numbers, and media is renumbered between them', () => {
  const { one, other, settlement } = meetOffers(
    side(
      1,
      offerOf([
        'm=audio 4000 RTP/AVP 0 96 101',
        'a=rtpmap:96 opus/48000/2',
        'a=rtpmap:101 telephone-event/8000',
      ]),
    ),
    side(
      2,
      offerOf([
        'm=audio 5000 RTP/AVP 107 8 0 96',
        'a=rtpmap:107 opus/48000/2',
        'a=rtpmap:96 telephone-event/8000',
      ]),
    ),
  );
  expect(audioOf(one.body)).toBe('m=audio 20000 RTP/AVP 96 0 101');
  expect(audioOf(other.body)).toBe('m=audio 20002 RTP/AVP 107 0 96');
  expect(linesOf(one.body)).toContain('a=rtpmap:96 opus/48000/2');
  expect(linesOf(other.body)).toContain('a=rtpmap:107 opus/48000/2');
  expect(offererToAnswerer(settlement.voices.agreed)).toEqual([
    [96, 107],
    [0, 0],
    [101, 96],
  ]);
});

test('whatever else either offered is refused in its place', () => {
  const video = ['m=video 4002 RTP/AVP 97', 'a=rtpmap:97 H264/90000'];
  const { one, other } = meetOffers(
    side(1, offerOf(['m=audio 4000 RTP/AVP 0'], video)),
    side(2, offerOf(['m=audio 5000 RTP/AVP 0'])),
  );
  expect(linesOf(one.body).filter((line) => line.startsWith('m='))).toEqual([
    'm=video 0 RTP/AVP 97',
    'm=audio 20000 RTP/AVP 0',
  ]);
  expect(linesOf(other.body).filter((line) => line.startsWith('m='))).toEqual([
    'm=audio 20002 RTP/AVP 0',
  ]);
});

test('directions are complements: who only sends is told that it is heard', () => {
  const { one, other } = meetOffers(
    side(1, offerOf(['m=audio 4000 RTP/AVP 0'])),
    side(2, offerOf(['m=audio 5000 RTP/AVP 0', 'a=sendonly'])),
  );
  expect(linesOf(one.body)).toContain('a=sendonly');
  expect(linesOf(other.body)).toContain('a=recvonly');
});

test('what the trunk of one may not have is agreed with nobody', () => {
  const { one, other } = meetOffers(
    side(1, offerOf(['m=audio 4000 RTP/AVP 0 8']), ['PCMA']),
    side(2, offerOf(['m=audio 5000 RTP/AVP 0 8'])),
  );
  expect(audioOf(one.body)).toBe('m=audio 20000 RTP/AVP 8');
  expect(audioOf(other.body)).toBe('m=audio 20002 RTP/AVP 8');
});

test('two that have no voice in common do not meet', () => {
  expect(() =>
    meetOffers(
      side(1, offerOf(['m=audio 4000 RTP/AVP 0'])),
      side(2, offerOf(['m=audio 5000 RTP/AVP 18'])),
    ),
  ).toThrow(AppError);
});

test('two that speak otherwise meet where we know both of their voices', () => {
  const { one, other, settlement } = meetOffers(
    side(1, offerOf(['m=audio 4000 RTP/AVP 18 0'])),
    side(2, offerOf(['m=audio 5000 RTP/AVP 8 9'])),
  );
  expect(audioOf(one.body)).toBe('m=audio 20000 RTP/AVP 0');
  expect(audioOf(other.body)).toBe('m=audio 20002 RTP/AVP 8');
  expect(offererConfig(settlement).voice?.to).toEqual({ payloadType: 8, voice: 'PCMA' });
  expect(answererConfig(settlement).voice?.to).toEqual({ payloadType: 0, voice: 'PCMU' });
});

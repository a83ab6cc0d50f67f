import { expect, test } from 'vitest';
import { answeredDirection, mirrored } from '@/lib/protocol/sdp/direction';
import {
  type AudioSide,
  type LegSdp,
  newLegSdp,
  numberedFor,
  readAudioAnswer,
  readAudioOffer,
  writeAudio,
} from '@/lib/protocol/sdp/leg-sdp';
import {
  answeredFormats,
  answererToOfferer,
  matchFormats,
  offererToAnswerer,
} from '@/lib/protocol/sdp/match-formats';
import type { Direction, PayloadFormat } from '@/lib/protocol/sdp/types';

const HEAD = ['v=0', 'o=phone 5 1 IN IP4 192.0.2.5', 's=-', 'c=IN IP4 192.0.2.5', 't=0 0'];

const bodyOf = (...lines: string[]): Buffer =>
  Buffer.from(`${[...HEAD, ...lines].join('\r\n')}\r\n`);

const format = (
  payloadType: number,
  name: string,
  parameters: string | null = null,
): PayloadFormat => ({
  payloadType,
  name,
  clockRateHz: 8_000,
  channels: 1,
  parameters,
});

const PCMA = format(8, 'PCMA');
const PCMU = format(0, 'PCMU');
const keys = (payloadType: number): PayloadFormat => format(payloadType, 'telephone-event', '0-16');

const OURS = { address: '198.51.100.1', port: 10_000, packetTimes: [] };

function offerOf(leg: LegSdp, ...lines: string[]): { leg: LegSdp; audio: AudioSide } {
  const reading = readAudioOffer(leg, bodyOf(...lines));
  if (!reading.ok) throw new Error(reading.reason);
  return reading;
}

const write = (
  leg: LegSdp,
  formats: readonly PayloadFormat[],
  direction: Direction = 'sendrecv',
) => {
  const { leg: next, body } = writeAudio(leg, { ...OURS, formats, direction });
  return { leg: next, text: body.toString(), version: /^o=- 9 (\d+) /m.exec(body.toString())?.[1] };
};

const sections = (text: string): string[] =>
  text.split('\r\n').filter((line) => line.startsWith('m='));

test('refused sections keep their place with port 0', () => {
  const { leg } = offerOf(
    newLegSdp(9),
    'm=video 4002 RTP/AVP 31',
    'm=audio 4000 RTP/AVP 8',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  );
  expect(sections(write(leg, [PCMA]).text)).toEqual([
    'm=video 0 RTP/AVP 31',
    'm=audio 10000 RTP/AVP 8',
    'm=application 0 UDP/DTLS/SCTP webrtc-datachannel',
  ]);
});

test('a section that was in use stays in use when another is offered before it would be', () => {
  const first = offerOf(newLegSdp(9), 'm=audio 0 RTP/AVP 8', 'm=audio 4000 RTP/AVP 8');
  const { leg } = offerOf(first.leg, 'm=audio 4004 RTP/AVP 8', 'm=audio 4000 RTP/AVP 8');
  expect(leg.audioIndex).toBe(1);
});

test('of optional and plain encryption the plain section is taken', () => {
  const { leg } = offerOf(
    newLegSdp(9),
    'm=audio 4000 RTP/SAVP 8',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc',
    'm=audio 4002 RTP/AVP 8',
  );
  expect(leg.audioIndex).toBe(1);
});

test.each([
  ['m=audio 4000 UDP/TLS/RTP/SAVPF 8', 'no audio over plain RTP is offered'],
  ['m=image 4000 udptl t38', 'no audio over plain RTP is offered'],
  [
    'm=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000',
    'no audio over plain RTP is offered',
  ],
])('%j is refused', (lines, reason) => {
  expect(readAudioOffer(newLegSdp(9), bodyOf(lines))).toEqual({ ok: false, reason });
});

test('keys, candidates and fingerprints of one side never reach the other', () => {
  const { leg, audio } = offerOf(
    newLegSdp(9),
    'a=ice-lite',
    'm=audio 4000 RTP/AVP 8',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc',
    'a=fingerprint:sha-256 AA',
    'a=setup:actpass',
    'a=candidate:1 1 udp 1 10.0.0.1 4000 typ host',
    'a=ice-ufrag:x',
    'a=ice-pwd:y',
    'a=rtcp-mux',
    'a=rtcp-fb:* nack',
    'a=ptime:20',
    'a=maxptime:20\tx',
  );
  const { body } = writeAudio(leg, { ...OURS, ...audio, ...OURS, packetTimes: audio.packetTimes });
  expect(
    body
      .toString()
      .split('\r\n')
      .filter((line) => line.startsWith('a=')),
  ).toEqual(['a=rtpmap:8 PCMA/8000', 'a=ptime:20', 'a=sendrecv']);
});

test('the o= version grows with each change, and only then', () => {
  const one = write(newLegSdp(9), [PCMA]);
  const two = write(one.leg, [PCMA]);
  const three = write(two.leg, [PCMA], 'sendonly');
  const four = write(three.leg, [PCMA]);
  expect([one, two, three, four].map(({ version }) => version)).toEqual(['1', '1', '2', '3']);
});

test('answers to hold are complements', () => {
  expect(answeredDirection('sendonly', 'sendrecv')).toBe('recvonly');
  expect(answeredDirection('recvonly', 'sendrecv')).toBe('sendonly');
  expect(answeredDirection('inactive', 'sendrecv')).toBe('inactive');
  expect(answeredDirection('sendrecv', 'recvonly')).toBe('recvonly');
  expect(answeredDirection('sendonly', 'sendonly')).toBe('inactive');
  expect(mirrored('sendonly')).toBe('recvonly');
});

test('a number never changes its meaning on a leg', () => {
  const { leg } = write(newLegSdp(9), [PCMA, keys(101)]);
  const opus = { ...format(101, 'opus'), clockRateHz: 48_000, channels: 2 };
  expect(numberedFor(leg, [opus, keys(96), PCMA]).map(({ payloadType }) => payloadType)).toEqual([
    96, 101, 8,
  ]);
});

test('an offer is answered in its own numbers, in the order of the answer', () => {
  const agreed = matchFormats({
    offered: [PCMU, PCMA, keys(96)],
    forwarded: [PCMU, PCMA, keys(96)],
    answered: [PCMA, format(101, 'TELEPHONE-EVENT', '0-15'), format(3, 'GSM')],
  });
  expect(answeredFormats(agreed)).toEqual([PCMA, format(96, 'TELEPHONE-EVENT', '0-15')]);
  expect(offererToAnswerer(agreed)).toEqual([
    [8, 8],
    [96, 101],
  ]);
  expect(answererToOfferer(agreed)).toEqual([
    [8, 8],
    [101, 96],
    [96, 96],
  ]);
});

test('a number of the answerer is not mistaken for another codec of the offer', () => {
  const opus = { ...format(101, 'opus'), clockRateHz: 48_000 };
  const agreed = matchFormats({
    offered: [opus, keys(96)],
    forwarded: [opus, keys(96)],
    answered: [{ ...opus, payloadType: 96 }, keys(101)],
  });
  expect(new Map(answererToOfferer(agreed))).toEqual(
    new Map([
      [96, 96],
      [101, 101],
    ]),
  );
});

test('keys at 8000 and at 48000 are two formats, each found by its clock', () => {
  const wide = { ...keys(110), clockRateHz: 48_000 };
  const opus = { ...format(111, 'opus'), clockRateHz: 48_000, channels: 2 };
  const offered = [opus, PCMU, wide, keys(101)];
  const narrow = matchFormats({ offered, forwarded: offered, answered: [PCMU, keys(96)] });
  expect(narrow.map(({ offered: each }) => each.payloadType)).toEqual([0, 101]);
  const both = matchFormats({ offered, forwarded: offered, answered: [opus, wide] });
  expect(answeredFormats(both).map((each) => each.clockRateHz)).toEqual([48_000, 48_000]);
});

test('without sound in common nothing is agreed', () => {
  const answered = [keys(101)];
  expect(
    matchFormats({ offered: [PCMA, keys(101)], forwarded: [PCMA, keys(101)], answered }),
  ).toEqual([]);
});

test('an answer that refuses the audio, or misses it, agrees to nothing', () => {
  const { leg } = write(newLegSdp(9), [PCMA]);
  expect(readAudioAnswer(leg, bodyOf('m=audio 0 RTP/AVP 8'))).toMatchObject({ ok: false });
  expect(readAudioAnswer(leg, bodyOf('m=video 4000 RTP/AVP 31'))).toMatchObject({ ok: false });
  expect(readAudioAnswer(leg, bodyOf('m=audio 4000 RTP/AVP 8'))).toMatchObject({ ok: true });
});

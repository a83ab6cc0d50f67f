import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mediaDirection, rtcpTarget } from '@/lib/protocol/sdp/direction';
import { isTelephoneEvent, payloadFormats } from '@/lib/protocol/sdp/formats';
import { parseSdp } from '@/lib/protocol/sdp/parse';
import { attributeLine, mediaLine, sessionLines } from '@/lib/protocol/sdp/serialize';
import type { SessionDescription } from '@/lib/protocol/sdp/types';

const LINES = [
  'v=0',
  'o=- 20518 1 IN IP4 203.0.113.1',
  's= ',
  'c=IN IP4 203.0.113.1',
  't=0 0',
  'm=audio 54400 RTP/AVP 0 96 101',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 useinbandfec=1',
  'a=rtpmap:101 telephone-event/8000',
  'a=rtcp:54409',
  'm=video 0 RTP/AVP 31',
];

function read(lines: readonly string[], end = '\r\n'): SessionDescription {
  const result = parseSdp(Buffer.from(lines.join(end)));
  if (!result.ok) throw new Error(result.reason);
  return result.description;
}

const refused = (body: string | Buffer): string => {
  const result = parseSdp(typeof body === 'string' ? Buffer.from(body) : body);
  return result.ok ? 'taken' : result.reason;
};

const withAudio = (...lines: string[]): SessionDescription =>
  read([...LINES.slice(0, 6), ...lines]);

test.each(['\r\n', '\n', '\r'])('lines are told apart whatever ends them (%j)', (end) => {
  const { media, connection } = read(LINES, end);
  expect(media.map(({ kind, port }) => [kind, port])).toEqual([
    ['audio', 54_400],
    ['video', 0],
  ]);
  expect(connection).toEqual({ family: 4, address: '203.0.113.1' });
});

test('payload types are read with their meaning, static ones without an rtpmap', () => {
  const [audio] = read(LINES).media;
  const formats = audio ? payloadFormats(audio) : [];
  expect(formats).toEqual([
    { payloadType: 0, name: 'PCMU', clockRateHz: 8_000, channels: 1, parameters: null },
    {
      payloadType: 96,
      name: 'opus',
      clockRateHz: 48_000,
      channels: 2,
      parameters: 'useinbandfec=1',
    },
    {
      payloadType: 101,
      name: 'telephone-event',
      clockRateHz: 8_000,
      channels: 1,
      parameters: null,
    },
  ]);
  expect(formats.filter(isTelephoneEvent)).toHaveLength(1);
});

test('dynamic payload types that nothing explains are left out', () => {
  const [audio] = read(['v=0', 'o=- 1 1 IN IP4 1.1.1.1', 'm=audio 4000 RTP/AVP 97 8 300 8']).media;
  expect(audio && payloadFormats(audio).map(({ payloadType }) => payloadType)).toEqual([8]);
});

test('RTCP goes to the next port unless the description says otherwise', () => {
  const [audio] = read(LINES).media;
  expect(audio && rtcpTarget(audio)).toEqual({ port: 54_409, address: null });
  const [plain] = read(LINES.filter((line) => !line.startsWith('a=rtcp'))).media;
  expect(plain && rtcpTarget(plain).port).toBe(54_401);
});

test.each([
  [[], 'sendrecv'],
  [['a=sendonly'], 'sendonly'],
  [['a=inactive'], 'inactive'],
  [['c=IN IP4 0.0.0.0'], 'sendonly'],
  [['c=IN IP4 0.0.0.0', 'a=recvonly'], 'inactive'],
  [['c=IN IP6 ::', 'a=sendrecv'], 'sendonly'],
])('hold is recognised in %j', (lines, direction) => {
  const description = withAudio(...lines);
  const [audio] = description.media;
  expect(audio && mediaDirection(description, audio)).toBe(direction);
});

test('a direction of the session holds for its media', () => {
  const description = read([...LINES.slice(0, 5), 'a=inactive', ...LINES.slice(5)]);
  const [audio] = description.media;
  expect(audio && mediaDirection(description, audio)).toBe('inactive');
});

test.each([
  ['v=1\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=audio 1 RTP/AVP 0', 'the version is not 0'],
  ['v=0\r\nm=audio 1 RTP/AVP 0', 'o= is missing'],
  ['v=0\r\no=- 1 1 IN IP4 1.1.1.1', 'm= is missing'],
  ['v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=audio 70000 RTP/AVP 0', 'm= has no valid port'],
  ['v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=audio 1 RTP/AVP', 'm= has fewer than four fields'],
  ['v=0\r\nhello', 'a line is not of the form x=…'],
  ['v=0\r\nc=IN IP4 a b\r\nc=IN IP4 $x', 'taken'],
  ['v=0\0', 'the body holds NUL'],
])('%j is told why it can not be used', (body, reason) => {
  if (reason === 'taken') expect(refused(body)).not.toBe('taken');
  else expect(refused(body)).toBe(reason);
});

test('bodies, lines, sections and formats are bounded', () => {
  const head = 'v=0\no=- 1 1 IN IP4 1.1.1.1\n';
  expect(refused(Buffer.alloc(32_769, 'a'))).toBe('the body is too large');
  expect(refused(head + 'a=x\n'.repeat(1_001))).toBe('too many lines');
  expect(refused(head + 'm=audio 1 RTP/AVP 0\n'.repeat(17))).toBe('too many m= lines');
  expect(refused(`${head}m=audio 1 RTP/AVP${' 0'.repeat(129)}`)).toBe('m= has too many formats');
});

test('no bytes make the parser throw', () => {
  const line = fc.tuple(fc.constantFrom('v', 'o', 's', 'c', 'm', 'a', 't'), fc.string());
  const lines = fc.array(line).map((all) => all.map(([type, value]) => `${type}=${value}`));
  fc.assert(
    fc.property(lines, (all) => typeof parseSdp(Buffer.from(all.join('\n'))).ok === 'boolean'),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseSdp(bytes).ok === 'boolean'));
});

test('a section that was read before reads the same again, with the port it has now', () => {
  const lines = (port: number, tail: readonly string[] = []) => [
    ...LINES.slice(
      0,
      LINES.findIndex((line) => line.startsWith('m=')),
    ),
    `m=audio ${port} RTP/AVP 0 101`,
    'c=IN IP4 192.0.2.9',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=sendonly',
    ...tail,
  ];
  const first = read(lines(4_000));
  const second = read(lines(5_000));
  expect(second.media).toEqual([{ ...first.media[0], port: 5_000 }]);
  expect(second.media[0]?.formats).toBe(first.media[0]?.formats);
  expect(read(lines(0)).media[0]?.port).toBe(0);
  expect(read(lines(6_000, ['a=ptime:30'])).media[0]?.attributes).toHaveLength(4);
  const several = read([...lines(7_000), 'm=video 0 RTP/AVP 96', ...lines(7_002).slice(-5)]);
  expect(several.media.map(({ kind, port }) => [kind, port])).toEqual([
    ['audio', 7_000],
    ['video', 0],
    ['audio', 7_002],
  ]);
});

test.each([
  ['m=audio 65536 RTP/AVP 0', 'm= has no valid port'],
  ['m=audio 04000 RTP/AVP', 'm= has fewer than four fields'],
])('%s is refused, known sections or not', (line, reason) => {
  const head = LINES.slice(
    0,
    LINES.findIndex((each) => each.startsWith('m=')),
  );
  expect(parseSdp(Buffer.from([...head, line].join('\r\n')))).toEqual({ ok: false, reason });
});

test('whether a section was seen before makes no difference, whatever it says', () => {
  const value = fc.constantFrom(
    '0',
    'audio 9 RTP/AVP 0',
    '- 1 1 IN IP4 192.0.2.1',
    'IN IP4 x',
    'y',
  );
  const line = fc.tuple(fc.constantFrom('v', 'o', 's', 'c', 'm', 'a', 't', ' a', ''), value);
  const end = fc.constantFrom('\r\n', '\n', '\r');
  const text = fc
    .array(fc.tuple(line, end), { maxLength: 12 })
    .map((all) => all.map(([[type, said], by]) => `${type}=${said}${by}`).join(''));
  const heads = 'o=- 1 1 IN IP4 192.0.2.1\r\n';
  fc.assert(
    fc.property(text, fc.integer({ min: 10, max: 99 }), (body, unique) => {
      // A line that no other run has makes every section of it new.
      const anew = parseSdp(Buffer.from(`${heads}m=audio 9 RTP/AVP 0 ${unique}\r\n${body}`));
      const again = parseSdp(Buffer.from(`${heads}m=audio 9 RTP/AVP 0 ${unique}\r\n${body}`));
      expect(again).toEqual(anew);
      // Blanks at the end of an m= line mean nothing, but make it unlike any that is known.
      const blank = `${body}`.replaceAll(/^(m=.*)$/gm, `$1${' '.repeat(unique)}`);
      expect(parseSdp(Buffer.from(`${heads}m=audio 9 RTP/AVP 0 ${unique}\r\n${blank}`))).toEqual(
        anew,
      );
    }),
  );
});

test('nothing can smuggle a line into a description', () => {
  const evil = { name: 'x', value: 'y\r\na=crypto:1 inline:z' };
  expect(() => attributeLine(evil)).toThrow(/line break/);
  expect(() => sessionLines({ family: 4, address: '192.0.2.1\nb' })).toThrow(/line break/);
  const section = { kind: 'audio', port: 9, protocol: 'RTP/AVP\r\na=x', formats: ['0'] };
  expect(() => mediaLine(section)).toThrow(/line break/);
});

test('a section is read once for all calls, one with keys anew for each', () => {
  const section = (...lines: string[]) => withAudio(...lines).media[0]?.formats;
  expect(section('a=rtpmap:96 opus/48000/2')).toBe(section('a=rtpmap:96 opus/48000/2'));
  const key = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj';
  expect(section(key)).not.toBe(section(key));
  expect(section(key)).toEqual(section(key));
});

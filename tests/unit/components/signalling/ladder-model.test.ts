import { describe, expect, it } from 'vitest';
import { ladderOf } from '@/components/signalling/ladder-model';
import { formatOffset } from '@/components/signalling/offset';
import type { WireTraceLeg, WireTraceMessage } from '@/lib/services/traces/schemas';

const endpoint = { address: '192.0.2.1', port: 5060 };
const leg = (number: number): WireTraceLeg => ({
  leg: number,
  kind: 'extension',
  name: `10${number}`,
  remote: endpoint,
  transport: 'udp',
});
let clockMs = 0;
const message = (
  of: number,
  direction: 'in' | 'out',
  more: Partial<WireTraceMessage> = {},
): WireTraceMessage => {
  clockMs += 10;
  return {
    at: '2026-11-27T10:00:00.000Z',
    offsetMs: clockMs,
    leg: of,
    direction,
    transport: 'udp',
    local: endpoint,
    remote: endpoint,
    bytes: 100,
    title: 'INVITE',
    method: 'INVITE',
    status: null,
    hasSdp: false,
    hasCredentials: false,
    isRepetition: false,
    raw: '',
    ...more,
  };
};
const response = (of: number, direction: 'in' | 'out', status: number) =>
  message(of, direction, { status, title: String(status) });
const request = (of: number, direction: 'in' | 'out', method: string) =>
  message(of, direction, { method, title: method });

const CALL = [
  message(0, 'in'),
  response(0, 'out', 401),
  request(0, 'in', 'ACK'),
  message(0, 'in'),
  message(1, 'out'),
  response(1, 'in', 180),
  { ...response(1, 'in', 200), raw: 'SIP/2.0 200 OK\r\n\r\nm=audio 4000 RTP/AVP 8 101\r\n' },
  request(1, 'out', 'ACK'),
  {
    ...response(0, 'out', 200),
    raw: 'x\r\n\r\nm=audio 1 RTP/SAVP 96\r\na=rtpmap:96 opus/48000/2\r\n',
  },
  request(0, 'in', 'ACK'),
  request(0, 'in', 'BYE'),
];

describe('the ladder', () => {
  it('stands the caller before the switch and everybody else behind it', () => {
    const ladder = ladderOf({ legs: [leg(0), leg(1), leg(2)], messages: CALL });
    expect(ladder.lifelines.map((line) => (line.kind === 'leg' ? line.leg : 'switch'))).toEqual([
      0,
      'switch',
      1,
      2,
    ]);
    expect(ladder.messages.slice(0, 5).map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 0],
      [0, 1],
      [0, 1],
      [1, 2],
    ]);
  });

  it('begins with the switch for those who were called', () => {
    const ladder = ladderOf({ legs: [leg(2)], messages: [message(2, 'out')] });
    expect(ladder.lifelines[0]).toEqual({ kind: 'switch' });
    expect(ladder.messages[0]).toMatchObject({ from: 0, to: 1 });
  });

  it('is loud about challenges and about what ended the call, and about nothing else', () => {
    const toneOf = (one: WireTraceMessage) =>
      ladderOf({ legs: [leg(0)], messages: [one] }).messages[0]?.tone;
    expect(toneOf(response(0, 'out', 401))).toBe('amber');
    expect(toneOf(response(0, 'out', 302))).toBe('amber');
    expect(toneOf(response(0, 'out', 486))).toBe('red');
    expect(toneOf(response(0, 'out', 180))).toBe('plain');
    expect(toneOf({ ...response(0, 'out', 481), method: 'BYE' })).toBe('plain');
  });

  it('shows media from the last ACK to the first BYE, with what was agreed on each leg', () => {
    const { band } = ladderOf({ legs: [leg(0), leg(1)], messages: CALL });
    expect(band).toEqual({
      after: 9,
      lengthMs: 10,
      cells: [
        { lifeline: 2, words: 'RTP · PCMA' },
        { lifeline: 0, words: 'SRTP · opus' },
      ],
    });
  });

  it('has no media where nobody answered, and no end of it while they talk', () => {
    expect(ladderOf({ legs: [leg(0)], messages: CALL.slice(0, 5) }).band).toBeNull();
    expect(ladderOf({ legs: [leg(0), leg(1)], messages: CALL.slice(0, -1) }).band).toMatchObject({
      lengthMs: null,
    });
  });
});

it('times are seconds to the millisecond, and minutes in a long call', () => {
  expect(formatOffset(0)).toBe('0.000');
  expect(formatOffset(6_312.4)).toBe('6.312');
  expect(formatOffset(3_876_812)).toBe('64:36.8');
});

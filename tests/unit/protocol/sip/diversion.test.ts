import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Diversion,
  diversionCount,
  formatDiversions,
  MAX_DIVERSIONS,
  parseDiversions,
  parseHistory,
} from '@/lib/protocol/sip/diversion';
import { parsePrivacy } from '@/lib/protocol/sip/privacy';

const BUSY: Diversion = {
  user: '+12025550101',
  reason: 'user-busy',
  counter: 1,
  isPrivate: false,
};
const AUDIENCE = { host: '192.0.2.1', target: '+442079460018', isTrusted: false };

test('a Diversion header tells who diverted and why, the latest first (RFC 5806 §3)', () => {
  expect(
    parseDiversions([
      '"Bob" <sip:+12025550101@example.test>;reason=user-busy;counter=2;privacy=off;screen=no',
      '<tel:+12025550102>;reason=no-answer',
      'sip:bob@example.test;reason="unconditional";privacy=full',
    ]),
  ).toEqual([
    { user: '+12025550101', reason: 'user-busy', counter: 2, isPrivate: false },
    { user: '+12025550102', reason: 'no-answer', counter: 1, isPrivate: false },
    { user: 'bob', reason: 'unconditional', counter: 1, isPrivate: true },
  ]);
});

test('what a Diversion header gets wrong is passed over, never believed', () => {
  expect(
    parseDiversions([
      'nonsense <',
      '<sip:a@x>;reason=because;counter=-4',
      '<sip:b@x>;counter=999999999999',
      `<sip:${'9'.repeat(100)}@x>`,
    ]),
  ).toEqual([
    { user: 'a', reason: 'unknown', counter: 1, isPrivate: false },
    { user: 'b', reason: 'unknown', counter: 99, isPrivate: false },
    { user: '', reason: 'unknown', counter: 1, isPrivate: true },
  ]);
});

test('no more of a past is read than a call may have', () => {
  const many = Array.from({ length: 50 }, (_, place) => `<sip:${place}@x>;reason=no-answer`);
  expect(parseDiversions(many)).toHaveLength(MAX_DIVERSIONS);
});

test('History-Info tells the same: entries left for somebody else, whatever their order', () => {
  const diversions = parseHistory([
    '<sip:+442079460018@x>;index=1.1.1;mp=1.1',
    '<sip:+12025550101@x?Reason=SIP%3Bcause%3D486>;index=1',
    '<sip:+12025550102@x?Privacy=history&Reason=SIP%3Bcause%3D408%3Btext%3D%22No%20Answer%22>;index=1.1',
  ]);
  expect(diversions).toEqual([
    { user: '+12025550102', reason: 'no-answer', counter: 1, isPrivate: true },
    { user: '+12025550101', reason: 'user-busy', counter: 1, isPrivate: false },
  ]);
});

test('routing between servers is no diversion', () => {
  expect(parseHistory(['<sip:bob@a.test>;index=1', '<sip:bob@b.test>;index=1.1;rc=1'])).toEqual([]);
});

test('what is written reads as what was meant, in both headers', () => {
  const forwards: Diversion[] = [{ ...BUSY, user: '101', reason: 'unconditional' }, BUSY];
  const told = formatDiversions(forwards, AUDIENCE);
  expect(told?.diversion).toEqual([
    '<sip:101@192.0.2.1>;reason=unconditional;counter=1;privacy=off',
    '<sip:+12025550101@192.0.2.1>;reason=user-busy;counter=1;privacy=off',
  ]);
  expect(told?.history).toEqual([
    '<sip:+12025550101@192.0.2.1?Reason=SIP%3Bcause%3D486>;index=1',
    '<sip:101@192.0.2.1?Reason=SIP%3Bcause%3D302>;index=1.1;mp=1',
    '<sip:+442079460018@192.0.2.1>;index=1.1.1;mp=1.1',
  ]);
  expect(parseDiversions(told?.diversion ?? [])).toEqual(forwards);
  expect(parseHistory(told?.history ?? [])).toEqual(forwards);
});

test('a call that nobody diverted says nothing of diversions', () => {
  expect(formatDiversions([], AUDIENCE)).toBeNull();
});

test('a private diversion is told without its number, but to those who are trusted', () => {
  const hidden = [{ ...BUSY, isPrivate: true }];
  const outside = formatDiversions(hidden, AUDIENCE);
  expect(JSON.stringify(outside)).not.toContain('2025550101');
  expect(outside?.diversion[0]).toBe(
    '<sip:anonymous@anonymous.invalid>;reason=user-busy;counter=1;privacy=full',
  );
  const trusted = formatDiversions(hidden, { ...AUDIENCE, isTrusted: true });
  expect(trusted?.diversion[0]).toContain('+12025550101');
  expect(trusted?.history[0]).toContain('Privacy=history');
});

test('whatever stands in a header, reading it neither fails nor grows', () => {
  const line = fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => Buffer.from(bytes).toString('latin1'));
  const hostile = fc.array(line, { maxLength: 30 });
  fc.assert(
    fc.property(hostile, (values) => {
      for (const read of [parseDiversions, parseHistory]) {
        const diversions = read(values);
        expect(diversions.length).toBeLessThanOrEqual(MAX_DIVERSIONS);
        expect(diversionCount(diversions)).toBeLessThanOrEqual(MAX_DIVERSIONS * 99);
      }
    }),
  );
});

test('Privacy is read by its services; none counts only where it stands alone (RFC 3323 §4.2)', () => {
  expect(parsePrivacy(undefined)).toMatchObject({ identity: false, none: false });
  expect(parsePrivacy('id')).toMatchObject({ identity: true, history: false });
  expect(parsePrivacy('User; Header')).toMatchObject({ identity: true, history: true });
  expect(parsePrivacy('history,id')).toMatchObject({ identity: true, history: true });
  expect(parsePrivacy('none')).toMatchObject({ identity: false, none: true });
  expect(parsePrivacy('none;id')).toMatchObject({ identity: true, none: false });
  expect(parsePrivacy('session;critical')).toMatchObject({ critical: true, unknown: false });
  expect(parsePrivacy('invisible;critical')).toMatchObject({ critical: true, unknown: true });
});

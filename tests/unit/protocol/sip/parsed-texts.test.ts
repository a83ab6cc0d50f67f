import { describe, expect, it } from 'vitest';
import { ParsedTexts } from '@/lib/core/parsed-texts';
import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { parseParameters } from '@/lib/protocol/sip/parameters';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import { parseVia } from '@/lib/protocol/sip/via';

describe('remembered texts', () => {
  it('are parsed once while they are asked for, and never more than the bound is kept', () => {
    const parsed: string[] = [];
    const texts = new ParsedTexts((text) => {
      parsed.push(text);
      return text === 'bad' ? undefined : { text };
    }, 8);
    const first = texts.of('a');
    expect([texts.of('a'), texts.of('a')]).toEqual([first, first]);
    expect(parsed).toEqual(['a']);
    const others = Array.from({ length: 100 }, (_, round) => `other ${round}`);
    for (const text of others) expect(texts.of(text)).toEqual({ text });
    parsed.length = 0;
    for (const text of others) expect(texts.of(text)).toEqual({ text });
    expect(parsed.length).toBeGreaterThanOrEqual(others.length - 8);
    expect([texts.of('bad'), texts.of('bad'), texts.of('')?.text]).toEqual([
      undefined,
      undefined,
      '',
    ]);
  });

  it('do not take one text for another', () => {
    for (const round of [1, 2]) {
      expect(parseSipUri('sip:a@b')?.host, `${round}`).toBe('b');
      expect(parseSipUri('sip:a@c')?.host).toBe('c');
      expect(parseNameAddr('<sip:a@b>;tag=1')?.params.get('tag')).toBe('1');
      expect(parseNameAddr('<sip:a@b>;tag=2')?.params.get('tag')).toBe('2');
    }
  });
});

describe('parameters without quotes', () => {
  it.each([
    [
      ';a=1; B = 2 ;c',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', ''],
      ],
    ],
    [';;a=;', [['a', '']]],
    [';a=b=c', [['a', 'b=c']]],
  ])('%s', (text, expected) => {
    expect([...(parseParameters(text) ?? [])]).toEqual(expected);
  });

  it.each([';a;a', ';=1', ';a b=1', ';a=1;A=2'])('refuses %s', (text) => {
    expect(parseParameters(text)).toBeUndefined();
  });
});

describe('a Via as nearly all write it', () => {
  it.each([
    ['SIP/2.0/UDP a.test', 'a.test', undefined],
    ['SIP/2.0/UDP A.test:5070;branch=z9hG4bKx', 'a.test', 5070],
    ['SIP/2.0/UDP [2001:db8::1]:5062;rport', '[2001:db8::1]', 5062],
  ])('%s', (text, host, port) => {
    expect(parseVia(text)).toMatchObject({ transport: 'UDP', host, port });
  });

  it.each(['SIP/2.0/UDP', 'SIP/2.0/UDP a:b', 'SIP/2.0/UDP a.test;x;x', 'SIP/2.0/UDP a b'])(
    'refuses %s',
    (text) => expect(parseVia(text)).toBeUndefined(),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHostPort } from '@/lib/protocol/sip/host-port';
import { parseCSeq } from '@/lib/protocol/sip/message';
import { formatNameAddr, parseNameAddr } from '@/lib/protocol/sip/name-addr';
import { parseParameters, quote, splitOutsideQuotes, unquote } from '@/lib/protocol/sip/parameters';
import { fromWireText, toWireText } from '@/lib/protocol/sip/text';
import { formatUri, parseSipUri, parseUri, sameUri } from '@/lib/protocol/sip/uri';
import { formatVia, parseVia, sentByOf } from '@/lib/protocol/sip/via';

describe('URIs', () => {
  it('come apart at their borders', () => {
    const uri = parseSipUri('SIPS:+1-202:s%65cret@[2001:DB8::1]:5061;Transport=tls;lr?a=b');
    expect(uri).toMatchObject({
      scheme: 'sips',
      user: '+1-202',
      password: 'secret',
      host: '[2001:db8::1]',
      port: 5061,
      headers: 'a=b',
    });
    expect(uri?.params.get('transport')).toBe('tls');
    expect(uri?.params.has('lr')).toBe(true);
  });

  it('hold odd but legal users (RFC 4475 §3.1.1.2, §3.1.1.3)', () => {
    expect(
      parseSipUri("sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com")?.user,
    ).toBe("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    expect(parseSipUri('sip:user;par=u%40example.net@example.com')?.user).toBe(
      'user;par=u@example.net',
    );
  });

  it('are decoded once, never again', () => {
    expect(parseSipUri('sip:%2541@a.test')?.user).toBe('%41');
  });

  it.each([
    'sip:',
    'sip:@a.test',
    'sip:a@b@c',
    'sip:a b@c',
    'sip:a%0@c',
    'sip:a%00@c',
    'sip:a@[::1',
    'sip:a@c:0',
    'sip:a@c:65536',
    'sip:a@c;x=1;x=2',
    'sip:a@-c',
    'http://a.test',
    'tel:abc xyz',
    'tel:',
    '102',
  ])('are refused when broken: %s', (text) => {
    expect(parseUri(text)).toBeUndefined();
  });

  it('of phones lose their visual separators', () => {
    expect(parseUri('tel:+1-(202).555-0101;phone-context=x')).toMatchObject({
      scheme: 'tel',
      number: '+12025550101',
    });
  });

  it('come back as they were, whatever the user holds', () => {
    const byteText = fc
      .array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 20 })
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(byteText, byteText, (user, value) => {
        const uri = {
          scheme: 'sip' as const,
          user,
          password: undefined,
          host: 'a.test',
          port: 5070,
          params: new Map([['x', value]]),
          headers: '',
        };
        expect(parseUri(formatUri(uri))).toEqual(uri);
      }),
      // A token of RFC 3261, but not a character of a URI's parameters.
      { examples: [['101', '`']] },
    );
  });

  it('compare by RFC 3261 §19.1.4', () => {
    const same = (left: string, right: string) => {
      const [a, b] = [parseUri(left), parseUri(right)];
      return a !== undefined && b !== undefined && sameUri(a, b);
    };
    expect(
      same('sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'),
    ).toBe(true);
    expect(same('sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5')).toBe(true);
    expect(same('sip:ALICE@a.test', 'sip:alice@a.test')).toBe(false);
    expect(same('sip:bob@a.test', 'sip:bob@a.test:5060')).toBe(false);
    expect(same('sip:bob@a.test', 'sip:bob@a.test;transport=udp')).toBe(false);
  });
});

describe('addresses', () => {
  it.each([
    ['"A. G. Bell" <sip:agb@bell.test> ;tag=a48s', 'A. G. Bell', 'sip:agb@bell.test', 'a48s'],
    ['sip:+12125551212@server.test;tag=887s', '', 'sip:+12125551212@server.test', '887s'],
    ['Anonymous <sip:c8o@x.test;user=phone>;tag=h', 'Anonymous', 'sip:c8o@x.test;user=phone', 'h'],
    [
      '"<sip:joe@bell.test>;tag=evil" <sip:b@c.test>;tag=1',
      '<sip:joe@bell.test>;tag=evil',
      'sip:b@c.test',
      '1',
    ],
    ['<sip:a@b.test>;tag="q\\"x"', '', 'sip:a@b.test', 'q"x'],
  ])('parse: %s', (text, ...[displayName, uri, tag]) => {
    const address = parseNameAddr(text);
    expect(address).toMatchObject({ displayName, uri });
    expect(address?.params.get('tag')).toBe(tag);
  });

  it('keep a display name through writing and reading, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }).filter((text) => !/[\r\n\0]/.test(text)),
        (name) => {
          const wireName = toWireText(name);
          const parsed = parseNameAddr(formatNameAddr({ displayName: wireName, uri: 'sip:a@b' }));
          expect(parsed?.displayName).toBe(wireName);
          expect(fromWireText(wireName)).toBe(name);
        },
      ),
    );
  });
});

describe('parameters', () => {
  it('match whole tokens only: nonce is not found in cnonce, nor inside quotes', () => {
    const params = parseParameters(';cnonce=a;x="nonce=b;nonce=c";nonce=d');
    expect(params?.get('nonce')).toBe('d');
    expect(params?.get('x')).toBe('nonce=b;nonce=c');
  });

  it('are refused when a name comes twice, is empty, or a quote stays open', () => {
    for (const text of [';a=1;A=2', ';=1', ';a="b', ';a="b"c']) {
      expect(parseParameters(text)).toBeUndefined();
    }
  });

  it('survive quoting', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(unquote(quote(text))).toBe(text);
        expect(splitOutsideQuotes(`${quote(text)},x`, ',')).toEqual([quote(text), 'x']);
      }),
    );
  });
});

describe('Via', () => {
  it('reads and writes every part', () => {
    const text = 'SIP/2.0/TLS [2001:db8::1]:5061;branch=z9hG4bKx;received=192.0.2.1;rport';
    const via = parseVia(text);
    expect(via && formatVia(via)).toBe(text);
  });

  it('fills in the default port for comparing', () => {
    const sentBy = (text: string) => {
      const via = parseVia(text);
      return via && sentByOf(via);
    };
    expect(sentBy('SIP/2.0/UDP A.Test')).toBe('a.test:5060');
    expect(sentBy('SIP/2.0/TLS a.test')).toBe('a.test:5061');
  });

  it('reads hosts and ports', () => {
    expect(parseHostPort('EXAMPLE.com:5080')).toEqual({ host: 'example.com', port: 5080 });
    expect(parseHostPort('[::1]')).toEqual({ host: '[::1]', port: undefined });
    for (const text of ['', 'a b', 'a:b', 'a:', '[::1', '::1', 'a:123456']) {
      expect(parseHostPort(text)).toBeUndefined();
    }
  });
});

describe('CSeq', () => {
  const parts = fc.constantFrom(
    '',
    '0',
    '7',
    '2147483647',
    '2147483648',
    '00000000001',
    ' ',
    '\t',
    'INVITE',
    'x',
    '-',
    '\u00e9',
  );

  it('is a number of up to ten digits, blanks and a word without any', () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), (pieces) => {
        const text = pieces.join('');
        const match = /^(\d{1,10})[ \t]+([^ \t]+)$/.exec(text);
        const isSound = match !== null && Number(match[1]) < 2 ** 31;
        expect(parseCSeq(text)).toEqual(
          isSound ? { sequence: Number(match[1]), method: match[2] } : undefined,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

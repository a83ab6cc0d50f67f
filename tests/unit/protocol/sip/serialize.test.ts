import { describe, expect, it } from 'vitest';
import { createRequest, createResponse } from '@/lib/protocol/sip/build';
import { serialize } from '@/lib/protocol/sip/serialize';
import { readRequest, readResponse, spoilt } from './wire';

const HEADERS = {
  via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx',
  from: '<sip:a@b.test>;tag=1',
  to: '<sip:c@d.test>',
  'call-id': 'x',
  cseq: '1 OPTIONS',
};

describe('the serializer', () => {
  it('writes what the parser reads, with a Content-Length of its own', () => {
    const body = Buffer.from('Grüße');
    const request = createRequest({
      method: 'OPTIONS',
      uri: 'sip:c@d.test',
      headers: { ...HEADERS, route: ['<sip:p1;lr>', '<sip:p2;lr>'], 'content-length': 99_999 },
      body,
    });
    const again = readRequest(serialize(request));
    expect(again.header('content-length')).toBe(String(body.length));
    expect(again.headers('route')).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(again.body.equals(body)).toBe(true);
    expect(again.maxForwards).toBe(70);
  });

  it.each(['\r\nEvil: 1', '\n', '\r', '\0', '☎'])(
    'refuses a header value that would break out or is not bytes (%j)',
    (bad) => {
      const request = createRequest({
        method: 'OPTIONS',
        uri: 'sip:c@d.test',
        headers: { ...HEADERS, subject: `x${bad}` },
      });
      expect(() => serialize(request)).toThrow(/cannot be sent/);
    },
  );

  it('refuses the same in method, Request-URI, header name and reason', () => {
    const make = (method: string, uri: string, name = 'x') =>
      serialize(createRequest({ method, uri, headers: { ...HEADERS, [name]: 'y' } }));
    expect(() => make('OPT IONS', 'sip:a@b')).toThrow();
    expect(() => make('OPTIONS', 'sip:a@b SIP/2.0\r\nX: 1')).toThrow();
    expect(() => make('OPTIONS', 'sip:a@b', 'x: 1\r\ny')).toThrow();
    const request = readRequest(spoilt({}));
    const response = createResponse(request, { status: 200, reason: 'OK\r\nX: 1' });
    expect(() => serialize(response)).toThrow();
  });

  it('spells header names as the RFCs do', () => {
    const text = serialize(
      createRequest({
        method: 'OPTIONS',
        uri: 'sip:c@d.test',
        headers: { ...HEADERS, 'www-authenticate': 'x', 'session-expires': '90', 'x-own': '1' },
      }),
    ).toString();
    for (const name of ['Call-ID', 'CSeq', 'WWW-Authenticate', 'Session-Expires', 'X-Own', 'Via']) {
      expect(text).toContain(`\r\n${name}: `);
    }
  });
});

describe('responses', () => {
  it('copy Via, From, To, Call-ID, CSeq and Record-Route, and tag the To', () => {
    const request = readRequest(
      spoilt({
        'record-route': 'Record-Route: <sip:p1;lr>, <sip:p2;lr>',
        via: 'Via: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2',
      }),
    );
    const response = createResponse(request, { status: 180, toTag: 'mine' });
    expect(response.headers('via')).toEqual(request.headers('via'));
    expect(response.headers('record-route')).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(response.header('to')).toBe('<sip:102@acme.test>;tag=mine');
    expect(response.header('from')).toBe(request.header('from'));
    expect(response.cseq).toEqual(request.cseq);
    expect(readResponse(serialize(response.withHeaders({ via: 'SIP/2.0/UDP a' }))).reason).toBe(
      'Ringing',
    );
  });

  it('leave a To-tag that is there, and tag no 100', () => {
    const tagged = readRequest(spoilt({ to: 'To: <sip:102@acme.test>;tag=theirs' }));
    expect(createResponse(tagged, { status: 200, toTag: 'x' }).toTag).toBe('theirs');
    const fresh = readRequest(spoilt({}));
    expect(createResponse(fresh, { status: 100, toTag: 'x' }).toTag).toBe('');
  });
});

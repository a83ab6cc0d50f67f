import { expect, it } from 'vitest';
import { createRequest } from '@/lib/protocol/sip/build';
import { bodyOfType } from '@/lib/protocol/sip/multipart';

const SDP = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n';

function sdpIn(contentType: string, body: string): string | undefined {
  const request = createRequest({
    method: 'INVITE',
    uri: 'sip:b',
    headers: { 'content-type': contentType },
    body: Buffer.from(body, 'latin1'),
  });
  return bodyOfType(request, 'application/sdp')?.toString('latin1');
}

const part = (type: string, body: string) => `Content-Type: ${type}\r\n\r\n${body}`;

it('a body of the type is the whole body', () => {
  expect(sdpIn('Application/SDP; charset=utf-8', SDP)).toBe(SDP);
  expect(sdpIn('text/plain', SDP)).toBeUndefined();
  expect(sdpIn('application/sdp', '')).toBeUndefined();
});

it('a location or a signature beside it does not hide an SDP', () => {
  const body = [
    'preamble, to be ignored',
    `--here\r\n${part('application/pidf+xml', '<presence>--here</presence>')}`,
    `--here\r\nContent-ID: <a>\r\ncontent-type : application/sdp;x=y\r\n\r\n${SDP}`,
    '--here--',
    'epilogue',
  ].join('\r\n');
  expect(sdpIn('multipart/mixed;boundary=here', body)).toBe(SDP);
  expect(sdpIn('multipart/related; type="x" ; boundary="here"; start=a', body)).toBe(SDP);
});

it('a delimiter may begin the body, and an empty part is none', () => {
  expect(
    sdpIn('multipart/mixed;boundary=b', `--b\r\n${part('application/sdp', SDP)}\r\n--b--`),
  ).toBe(SDP);
  expect(sdpIn('multipart/mixed;boundary=b', '--b\r\n--b--')).toBeUndefined();
});

it('what is cut short, without boundary or without end is no SDP', () => {
  const open = `--b\r\n${part('application/sdp', SDP)}`;
  expect(sdpIn('multipart/mixed;boundary=b', open)).toBeUndefined();
  expect(sdpIn('multipart/mixed', `${open}\r\n--b--`)).toBeUndefined();
  expect(sdpIn('multipart/mixed;boundary=""', `${open}\r\n--b--`)).toBeUndefined();
  const many = Array.from({ length: 50 }, () => `--b\r\n${part('text/plain', 'x')}`).join('\r\n');
  expect(sdpIn('multipart/mixed;boundary=b', `${many}\r\n${open}\r\n--b--`)).toBeUndefined();
});

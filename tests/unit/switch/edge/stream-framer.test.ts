import { describe, expect, it } from 'vitest';
import { StreamFramer } from '@/lib/switch/edge/stream-framer';
import { seeded } from '@/tests/unit/protocol/sip/virtual-network';

const LIMITS = { maxHeaderBytes: 4_096, maxBodyBytes: 8_192 };

function message(body: string, name = 'Content-Length'): string {
  return `MESSAGE sip:a SIP/2.0\r\nVia: x\r\n${name}: ${body.length}\r\n\r\n${body}`;
}

function feed(framer: StreamFramer, chunks: readonly (string | Buffer)[]) {
  const messages: string[] = [];
  let keepAlives = 0;
  let error: string | undefined;
  for (const chunk of chunks) {
    const framed = framer.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
    messages.push(...framed.messages.map((bytes) => bytes.toString('latin1')));
    keepAlives += framed.keepAlives;
    error ??= framed.error;
  }
  return { messages, keepAlives, error };
}

describe('the framing of streams', () => {
  it('survives one byte at a time', () => {
    const wanted = [message('hello\r\n\r\nworld'), message(''), message('x'.repeat(5_000), 'l')];
    const bytes = [...Buffer.from(wanted.join(''))].map((byte) => Buffer.of(byte));
    const framer = new StreamFramer(LIMITS);
    expect(feed(framer, bytes)).toEqual({ messages: wanted, keepAlives: 0, error: undefined });
    expect(framer.isWaiting).toBe(false);
  });

  it('survives any cuts, with line ends and keep-alives between', () => {
    const random = seeded(11);
    for (let round = 0; round < 200; round += 1) {
      const wanted: string[] = [];
      let text = '';
      let pings = 0;
      for (let n = 0; n < 5; n += 1) {
        if (random() < 0.5) {
          text += '\r\n\r\n';
          pings += 1;
        }
        if (random() < 0.3) text += '\r\n';
        const one = message('b'.repeat(Math.floor(random() * 900)), random() < 0.5 ? 'l' : 'L ');
        wanted.push(one);
        text += one;
      }
      const chunks: string[] = [];
      for (let at = 0; at < text.length; ) {
        const length = 1 + Math.floor(random() * 400);
        chunks.push(text.slice(at, at + length));
        at += length;
      }
      const framed = feed(new StreamFramer(LIMITS), chunks);
      expect(framed).toEqual({ messages: wanted, keepAlives: pings, error: undefined });
    }
  });

  it('tells a keep-alive from the CRLF that some send after a message', () => {
    const framer = new StreamFramer(LIMITS);
    expect(feed(framer, [message('a'), '\r\n']).keepAlives).toBe(0);
    expect(framer.isWaiting).toBe(false);
    expect(feed(framer, ['\r', '\n', '\r', '\n']).keepAlives).toBe(1);
  });

  it.each([
    ['missing', 'MESSAGE sip:a SIP/2.0\r\nVia: x\r\n\r\n', /missing/],
    ['duplicate', 'M a SIP/2.0\r\nContent-Length: 1\r\nl: 0\r\n\r\n', /duplicate/],
    ['signed', 'M a SIP/2.0\r\nContent-Length: +1\r\n\r\n', /malformed/],
    ['beyond all bounds', 'M a SIP/2.0\r\nContent-Length: 999999999\r\n\r\n', /body too large/],
    ['of 100 digits', `M a SIP/2.0\r\nl: ${'9'.repeat(100)}\r\n\r\n`, /malformed/],
  ])('gives up on a Content-Length that is %s', (_, text, reason) => {
    expect(feed(new StreamFramer(LIMITS), [text]).error).toMatch(reason);
  });

  it('gives up on headers that never end, holding no more than their bound', () => {
    const framer = new StreamFramer(LIMITS);
    const chunks = Array<string>(100).fill('X: '.padEnd(100, 'y'));
    expect(feed(framer, chunks).error).toMatch(/headers too large/);
  });
});

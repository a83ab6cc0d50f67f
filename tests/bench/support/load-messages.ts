import { hash } from 'node:crypto';
import type { BenchPhones } from './switch-under-test';

/** A phone of the bench, with what its digests are made from. */
export interface LoadPhone {
  readonly number: string;
  readonly address: string;
  readonly ha1: string;
}

const md5 = (text: string): string => hash('md5', text, 'hex');

/** Every phone; their HA1s are made once. */
export function loadPhones({ domain, secret, firstNumber, count }: BenchPhones): LoadPhone[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(firstNumber + index);
    const address = `sip:${number}@${domain}`;
    return { number, address, ha1: md5(`${number}:${domain}:${secret}`) };
  });
}

/** Answers challenges of one request line: its HA2 is made once. */
export function digestFor(domain: string, method: string): DigestMaker {
  const uri = `sip:${domain}`;
  const ha2 = md5(`${method}:${uri}`);
  return (phone, nonce, cnonce) => {
    const response = md5(`${phone.ha1}:${nonce}:00000001:${cnonce}:auth:${ha2}`);
    return (
      `Authorization: Digest username="${phone.number}", realm="${domain}", nonce="${nonce}", ` +
      `uri="${uri}", response="${response}", algorithm=MD5, cnonce="${cnonce}", qop=auth, nc=00000001\r\n`
    );
  };
}

/** The Authorization line of a phone for a nonce. */
export type DigestMaker = (phone: LoadPhone, nonce: string, cnonce: string) => string;

/** The text between two marks, or ''. */
export function between(text: string, before: string, after: string): string {
  const start = text.indexOf(before);
  if (start < 0) return '';
  const end = text.indexOf(after, start + before.length);
  return end < 0 ? '' : text.slice(start + before.length, end);
}

/** The status of a response; 0 for a request. */
export function statusOf(text: string): number {
  if (!text.startsWith('SIP/2.0 ')) return 0;
  return (
    (text.charCodeAt(8) - 48) * 100 + (text.charCodeAt(9) - 48) * 10 + (text.charCodeAt(10) - 48)
  );
}

/** Every line of these headers, as they came and in their order. */
export function copiedLines(text: string, names: readonly string[]): string {
  let copied = '';
  const end = text.indexOf('\r\n\r\n');
  for (let start = text.indexOf('\r\n') + 2; start > 1 && start < end; ) {
    const lineEnd = text.indexOf('\r\n', start);
    if (names.some((name) => text.startsWith(name, start))) {
      copied += text.slice(start, lineEnd + 2);
    }
    start = lineEnd + 2;
  }
  return copied;
}

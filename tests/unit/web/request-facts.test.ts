import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clientAddress, isSecure, trustStamps } from '@/lib/web/request-facts';

beforeEach(() => trustStamps(true));
afterEach(() => trustStamps(false));

const headers = (peer: string, forwarded?: string) =>
  new Headers({
    'x-tollbridge-peer': peer,
    ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
  });

describe('the address of a client', () => {
  test('is the stamped peer, in canonical form', () => {
    expect(clientAddress(headers('192.0.2.1'), [])).toBe('192.0.2.1');
    expect(clientAddress(headers('::ffff:192.0.2.1'), [])).toBe('192.0.2.1');
    expect(clientAddress(headers('2001:DB8:0:0::1'), [])).toBe('2001:db8::1');
  });

  test('is unknown where nothing was stamped or what was stamped is no address', () => {
    expect(clientAddress(new Headers(), [])).toBeNull();
    expect(clientAddress(headers('unix:'), [])).toBeNull();
    trustStamps(false);
    expect(clientAddress(headers('192.0.2.1'), [])).toBeNull();
  });

  test('is never taken from what an untrusted peer forwards', () => {
    expect(clientAddress(headers('192.0.2.1', '127.0.0.1'), ['10.0.0.0/8'])).toBe('192.0.2.1');
  });

  test('is the first that is no proxy, from the right', () => {
    const proxies = ['10.0.0.0/8', '2001:db8::/32'];
    const walk = (forwarded: string) => clientAddress(headers('10.1.1.1', forwarded), proxies);
    expect(walk('127.0.0.1, 198.51.100.7')).toBe('198.51.100.7');
    expect(walk('127.0.0.1, 198.51.100.7, 10.2.2.2, [2001:db8::5]:443')).toBe('198.51.100.7');
    expect(walk('198.51.100.7:4711')).toBe('198.51.100.7');
    expect(walk('::ffff:c633:6407')).toBe('198.51.100.7');
  });

  test('is the nearest proxy where the chain is broken or of proxies alone', () => {
    const walk = (forwarded: string) =>
      clientAddress(headers('10.1.1.1', forwarded), ['10.0.0.0/8']);
    expect(walk('')).toBe('10.1.1.1');
    expect(walk('198.51.100.7, unknown')).toBe('10.1.1.1');
    expect(walk('198.51.100.7, , 10.2.2.2')).toBe('10.2.2.2');
    expect(walk('10.3.3.3, 10.2.2.2')).toBe('10.3.3.3');
  });

  test('is not searched for beyond sixteen hops', () => {
    const chain = ['127.0.0.1', ...Array.from({ length: 20 }, () => '10.9.9.9')].join(', ');
    expect(clientAddress(headers('10.1.1.1', chain), ['10.0.0.0/8'])).toBe('10.9.9.9');
  });
});

describe('whether https is spoken', () => {
  const seen = (protocol: string) => new Headers({ 'x-tollbridge-proto': protocol });

  test('is as the preload saw it, on PUBLIC_URL’s host as PUBLIC_URL says', () => {
    expect(isSecure(seen('https'), 'a.test', 'http://b.test')).toBe(true);
    expect(isSecure(seen('http'), 'a.test', 'https://b.test')).toBe(false);
    expect(isSecure(seen('http'), 'b.test', 'https://b.test')).toBe(true);
    expect(isSecure(seen('https'), 'b.test', 'http://b.test')).toBe(false);
  });

  test('is never what a client says', () => {
    trustStamps(false);
    expect(isSecure(seen('https'), 'a.test', 'http://b.test')).toBe(false);
  });
});

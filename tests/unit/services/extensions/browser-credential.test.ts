import { describe, expect, it } from 'vitest';
import {
  browserPhoneKey,
  browserSecret,
  makeBrowserCredential,
  readBrowserUser,
} from '@/lib/services/extensions/browser-credential';

const key = browserPhoneKey('a key for tests, long enough to be one');
const PHONE = {
  domain: 'acme.test',
  number: '101',
  expiresAtMs: 1_764_288_000_000,
  tag: 'abcdefgh',
};

describe('a browser’s credential', () => {
  it('says in its name for whom and until when', () => {
    const { username } = makeBrowserCredential(key, PHONE);
    expect(username).toBe('101~t6etc0~abcdefgh');
    expect(readBrowserUser(username)).toEqual({ number: '101', expiresAtMs: PHONE.expiresAtMs });
  });

  it('has a secret that only the key makes, another for each name and domain', () => {
    const { username, secret } = makeBrowserCredential(key, PHONE);
    expect(secret).toBe(browserSecret(key, 'acme.test', username));
    expect(secret.length).toBeGreaterThanOrEqual(43);
    const others = [
      makeBrowserCredential(key, { ...PHONE, tag: 'hgfedcba' }).secret,
      makeBrowserCredential(key, { ...PHONE, domain: 'birch.test' }).secret,
      makeBrowserCredential(key, { ...PHONE, expiresAtMs: PHONE.expiresAtMs + 1_000 }).secret,
      browserSecret(
        browserPhoneKey('another key, as long as the other one'),
        'acme.test',
        username,
      ),
    ];
    expect(new Set([secret, ...others]).size).toBe(5);
  });

  it.each([
    '101',
    '101~',
    '101~t6etc0',
    '~t6etc0~abcdefgh',
    '0101~t6etc0~abcdefgh',
    '101~T~abcdefgh',
    '101~t6etc0~abc',
    '101~t6etc0~abcdefgh~x',
  ])('is not taken for one: %s', (name) => {
    expect(readBrowserUser(name)).toBeUndefined();
  });
});

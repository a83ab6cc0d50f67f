import { createHmac } from 'node:crypto';
import { deriveKey } from '@/lib/infra/crypto';

/** Not part of any extension's number, and unreserved in a SIP user (RFC 3261 §25.1). */
const SEPARATOR = '~';
const USER_NAME = /^([1-9]\d{1,7})~([0-9a-z]{1,8})~([A-Za-z0-9_-]{8,16})$/;

/** What a browser signs in with at the switch for a while. */
export interface BrowserCredential {
  /** The user of its digest; the address of record stays the extension's. */
  readonly username: string;
  readonly secret: string;
}

/** What such a user name says; whether it is true shows the digest alone. */
export interface BrowserUser {
  /** The extension that it stands for. */
  readonly number: string;
  readonly expiresAtMs: number;
}

/** The key that web and switch make the secrets from; nothing of a credential is stored. */
export function browserPhoneKey(secretKey: string): Buffer {
  return deriveKey(secretKey, 'browser-phone');
}

/** The secret of a user name in a SIP domain. */
export function browserSecret(key: Buffer, domain: string, username: string): string {
  return createHmac('sha256', key).update(`${domain}\n${username}`).digest('base64url');
}

/** A credential for an extension that ends by itself; `tag` (random) keeps two of them apart. */
export function makeBrowserCredential(
  key: Buffer,
  phone: { domain: string; number: string; expiresAtMs: number; tag: string },
): BrowserCredential {
  const expires = Math.floor(phone.expiresAtMs / 1_000).toString(36);
  const username = [phone.number, expires, phone.tag].join(SEPARATOR);
  return { username, secret: browserSecret(key, phone.domain, username) };
}

/** undefined for the user name of a phone. */
export function readBrowserUser(username: string): BrowserUser | undefined {
  const [, number, expires] = USER_NAME.exec(username) ?? [];
  if (number === undefined || expires === undefined) return undefined;
  return { number, expiresAtMs: Number.parseInt(expires, 36) * 1_000 };
}

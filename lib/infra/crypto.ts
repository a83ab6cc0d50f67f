import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { AppError } from '@/lib/core/errors';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Seals short texts for the database (AES-256-GCM). `context` says what the text belongs to, such
 * as "extension:<id>": a sealed value that was moved to another row does not open.
 */
export interface Sealer {
  seal(plaintext: string, context: string): Bytes;
  /** Throws AppError INTERNAL where key, context or bytes are not the ones it was sealed with. */
  open(sealed: Uint8Array, context: string): string;
}

const FORMAT = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

const ownBytes = (source: Uint8Array): Bytes => {
  const copy = new Uint8Array(source.byteLength);
  copy.set(source);
  return copy;
};

/** A key for one purpose, derived from SECRET_KEY (HKDF-SHA-256, RFC 5869); 32 bytes unless told. */
export function deriveKey(secretKey: string, purpose: string, lengthBytes = 32): Buffer {
  const salt = 'tollbridge/v1';
  return Buffer.from(hkdfSync('sha256', secretKey, salt, purpose, lengthBytes));
}

interface SealingKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

function sealingKey(secretKey: string): SealingKey {
  return {
    id: deriveKey(secretKey, 'seal-key-id', KEY_ID_BYTES),
    key: deriveKey(secretKey, 'seal-key'),
  };
}

const misplaced = (cause: unknown): AppError =>
  new AppError('INTERNAL', 'a sealed value does not belong here', { cause });

/** Seals with `secretKey`; opens what that key or one of the earlier keys has sealed. */
export function createSealer(secretKey: string, earlierKeys: readonly string[] = []): Sealer {
  const current = sealingKey(secretKey);
  const keys = new Map(
    [current, ...earlierKeys.map(sealingKey)].map((entry) => [entry.id.toString('hex'), entry.key]),
  );
  const bound = (head: Uint8Array, context: string): Buffer =>
    Buffer.concat([head.subarray(0, 1 + KEY_ID_BYTES), Buffer.from(context, 'utf8')]);

  return {
    seal(plaintext, context) {
      const head = Buffer.concat([Buffer.of(FORMAT), current.id, randomBytes(NONCE_BYTES)]);
      const cipher = createCipheriv('aes-256-gcm', current.key, head.subarray(1 + KEY_ID_BYTES));
      cipher.setAAD(bound(head, context));
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return ownBytes(Buffer.concat([head, body, cipher.getAuthTag()]));
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const key = keys.get(bytes.subarray(1, 1 + KEY_ID_BYTES).toString('hex'));
      if (bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] !== FORMAT || key === undefined) {
        throw new AppError('INTERNAL', 'a sealed value was made with another key');
      }
      try {
        const nonce = bytes.subarray(1 + KEY_ID_BYTES, HEAD_BYTES);
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(bound(bytes, context));
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
        const body = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
        return Buffer.concat([body, decipher.final()]).toString('utf8');
      } catch (error) {
        throw misplaced(error);
      }
    },
  };
}

/** A fresh random token of `bytes` bytes, as base64url. */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 of a token: all that is kept of it. Only for tokens with full randomness, never for passwords. */
export function hashToken(token: string): Bytes {
  return ownBytes(createHash('sha256').update(token, 'utf8').digest());
}

/** Compares without telling by its duration where two values differ. */
export function safeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const digest = (value: string | Uint8Array) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** scrypt's cost: 32 MB and about 0.2 s (OWASP password storage cheat sheet: N = 2^15, r = 8, p = 3). */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const MAX_PASSWORD = 1_024;

interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

function derive(password: string, salt: Buffer, cost: ScryptCost): Promise<Buffer> {
  const options = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC').slice(0, MAX_PASSWORD), salt, 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** `scrypt$N$r$p$salt$hash`, salt and hash in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$AAAAAAAAAAAAAAAAAAAAAA$${'A'.repeat(43)}`;

/** Whether the password is the stored one. Takes as long for null (no such user) as for a wrong password. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [name, n, r, p, salt = '', hash = ''] = (stored ?? NOBODY).split('$');
  if (name !== 'scrypt') throw new AppError('INTERNAL', 'a password hash of unknown make');
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  const key = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return safeEqual(key, Buffer.from(hash, 'base64url')) && stored !== null;
}

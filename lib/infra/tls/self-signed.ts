import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { bits, boolean, integer, octets, oid, sequence, set, tagged, time, utf8 } from './der';

const DAY_MS = 86_400_000;
/** What browsers take at most. */
const VALID_DAYS = 397;
const RENEW_BEFORE_DAYS = 30;

/** A certificate and its private key, both PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

function addressBytes(text: string): Buffer {
  if (isIP(text) === 4) return Buffer.from(text.split('.').map(Number));
  const [head = '', tail] = text.split('::');
  const groups = (part: string | undefined): number[] =>
    part === undefined || part === ''
      ? []
      : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = groups(tail);
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function alternativeName(name: string): Buffer {
  return isIP(name) === 0
    ? tagged(0x82, Buffer.from(name, 'ascii'))
    : tagged(0x87, addressBytes(name));
}

const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));

/** X.509 v3 (RFC 5280), ECDSA P-256 with SHA-256, for TLS servers and clients of these names. */
function certificate(names: readonly string[], privateKey: KeyObject, nowMs: number): string {
  const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
  const subject = sequence(set(sequence(oid('2.5.4.3'), utf8(names[0] ?? 'tollbridge'))));
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const extensions = sequence(
    extension('2.5.29.19', true, sequence()), // basic constraints: not an authority
    extension('2.5.29.15', true, bits(Buffer.of(0x80), 7)), // key usage: digital signature
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'))),
    extension('2.5.29.17', false, sequence(...names.map(alternativeName))),
  );
  const body = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(serial),
    ecdsaWithSha256,
    subject,
    sequence(time(nowMs - DAY_MS), time(nowMs + VALID_DAYS * DAY_MS)),
    subject,
    publicKey,
    tagged(0xa3, extensions),
  );
  const signature = sign('sha256', body, { key: privateKey, dsaEncoding: 'der' });
  const der = sequence(body, ecdsaWithSha256, bits(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** A fresh pair for these host names and addresses (at least one), valid for 397 days from now. */
export function makeSelfSigned(names: readonly string[], nowMs: number): TlsPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    cert: certificate(names, privateKey, nowMs),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The files of the pair that stands in where the operator gave none. */
export function selfSignedFiles(dataDir: string): { readonly cert: string; readonly key: string } {
  const folder = path.join(dataDir, 'tls');
  return { cert: path.join(folder, 'self-signed.crt'), key: path.join(folder, 'self-signed.key') };
}

function stillGood(file: string, names: readonly string[], nowMs: number): boolean {
  if (!existsSync(file)) return false;
  try {
    const found = new X509Certificate(readFileSync(file));
    const left = Date.parse(found.validTo) - nowMs;
    const covers = (name: string) =>
      isIP(name) === 0 ? found.checkHost(name) : found.checkIP(name);
    return left > RENEW_BEFORE_DAYS * DAY_MS && names.every((name) => covers(name) !== undefined);
  } catch {
    return false;
  }
}

function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, file);
}

/** Makes the pair in the data directory where it is missing, runs out or lacks one of the names. */
export function ensureSelfSigned(dataDir: string, names: readonly string[], nowMs: number): void {
  const files = selfSignedFiles(dataDir);
  if (stillGood(files.cert, names, nowMs) && existsSync(files.key)) return;
  mkdirSync(path.dirname(files.cert), { recursive: true, mode: 0o700 });
  const pair = makeSelfSigned(names, nowMs);
  writeWhole(files.key, pair.key);
  writeWhole(files.cert, pair.cert);
}

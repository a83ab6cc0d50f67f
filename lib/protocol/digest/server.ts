import { randomBytes } from 'node:crypto';
import type { Clock } from '@/lib/core/clock';
import { quote } from '@/lib/protocol/sip/parameters';
import { isEqualText } from './equal-text';
import { digestResponse, ha1For } from './hash';
import { md5Hex, md5Room } from './md5';
import { countingKeyInto, countingKeyOf, NONCE_CHARS, type NonceBinding, NonceMint } from './nonce';
import { NonceCounts } from './nonce-counts';
import { parseDigestParameters } from './parameters';
import type { SignedBytes } from './signed-bytes';
import type { DigestAlgorithm, DigestSubject, DigestVerdict, Ha1 } from './types';
import { uriMatches } from './uri-match';

/** Phones that register every few minutes keep their nonce; a stolen one is soon worthless. */
const DEFAULT_NONCE_LIFETIME_MS = 10 * 60_000;
/** A number and its place in a map: about 50 B each. */
const DEFAULT_MAX_TRACKED_USES = 400_000;
/** RFC 8760 §2.3: the strongest first. */
const OFFERED: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];
const MAX_CNONCE_CHARS = 256;

export interface DigestServerOptions {
  /** Signs nonces; 32 random bytes, kept over a restart so that phones need no new challenge. */
  readonly secret: Buffer;
  readonly clock: Clock;
  readonly nonceLifetimeMs?: number;
  /** How many (nonce, user, cnonce) uses are remembered before all older nonces turn stale. */
  readonly maxTrackedUses?: number;
}

/** What to check beside the request. */
export interface DigestCheck {
  readonly realm: string;
  /** The address that the request came from; the same that the challenge was sent to. */
  readonly source: string;
  /** The secret's hashes, or undefined for a user that is not there: same answer, same time. */
  lookUp(username: string): Ha1 | undefined;
  /** Whether a host (lower case, IPv6 in brackets) and port are this server; see uriMatches. */
  isOurs?(host: string, port: number | undefined): boolean;
}

/** Who is challenged, and how. */
export interface ChallengeOptions {
  /** The address that the challenge goes to. */
  readonly source: string;
  /** What to offer, in this order; SHA-256, then MD5 unless given (see client-quirks.ts). */
  readonly algorithms?: readonly DigestAlgorithm[] | undefined;
  /** The digest was right, only its nonce was not: the phone need not ask its owner. */
  readonly stale?: boolean;
}

/** The server's half of digest authentication (RFC 7616, RFC 8760). */
export interface DigestServer {
  /** WWW-Authenticate values, a header each: SHA-256, then MD5 unless told otherwise. */
  challenge(realm: string, options: ChallengeOptions): readonly string[];
  verify(subject: DigestSubject, check: DigestCheck): DigestVerdict;
  /** Writes a nonce (NONCE_CHARS) as `challenge` would say it. */
  nonceInto(target: Uint8Array, at: number, to: NonceBinding): void;
  /**
   * Whether `verify` would say ok of what was read from a packet, and counts it as `verify` would.
   * False: that is for `verify` to say, nothing was counted.
   */
  admits(bytes: Uint8Array, signed: SignedBytes, check: SignedCheck): boolean;
}

/** What the answer to a challenge is held against; uri and user are the caller's to look at. */
export interface SignedCheck extends NonceBinding {
  /** 32 hex digits; undefined for a user that is not there: false in the same time. */
  readonly ha1: Uint8Array | undefined;
  /** 32 hex digits: H(method:uri). */
  readonly ha2: Uint8Array;
}

interface Credentials {
  readonly username: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
}

function algorithmOf(name: string | undefined): DigestAlgorithm | undefined {
  const upper = (name ?? 'MD5').toUpperCase();
  return OFFERED.find((algorithm) => algorithm === upper);
}

/** Reads what we asked for out of the parameters, or says what is wrong with them. */
function credentialsOf(params: ReadonlyMap<string, string>): Credentials | string {
  const username = params.get('username');
  const uri = params.get('uri');
  const nonce = params.get('nonce');
  const response = params.get('response')?.toLowerCase();
  const cnonce = params.get('cnonce');
  const nc = params.get('nc');
  const algorithm = algorithmOf(params.get('algorithm'));
  if (username === undefined || uri === undefined || nonce === undefined)
    return 'Incomplete Digest';
  if (response === undefined || algorithm === undefined) return 'Incomplete Digest';
  // Offered, hence required (RFC 7616 §3.4): without it there is no defence against replay.
  if (params.get('qop')?.toLowerCase() !== 'auth') return 'Digest Without qop';
  if (cnonce === undefined || cnonce === '' || cnonce.length > MAX_CNONCE_CHARS) {
    return 'Malformed cnonce';
  }
  if (nc === undefined || !/^[0-9a-fA-F]{8}$/.test(nc)) return 'Malformed nc';
  return { username, uri, nonce, nc, cnonce, response, algorithm };
}

const COLON = 0x3a;
const LF = 0x0a;
const HEX_BYTES = 32;
const AUTH = Buffer.from(':auth:');

/** A message that is put together byte by byte, to be hashed. */
class Scratch {
  readonly bytes = new Uint8Array(md5Room(1_024));
  length = 0;

  add(source: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    const shift = this.length - start;
    for (let index = start; index < end; index += 1) bytes[shift + index] = source[index] ?? 0;
    this.length = shift + end;
  }

  addAll(source: Uint8Array): void {
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  addByte(byte: number): void {
    this.bytes[this.length] = byte;
    this.length += 1;
  }
}

class Server implements DigestServer {
  private readonly clock: Clock;
  private readonly mint: NonceMint;
  private readonly counts: NonceCounts;
  /** What unknown users are checked against: nobody's secret. */
  private readonly nobody: Ha1;
  private readonly nobodyMd5: Uint8Array;
  private readonly scratch = new Scratch();
  private readonly expected = new Uint8Array(HEX_BYTES);

  constructor(options: DigestServerOptions) {
    const lifetimeMs = options.nonceLifetimeMs ?? DEFAULT_NONCE_LIFETIME_MS;
    this.clock = options.clock;
    this.mint = new NonceMint({ secret: options.secret, clock: options.clock, lifetimeMs });
    this.counts = new NonceCounts({
      lifetimeMs,
      maxUses: options.maxTrackedUses ?? DEFAULT_MAX_TRACKED_USES,
      nowMs: options.clock.nowMs(),
    });
    this.nobody = {
      md5: randomBytes(16).toString('hex'),
      sha256: randomBytes(32).toString('hex'),
    };
    this.nobodyMd5 = Buffer.from(this.nobody.md5);
  }

  challenge(realm: string, options: ChallengeOptions): readonly string[] {
    const nonce = this.mint.issue({ realm, source: options.source });
    const stale = options.stale === true ? ', stale=true' : '';
    const quoted = quote(realm);
    return (options.algorithms ?? OFFERED).map(
      (algorithm) =>
        `Digest realm=${quoted}, nonce="${nonce}", algorithm=${algorithm}, qop="auth"${stale}`,
    );
  }

  verify(subject: DigestSubject, check: DigestCheck): DigestVerdict {
    const params = subject.authorization
      .map(parseDigestParameters)
      .find((found) => found?.get('realm') === check.realm);
    if (params === undefined) return { ok: false, kind: 'missing' };
    const credentials = credentialsOf(params);
    if (typeof credentials === 'string') {
      return { ok: false, kind: 'malformed', reason: credentials };
    }
    const { username, algorithm } = credentials;
    const nonce = this.mint.check(credentials.nonce, check);
    if (!this.isRight(subject.method, credentials, check)) {
      return { ok: false, kind: 'wrong', username, isCompleted: nonce !== 'foreign' };
    }
    if (!uriMatches(credentials.uri, subject.uri, (host, port) => isOurs(check, host, port))) {
      return { ok: false, kind: 'malformed', reason: 'Digest uri Differs' };
    }
    if (nonce !== 'fresh' || !this.isFirstUse(credentials)) {
      return { ok: false, kind: 'stale', username };
    }
    return { ok: true, username, algorithm };
  }

  nonceInto(target: Uint8Array, at: number, to: NonceBinding): void {
    this.mint.issueInto(target, at, to);
  }

  admits(bytes: Uint8Array, signed: SignedBytes, check: SignedCheck): boolean {
    const { nonce, username, cnonce } = signed;
    if (nonce.length !== NONCE_CHARS || username.length > MAX_CNONCE_CHARS) return false;
    const isRight = this.isRightAt(bytes, signed, check);
    const count = signed.countAt(bytes);
    if (!isRight || check.ha1 === undefined || count < 0) return false;
    const nowMs = this.clock.nowMs();
    if (!this.mint.isFreshAt(bytes, nonce, { binding: check, nowMs })) return false;
    if (this.counts.makeRoom(nowMs)) this.mint.expireAll();
    const key = this.scratch;
    key.length = countingKeyInto(key.bytes, bytes, nonce);
    key.addByte(LF);
    key.add(bytes, username.start, username.end);
    key.addByte(LF);
    key.add(bytes, cnonce.start, cnonce.end);
    return this.counts.takeAt(key.bytes, key.length, count);
  }

  private isRightAt(bytes: Uint8Array, signed: SignedBytes, check: SignedCheck): boolean {
    const { nonce, nc, cnonce, response } = signed;
    const message = this.scratch;
    message.length = 0;
    message.addAll(check.ha1 ?? this.nobodyMd5);
    message.addByte(COLON);
    message.add(bytes, nonce.start, nonce.end);
    message.addByte(COLON);
    message.add(bytes, nc.start, nc.end);
    message.addByte(COLON);
    message.add(bytes, cnonce.start, cnonce.end);
    message.addAll(AUTH);
    message.addAll(check.ha2);
    md5Hex(message.bytes, message.length, this.expected);
    let difference = 0;
    for (let index = 0; index < HEX_BYTES; index += 1) {
      difference |= (bytes[response.start + index] ?? 0) ^ (this.expected[index] ?? 0);
    }
    return difference === 0;
  }

  private isRight(method: string, credentials: Credentials, check: DigestCheck): boolean {
    const { algorithm, uri, nonce, nc, cnonce } = credentials;
    const known = check.lookUp(credentials.username);
    const expected = digestResponse(ha1For(algorithm, known ?? this.nobody), {
      algorithm,
      method,
      uri,
      nonce,
      qop: { nc, cnonce },
    });
    return isEqualText(expected, credentials.response) && known !== undefined;
  }

  private isFirstUse({ nonce, username, cnonce, nc }: Credentials): boolean {
    if (this.counts.makeRoom(this.clock.nowMs())) this.mint.expireAll();
    const key = `${countingKeyOf(nonce)}\n${username}\n${cnonce}`;
    return this.counts.take(key, Number.parseInt(nc, 16));
  }
}

function isOurs(check: DigestCheck, host: string, port: number | undefined): boolean {
  return check.isOurs?.(host, port) ?? false;
}

/** Makes the server's half of digest authentication. */
export function createDigestServer(options: DigestServerOptions): DigestServer {
  return new Server(options);
}

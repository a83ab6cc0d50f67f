import type { Clock } from '@/lib/core/clock';
import { HASH_SEED, mixText, type Span } from '@/lib/protocol/sip/span';
import { isEqualText } from './equal-text';
import { HmacSha256 } from './hmac';
import { hexDigit } from './md5';

/** What a nonce is bound to: the realm, and the address that it was given to. */
export interface NonceBinding {
  readonly realm: string;
  readonly source: string;
}

/** foreign: not one that we gave to this address (or one that was expired early). */
export type NonceVerdict = 'fresh' | 'expired' | 'foreign';

const TIME_HEX_CHARS = 8;
const MAC_HEX_CHARS = 32;
const SERIAL_HEX_CHARS = 8;
/** Characters of a nonce: second, MAC, serial. */
export const NONCE_CHARS = TIME_HEX_CHARS + MAC_HEX_CHARS + SERIAL_HEX_CHARS;
const SHAPE = /^([0-9a-f]{8})([0-9a-f]{32})[0-9a-f]{8}$/;
/**
 * What tells a checked nonce from all others of its life: second and serial. The MAC between them
 * says nothing more, and is most of what would have to be remembered.
 */
export function countingKeyOf(nonce: string): string {
  return nonce.slice(0, TIME_HEX_CHARS) + nonce.slice(TIME_HEX_CHARS + MAC_HEX_CHARS);
}

/** The same of a nonce in a packet, at the beginning of `target`; how many bytes it has. */
export function countingKeyInto(target: Uint8Array, bytes: Uint8Array, nonce: Span): number {
  const serial = nonce.start + TIME_HEX_CHARS + MAC_HEX_CHARS;
  for (let index = 0; index < TIME_HEX_CHARS; index += 1) {
    target[index] = bytes[nonce.start + index] ?? 0;
    target[TIME_HEX_CHARS + index] = bytes[serial + index] ?? 0;
  }
  return TIME_HEX_CHARS + SERIAL_HEX_CHARS;
}

/** How often the serial number of nonces starts again; more than are issued in their lifetime. */
const SERIALS = 2 ** 32;
/** Recent MACs are kept, a power of two: what was challenged now is answered in a moment. */
const MAC_PLACES = 16_384;

/** A MAC and what it is of. */
interface KnownMac extends NonceBinding {
  readonly second: number;
  readonly mac: string;
}

/**
 * Nonces that need no memory: the second of issue, an HMAC over it, realm and source address, and a
 * serial number, so that no two challenges share one: a client that always sends the same cnonce
 * and count would look like its own replay. The serial need not be signed: whoever changes it
 * changes what the digest has to be computed over.
 * Binding them to the address is what makes a wrong answer proof that the sender is there: a nonce
 * fetched from one address can't be used to get another one banned.
 */
export class NonceMint {
  private readonly hmac: HmacSha256;
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  /** Each has one place, taken by the last to come: no text has to be made to find one. */
  private readonly macs = new Array<KnownMac | undefined>(MAC_PLACES).fill(undefined);
  private epoch = 0;
  private serial = 0;

  constructor(options: { secret: Buffer; clock: Clock; lifetimeMs: number }) {
    this.hmac = new HmacSha256(options.secret);
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs;
  }

  issue(binding: NonceBinding): string {
    const second = Math.trunc(this.clock.nowMs() / 1_000);
    this.serial = (this.serial + 1) % SERIALS;
    return `${hexOf(second)}${this.mac(second, binding)}${hexOf(this.serial)}`;
  }

  /** The same as bytes, NONCE_CHARS of them. */
  issueInto(target: Uint8Array, at: number, binding: NonceBinding): void {
    const second = Math.trunc(this.clock.nowMs() / 1_000);
    this.serial = (this.serial + 1) % SERIALS;
    const mac = this.mac(second, binding);
    writeHex(target, at, second);
    for (let index = 0; index < MAC_HEX_CHARS; index += 1) {
      target[at + TIME_HEX_CHARS + index] = mac.charCodeAt(index);
    }
    writeHex(target, at + TIME_HEX_CHARS + MAC_HEX_CHARS, this.serial);
  }

  check(nonce: string, binding: NonceBinding): NonceVerdict {
    const match = SHAPE.exec(nonce);
    const time = match?.[1];
    const mac = match?.[2];
    if (time === undefined || mac === undefined) return 'foreign';
    const second = Number.parseInt(time, 16);
    if (!isEqualText(this.mac(second, binding), mac)) return 'foreign';
    return this.isAlive(second, this.clock.nowMs()) ? 'fresh' : 'expired';
  }

  /** Whether a nonce that stands in a packet is fresh. */
  isFreshAt(
    bytes: Uint8Array,
    nonce: Span,
    { binding, nowMs }: { binding: NonceBinding; nowMs: number },
  ): boolean {
    if (nonce.length !== NONCE_CHARS) return false;
    const second = readHex(bytes, nonce.start, nonce.start + TIME_HEX_CHARS);
    const from = nonce.start + TIME_HEX_CHARS;
    const serial = readHex(bytes, from + MAC_HEX_CHARS, nonce.end);
    if (second < 0 || serial < 0) return false;
    const mac = this.mac(second, binding);
    let difference = 0;
    for (let index = 0; index < MAC_HEX_CHARS; index += 1) {
      difference |= (bytes[from + index] ?? 0) ^ mac.charCodeAt(index);
    }
    return difference === 0 && this.isAlive(second, nowMs);
  }

  /** Every nonce issued until now is foreign from now on. */
  expireAll(): void {
    this.epoch += 1;
    this.macs.fill(undefined);
  }

  private isAlive(second: number, nowMs: number): boolean {
    return nowMs - second * 1_000 <= this.lifetimeMs;
  }

  private mac(second: number, { source, realm }: NonceBinding): string {
    const place = (mixText(mixText(HASH_SEED, source), realm) + second) & (MAC_PLACES - 1);
    const known = this.macs[place];
    if (known?.second === second && known.source === source && known.realm === realm) {
      return known.mac;
    }
    const text = `${this.epoch}\n${hexOf(second)}\n${source}\n${realm}`;
    const mac = this.hmac.hexOf(text).slice(0, MAC_HEX_CHARS);
    this.macs[place] = { second, source, realm, mac };
    return mac;
  }
}

function hexOf(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function writeHex(target: Uint8Array, at: number, value: number): void {
  for (let index = 0; index < 8; index += 1) {
    target[at + index] = hexDigit((value >>> (28 - index * 4)) & 15);
  }
}

/** A number in lower-case hex; -1 where it is none. */
function readHex(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index] ?? 0;
    if (code >= 0x30 && code <= 0x39) value = value * 16 + code - 0x30;
    else if (code >= 0x61 && code <= 0x66) value = value * 16 + code - 0x57;
    else return -1;
  }
  return value;
}

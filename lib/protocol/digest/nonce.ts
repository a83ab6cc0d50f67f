import { createHmac } from 'node:crypto';
import type { Clock } from '@/lib/core/clock';
import { isEqualText } from './equal-text';

/** What a nonce is bound to: the realm, and the address that it was given to. */
export interface NonceBinding {
  readonly realm: string;
  readonly source: string;
}

/** foreign: not one that we gave to this address (or one that was expired early). */
export type NonceVerdict = 'fresh' | 'expired' | 'foreign';

const TIME_HEX_CHARS = 8;
const MAC_HEX_CHARS = 32;
const SHAPE = /^([0-9a-f]{8})([0-9a-f]{32})[0-9a-f]{8}$/;
/**
 * What tells a checked nonce from all others of its life: second and serial. The MAC between them
 * says nothing more, and is most of what would have to be remembered.
 */
export function countingKeyOf(nonce: string): string {
  return nonce.slice(0, TIME_HEX_CHARS) + nonce.slice(TIME_HEX_CHARS + MAC_HEX_CHARS);
}

/** How often the serial number of nonces starts again; more than are issued in their lifetime. */
const SERIALS = 2 ** 32;
/** Recent MACs are kept: what was challenged now is answered in a moment. */
const MAX_CACHED_MACS = 20_000;

/**
 * Nonces that need no memory: the second of issue, an HMAC over it, realm and source address, and a
 * serial number, so that no two challenges share one: a client that always sends the same cnonce
 * and count would look like its own replay. The serial need not be signed: whoever changes it
 * changes what the digest has to be computed over.
 * Binding them to the address is what makes a wrong answer proof that the sender is there: a nonce
 * fetched from one address can't be used to get another one banned.
 */
export class NonceMint {
  private readonly secret: Buffer;
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  private readonly macs = new Map<string, string>();
  private epoch = 0;
  private serial = 0;

  constructor(options: { secret: Buffer; clock: Clock; lifetimeMs: number }) {
    this.secret = options.secret;
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs;
  }

  issue(binding: NonceBinding): string {
    const second = Math.trunc(this.clock.nowMs() / 1_000);
    const time = second.toString(16).padStart(8, '0');
    this.serial = (this.serial + 1) % SERIALS;
    return `${time}${this.mac(time, binding)}${this.serial.toString(16).padStart(8, '0')}`;
  }

  check(nonce: string, binding: NonceBinding): NonceVerdict {
    const match = SHAPE.exec(nonce);
    const time = match?.[1];
    const mac = match?.[2];
    if (time === undefined || mac === undefined) return 'foreign';
    if (!isEqualText(this.mac(time, binding), mac)) return 'foreign';
    const ageMs = this.clock.nowMs() - Number.parseInt(time, 16) * 1_000;
    return ageMs <= this.lifetimeMs ? 'fresh' : 'expired';
  }

  /** Every nonce issued until now is foreign from now on. */
  expireAll(): void {
    this.epoch += 1;
    this.macs.clear();
  }

  private mac(time: string, binding: NonceBinding): string {
    const text = `${this.epoch}\n${time}\n${binding.source}\n${binding.realm}`;
    const known = this.macs.get(text);
    if (known !== undefined) return known;
    const mac = createHmac('sha256', this.secret)
      .update(text, 'latin1')
      .digest('hex')
      .slice(0, MAC_HEX_CHARS);
    if (this.macs.size >= MAX_CACHED_MACS) this.macs.clear();
    this.macs.set(text, mac);
    return mac;
  }
}

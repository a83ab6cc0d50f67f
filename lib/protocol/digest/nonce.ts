import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@/lib/core/clock';

/** What a nonce is bound to: the realm, and the address that it was given to. */
export interface NonceBinding {
  readonly realm: string;
  readonly source: string;
}

export type NonceVerdict = 'fresh' | 'expired' | 'foreign';

const MAC_HEX_CHARS = 32;
const SHAPE = /^([0-9a-f]{11,12})([0-9a-f]{32})$/;

/**
 * Nonces that need no memory: issue time and an HMAC over time, realm and source address. Binding
 * them to the address is what makes a wrong answer proof that the sender is there: a nonce fetched
 * from one address can't be used to get another one banned.
 */
export class NonceMint {
  private readonly secret: Buffer;
  private readonly clock: Clock;
  private readonly lifetimeMs: number;
  private notBeforeMs = 0;

  constructor(options: { secret: Buffer; clock: Clock; lifetimeMs: number }) {
    this.secret = options.secret;
    this.clock = options.clock;
    this.lifetimeMs = options.lifetimeMs;
  }

  issue(binding: NonceBinding): string {
    const time = Math.trunc(this.clock.nowMs()).toString(16).padStart(11, '0');
    return `${time}${this.mac(time, binding)}`;
  }

  check(nonce: string, binding: NonceBinding): NonceVerdict {
    const match = SHAPE.exec(nonce);
    const time = match?.[1];
    const mac = match?.[2];
    if (time === undefined || mac === undefined) return 'foreign';
    const expected = Buffer.from(this.mac(time, binding), 'latin1');
    if (!timingSafeEqual(expected, Buffer.from(mac, 'latin1'))) return 'foreign';
    const issuedMs = Number.parseInt(time, 16);
    const ageMs = this.clock.nowMs() - issuedMs;
    return ageMs <= this.lifetimeMs && issuedMs > this.notBeforeMs ? 'fresh' : 'expired';
  }

  /** Every nonce issued until now is expired. */
  expireAll(): void {
    this.notBeforeMs = Math.trunc(this.clock.nowMs());
  }

  private mac(time: string, binding: NonceBinding): string {
    return createHmac('sha256', this.secret)
      .update(`${time}\n${binding.source}\n${binding.realm}`, 'latin1')
      .digest('hex')
      .slice(0, MAC_HEX_CHARS);
  }
}

import { hash } from 'node:crypto';
import type { Clock } from '@/lib/core/clock';
import type { Ha1 } from '@/lib/protocol/digest/types';
import type { TransportName } from '@/lib/protocol/sip/transport';
import { browserSecret, readBrowserUser } from '@/lib/services/extensions/browser-credential';

/**
 * Phones in browsers: their user names say for which extension and until when, their secrets are
 * made from the names (services/extensions), so nothing is looked up. They are for browsers: over
 * any other transport such a name is nobody's.
 */
export class BrowserUsers {
  private readonly key: Buffer;
  private readonly clock: Clock;

  constructor(key: Buffer, clock: Clock) {
    this.key = key;
    this.clock = clock;
  }

  /** undefined for the user name of a phone. */
  read(
    username: string,
    transport: TransportName,
  ): { number: string; isOver: boolean } | undefined {
    if (transport !== 'ws' && transport !== 'wss') return undefined;
    const user = readBrowserUser(username);
    return user && { number: user.number, isOver: user.expiresAtMs <= this.clock.nowMs() };
  }

  ha1Of(username: string, realm: string): Ha1 {
    const text = `${username}:${realm}:${browserSecret(this.key, realm, username)}`;
    return { md5: hash('md5', text, 'hex'), sha256: hash('sha256', text, 'hex') };
  }
}

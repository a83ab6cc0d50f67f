import { env } from '@/lib/infra/env';
import { browserPhoneKey } from '@/lib/services/extensions/browser-credential';
import type { BrowserPhoneAccess } from '@/lib/services/extensions/mint-browser-credential';

/** Where phones reach the switch. */
export interface SipAccess {
  /** The address that phones are told: their outbound proxy. */
  readonly host: string;
  readonly udpTcp: number;
  readonly tls: number;
  readonly wss: number;
}

/** Where phones of this installation reach the switch, as its settings say. */
export function sipAccess(): SipAccess {
  const { publicAddress, sipPort, sipTlsPort, sipWssPort } = env();
  const host = publicAddress.includes(':') ? `[${publicAddress}]` : publicAddress;
  return { host, udpTcp: sipPort, tls: sipTlsPort, wss: sipWssPort };
}

/**
 * Where browsers reach the switch, the best first. A page that came by https may speak WSS alone; one
 * that came by http on this machine would stumble over the certificate that nobody signed.
 */
export function webSocketUrls(): readonly string[] {
  const { publicUrl, publicWssUrl, sipWsPort } = env();
  if (publicWssUrl !== null) return [publicWssUrl];
  const { host, wss } = sipAccess();
  const secure = `wss://${host}:${wss}`;
  return publicUrl.startsWith('https:') ? [secure] : [`ws://${host}:${sipWsPort}`, secure];
}

/** What credentials for browsers are made with, and where they are good. */
export function browserPhoneAccess(): BrowserPhoneAccess {
  const { secretKey, turn } = env();
  return { key: browserPhoneKey(secretKey), webSocketUrls: webSocketUrls(), turn };
}

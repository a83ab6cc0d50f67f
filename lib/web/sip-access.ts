import { env } from '@/lib/infra/env';

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

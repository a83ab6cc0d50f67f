import type { Env } from '@/lib/infra/env';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { EdgeListen } from './edge/types';

type Ports = Pick<
  Env,
  | 'publicAddress'
  | 'publicAddressIpv6'
  | 'sipBindAddresses'
  | 'sipPort'
  | 'sipTlsPort'
  | 'sipWsPort'
  | 'sipWssPort'
>;

/** Where the edge listens, by the settings. */
export function listenOn(env: Ports): EdgeListen {
  const at = (port: number) => env.sipBindAddresses.map((host) => ({ host, port }));
  return {
    udp: at(env.sipPort),
    tcp: at(env.sipPort),
    tls: at(env.sipTlsPort),
    ws: at(env.sipWsPort),
    wss: at(env.sipWssPort),
  };
}

/** The Contact under which we are reached on a flow, in angle brackets: in the peer's family. */
export function contactOn(env: Ports, flow: Flow): string {
  const isIpv6 = flow.remote.address.includes(':');
  const host = bracketed((isIpv6 ? env.publicAddressIpv6 : null) ?? env.publicAddress);
  switch (flow.transport) {
    case 'udp':
      return `<sip:${host}:${env.sipPort}>`;
    case 'tcp':
      return `<sip:${host}:${env.sipPort};transport=tcp>`;
    case 'tls':
      return `<sip:${host}:${env.sipTlsPort};transport=tls>`;
    case 'ws':
      return `<sip:${host}:${env.sipWsPort};transport=ws>`;
    case 'wss':
      return `<sip:${host}:${env.sipWssPort};transport=wss>`;
  }
}

/**
 * The same as a SIPS URI, which a dialog has that was begun by one (RFC 3261 §8.1.1.8, §12.1.1). TLS
 * goes without saying in it; of WebSockets it says `ws` (RFC 7118 §5.3).
 */
export function asSips(contact: string): string {
  return contact
    .replace('<sip:', '<sips:')
    .replace(';transport=tls', '')
    .replace(';transport=wss', ';transport=ws');
}

/** The addresses that name this server in a URI, IPv6 in brackets. */
export function ownHosts(env: Ports & Pick<Env, 'bindAddress'>): ReadonlySet<string> {
  const { publicAddress, publicAddressIpv6, bindAddress, sipBindAddresses } = env;
  const all = [publicAddress, publicAddressIpv6, bindAddress, ...sipBindAddresses];
  return new Set(all.flatMap((address) => (address === null ? [] : [bracketed(address)])));
}

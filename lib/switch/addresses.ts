import type { Env } from '@/lib/infra/env';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { EdgeListen } from './edge/types';

type Ports = Pick<
  Env,
  'publicAddress' | 'bindAddress' | 'sipPort' | 'sipTlsPort' | 'sipWsPort' | 'sipWssPort'
>;

/** Where the edge listens, by the settings. */
export function listenOn(env: Ports): EdgeListen {
  const host = env.bindAddress;
  return {
    udp: { host, port: env.sipPort },
    tcp: { host, port: env.sipPort },
    tls: { host, port: env.sipTlsPort },
    ws: { host, port: env.sipWsPort },
    wss: { host, port: env.sipWssPort },
  };
}

/** The Contact under which we are reached on a flow, in angle brackets. */
export function contactOn(env: Ports, flow: Flow): string {
  const host = bracketed(env.publicAddress);
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

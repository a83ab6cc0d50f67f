import type { Env } from '@/lib/infra/env';
import { hostPort, localAddress } from './installation';

/** Where everything listens, as this machine reaches it. */
function listeners(env: Env) {
  const at = (port: number): string => hostPort(localAddress(env.bindAddress), port);
  return {
    web: `http://${at(env.port)}`,
    https: env.httpsPort === null ? null : `https://${at(env.httpsPort)}`,
    sip: {
      udp: at(env.sipPort),
      tcp: at(env.sipPort),
      tls: at(env.sipTlsPort),
      ws: `ws://${at(env.sipWsPort)}`,
      wss: `wss://${at(env.sipWssPort)}`,
    },
  };
}

/** The machine-readable last line of start-up. */
export function readyLine(env: Env, setupUrl: string | null): string {
  const { web, https, sip } = listeners(env);
  const line = {
    event: 'ready',
    web,
    ...(https === null ? {} : { https }),
    sip,
    dataDir: env.dataDir,
    ...(setupUrl === null ? {} : { setupUrl }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** Whom to be in a scenario; prisma/seed makes them. */
const SIGN_IN: Readonly<Record<string, string>> = {
  lab: 'acme@lab.test, reseller@lab.test or operator@lab.test, Lab-password-1',
  demo: 'admin@harrow-pike.northwind.test, nina@northwind.test or operator@meridian.test, Demo-password-1',
};

export interface Readiness {
  readonly env: Env;
  /** Which scenario the database was filled with, now or earlier. */
  readonly scenario: string | null;
  readonly setupUrl: string | null;
  readonly tookMs: number;
}

/** The same for people. */
export function readyText({ env, scenario, setupUrl, tookMs }: Readiness): string {
  const { https, sip } = listeners(env);
  const rows = [
    ['Portal', [env.publicUrl, https].filter((url) => url !== null).join('  ')],
    ['SIP', `udp and tcp ${sip.udp}, tls ${sip.tls}`],
    ['', `${sip.ws}, ${sip.wss}`],
    ['Data', env.dataDir],
    ...(scenario === null ? [] : [['Sign in', SIGN_IN[scenario] ?? '']]),
    ...(setupUrl === null ? [] : [['Set up', `${setupUrl}  (works once, for the first operator)`]]),
  ];
  const warning =
    scenario === null
      ? ''
      : `\n  THE ${scenario.toUpperCase()} HAS WELL-KNOWN SECRETS. Never put it on a network; it listens on loopback only.\n`;
  const table = rows.map(([name = '', value = '']) => `    ${name.padEnd(8)}${value}`).join('\n');
  return `\n  Tollbridge is ready (${(tookMs / 1000).toFixed(1)} s)\n${table}\n${warning}\n`;
}

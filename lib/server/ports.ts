import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** A port that the product is about to listen on. */
export interface WantedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
}

type Outcome =
  | { readonly ok: true; readonly port: number }
  | { readonly ok: false; readonly code: string };

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.message);

function tryTcp(address: string, port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve({ ok: false, code: codeOf(error) }));
    server.listen({ host: address, port, exclusive: true }, () => {
      const bound = server.address();
      const free = typeof bound === 'object' && bound !== null ? bound.port : port;
      server.close(() => resolve({ ok: true, port: free }));
    });
  });
}

function tryUdp(address: string, port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve({ ok: false, code: codeOf(error) });
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.close(() => resolve({ ok: true, port }));
    });
  });
}

function explain({ name, port, protocol, address }: WantedPort, code: string): string {
  const flag = `--${name.toLowerCase().replaceAll('_', '-')}`;
  const where = `port ${port} (${name}, ${protocol.toUpperCase()})`;
  if (code === 'EADDRINUSE') {
    return `${where} is taken on ${address}: stop what uses it, or choose another with ${flag}`;
  }
  if (code === 'EADDRNOTAVAIL') return `BIND_ADDRESS: this machine has no address ${address}`;
  if (code === 'EACCES') return `${where} may not be opened by this user: choose one above 1023`;
  return `${where} can't be opened on ${address}: ${code}`;
}

/** What stands in the way of listening, one line a port; empty where nothing does. */
export async function findTakenPorts(wanted: readonly WantedPort[]): Promise<string[]> {
  const lines: string[] = [];
  for (const want of wanted) {
    const attempt = want.protocol === 'udp' ? tryUdp : tryTcp;
    const outcome = await attempt(want.address, want.port);
    if (!outcome.ok) lines.push(explain(want, outcome.code));
  }
  return lines;
}

/** A TCP port of loopback that nobody uses: `preferred` where that is free. */
export async function freeLoopbackPort(preferred: number | null = null): Promise<number> {
  if (preferred !== null) {
    const kept = await tryTcp('127.0.0.1', preferred);
    if (kept.ok) return kept.port;
  }
  const any = await tryTcp('127.0.0.1', 0);
  if (!any.ok) throw new Error(`no free port on loopback: ${any.code}`);
  return any.port;
}

import { createServer } from 'node:net';

/** So many TCP ports of loopback that are free now; all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve(server)),
      );
    }),
  );
  return Promise.all(
    servers.map((server) => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      return new Promise<number>((resolve) => server.close(() => resolve(port)));
    }),
  );
}

/** Free ports for everything of the product that listens, as variables. */
export async function freePortVariables(): Promise<Record<string, string>> {
  const names = ['PORT', 'SIP_PORT', 'SIP_TLS_PORT', 'SIP_WS_PORT', 'SIP_WSS_PORT', 'HTTPS_PORT'];
  const ports = await freePorts(names.length);
  return Object.fromEntries(names.map((name, at) => [name, String(ports[at])]));
}

import { createSocket } from 'node:dgram';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';

/** How a wire phone is connected. */
export type WireTransport = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** A socket that carries whole SIP messages. */
export interface Wire {
  readonly transport: WireTransport;
  /** "address:port" of our end, for Via and Contact. */
  readonly local: string;
  send(text: string): void;
  close(): void;
}

export interface WireOptions {
  readonly transport: WireTransport;
  /** "127.0.0.1:5060", or a ws: address. */
  readonly server: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly onMessage: (text: string) => void;
  /** A stream was ended by the other side. */
  readonly onClosed?: () => void;
}

function hostAndPort(server: string): { host: string; port: number } {
  const at = server.lastIndexOf(':');
  return { host: server.slice(0, at), port: Number(server.slice(at + 1)) };
}

/** Opens a socket to the switch. */
export async function openWire(options: WireOptions): Promise<Wire> {
  switch (options.transport) {
    case 'udp':
      return await openUdp(options);
    case 'tcp':
    case 'tls':
      return await openStream(options);
    case 'ws':
    case 'wss':
      return await openWebSocket(options);
  }
}

async function openUdp(options: WireOptions): Promise<Wire> {
  const { host, port } = hostAndPort(options.server);
  const address = options.localAddress ?? '127.0.0.1';
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(options.localPort ?? 0, address, resolve);
  });
  socket.on('message', (bytes) => options.onMessage(bytes.toString('latin1')));
  return {
    transport: 'udp',
    local: `${address}:${socket.address().port}`,
    send: (text) => socket.send(Buffer.from(text, 'latin1'), port, host),
    close: () => socket.close(),
  };
}

async function openStream(options: WireOptions): Promise<Wire> {
  const { host, port } = hostAndPort(options.server);
  const localAddress = options.localAddress ?? '127.0.0.1';
  const secure = options.transport === 'tls';
  const socket: Socket = secure
    ? connectTls({ host, port, rejectUnauthorized: false })
    : connectTcp({ host, port, localAddress });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once(secure ? 'secureConnect' : 'connect', resolve);
  });
  let pending = '';
  socket.on('error', () => undefined);
  socket.on('close', () => options.onClosed?.());
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1');
    for (let message = cut(); message !== undefined; message = cut()) options.onMessage(message);
  });
  const cut = (): string | undefined => {
    pending = pending.replace(/^(\r\n)+/, '');
    const end = pending.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const length = Number(/^content-length:\s*(\d+)/im.exec(pending.slice(0, end))?.[1] ?? 0);
    if (pending.length < end + 4 + length) return undefined;
    const message = pending.slice(0, end + 4 + length);
    pending = pending.slice(end + 4 + length);
    return message;
  };
  return {
    transport: options.transport,
    local: `${localAddress}:${socket.localPort}`,
    send: (text) => socket.write(Buffer.from(text, 'latin1')),
    close: () => socket.destroy(),
  };
}

async function openWebSocket(options: WireOptions): Promise<Wire> {
  const socket = new WebSocket(options.server, 'sip', { rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', resolve);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => options.onClosed?.());
  socket.on('message', (data) => options.onMessage(String(data)));
  return {
    transport: options.transport,
    // A browser has no address to tell (RFC 7118 §5).
    local: `${Math.random().toString(36).slice(2, 12)}.invalid`,
    send: (text) => socket.send(Buffer.from(text, 'latin1')),
    close: () => socket.terminate(),
  };
}

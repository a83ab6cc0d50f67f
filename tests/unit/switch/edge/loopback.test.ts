import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Cidr } from '@/lib/core/cidr';
import { type Clock, systemClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { createLogger } from '@/lib/infra/log';
import { ensureSelfSigned } from '@/lib/infra/tls/self-signed';
import { openTlsStore } from '@/lib/infra/tls/store';
import type { Flow, InboundMessage } from '@/lib/protocol/sip/transport';
import { createEdge } from '@/lib/switch/edge/edge';
import type { Edge, EdgeOptions } from '@/lib/switch/edge/types';
import { DATAGRAM_KINDS } from '@/tests/support/datagrams';

const HOST = '127.0.0.1';
const log = createLogger({ process: 'test', level: 'error', format: 'json', write: () => {} });
const OPTIONS = Buffer.from(
  'OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bKa\r\nContent-Length: 4\r\n\r\nbody',
);

const GUESS = { name: '101@acme.test', isHome: false };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Waits for something that the network brings; the test's own time-out bounds it. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

interface Running {
  readonly edge: Edge;
  readonly received: InboundMessage[];
  readonly closed: Flow[];
  readonly batches: number[];
}

async function run(options: Partial<EdgeOptions>): Promise<Running> {
  const received: InboundMessage[] = [];
  const closed: Flow[] = [];
  const batches: number[] = [];
  const edge = createEdge({
    listen: { udp: { host: HOST, port: 0 } },
    log,
    clock: systemClock,
    newId,
    onMessages: (batch) => {
      batches.push(batch.length);
      received.push(...batch);
    },
    onFlowClosed: (flow) => closed.push(flow),
    ...options,
  });
  cleanups.push(() => edge.stop());
  await edge.start();
  return { edge, received, closed, batches };
}

function portOf(edge: Edge, transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss'): number {
  return edge.addresses()[transport][0]?.port ?? 0;
}

async function udpClient(address = HOST): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  cleanups.push(() => socket.close());
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket;
}

async function tcpClient(port: number, localAddress = HOST): Promise<Socket & { text: string }> {
  const socket = Object.assign(connect({ port, host: HOST, localAddress, noDelay: true }), {
    text: '',
  });
  cleanups.push(() => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    socket.text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Time that a test moves, for the sweep of half messages and idle connections. */
function movable(): Clock & { add(ms: number): void } {
  let addedMs = 0;
  return {
    nowMs: () => systemClock.nowMs() + addedMs,
    monotonicMs: () => systemClock.monotonicMs() + addedMs,
    add: (ms) => {
      addedMs += ms;
    },
  };
}

describe.each(DATAGRAM_KINDS)('UDP by $kind sockets', ({ native }) => {
  it('answers STUN on the port of SIP, and hands none of it up', async () => {
    const { edge, received } = await run({ native });
    const client = await udpClient();
    const replies: Buffer[] = [];
    client.on('message', (bytes) => replies.push(bytes));
    const request = Buffer.from('000100002112a442b7e7a701bc34d686fa87dfae', 'hex');
    client.send(request, portOf(edge, 'udp'), HOST);
    await until(() => replies.length > 0);
    expect(replies[0]?.readUInt16BE(0)).toBe(0x0101);
    expect((replies[0]?.readUInt16BE(26) ?? 0) ^ 0x2112).toBe(client.address().port);
    expect(received).toEqual([]);
  });

  it('takes messages in and answers to where they came from', async () => {
    const { edge, received } = await run({ native });
    const client = await udpClient();
    client.send(OPTIONS, portOf(edge, 'udp'), HOST);
    await until(() => received.length === 1);
    const [message] = received;
    expect(message?.bytes.equals(OPTIONS)).toBe(true);
    expect(message?.flow).toMatchObject({
      transport: 'udp',
      local: { address: HOST, port: portOf(edge, 'udp') },
      remote: { address: HOST, port: client.address().port },
    });
    const answered = once(client, 'message');
    expect(message && edge.send(Buffer.from('SIP/2.0 200 OK'), message.flow)).toBe(true);
    expect(String((await answered)[0])).toBe('SIP/2.0 200 OK');
  });

  it('hands a burst over in batches, in order', async () => {
    const { edge, received, batches } = await run({ native });
    const client = await udpClient();
    for (let n = 0; n < 100; n += 1) {
      client.send(`OPTIONS sip:${String(n).padStart(4, '0')} SIP/2.0`, portOf(edge, 'udp'), HOST);
    }
    await until(() => received.length === 100);
    expect(batches.length).toBeLessThan(100);
    expect(received.map(({ bytes }) => Number(bytes.toString().slice(12, 16)))).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  it('drops keep-alives and noise, what is beyond the rate, and the banned, before the parser', async () => {
    const { edge, received } = await run({
      native,
      exempt: [HOST],
      limits: { messagesPerSecond: 0.001, messageBurst: 3 },
    });
    const good = await udpClient();
    const other = await udpClient('127.0.0.2');
    const port = portOf(edge, 'udp');
    good.send('\r\n\r\n', port, HOST);
    await until(() => edge.counters().droppedMalformed === 1);
    for (let n = 0; n < 10; n += 1) other.send(OPTIONS, port, HOST);
    await until(() => edge.counters().droppedRateLimited === 7);
    edge.setRules({
      exempt: [],
      denied: [{ id: 'rule', cidr: '127.0.0.2/32' as Cidr, untilMs: null }],
    });
    other.send(OPTIONS, port, HOST);
    await until(() => edge.counters().droppedBanned === 1);
    good.send(OPTIONS, port, HOST);
    await until(() => received.length === 4);
    expect(edge.counters()).toMatchObject({ received: 4, bans: 0 });
  });

  it('names the port when it is taken, and leaves nothing bound', async () => {
    const { edge } = await run({ native });
    const port = portOf(edge, 'udp');
    const second = createEdge({
      listen: { tcp: { host: HOST, port: 0 }, udp: { host: HOST, port } },
      log,
      clock: systemClock,
      newId,
      onMessages: () => {},
      onFlowClosed: () => {},
    });
    await expect(second.start()).rejects.toThrow(`SIP over udp: ${HOST}:${port} is taken`);
    expect(Object.values(second.addresses()).flat()).toEqual([]);
  });
});

describe('TCP', () => {
  const listen = { tcp: { host: HOST, port: 0 } };

  it('survives one byte at a time', async () => {
    const { edge, received } = await run({ listen });
    const client = await tcpClient(portOf(edge, 'tcp'));
    for (const byte of Buffer.concat([OPTIONS, OPTIONS])) {
      client.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => received.length === 2);
    expect(received.every(({ bytes }) => bytes.equals(OPTIONS))).toBe(true);
  });

  it('answers CRLFCRLF with CRLF, and sends on the connection that is there', async () => {
    const { edge, received } = await run({ listen });
    const client = await tcpClient(portOf(edge, 'tcp'));
    client.write('\r\n\r\n');
    await until(() => client.text === '\r\n');
    client.write(OPTIONS);
    await until(() => received.length === 1);
    const flow = received[0]?.flow;
    if (flow === undefined) throw new Error('nothing came');
    const again = edge.flowTo({ transport: 'tcp', remote: flow.remote });
    expect(again).toEqual(flow);
    edge.send(Buffer.from('one'), flow);
    edge.send(Buffer.from('two'), { ...flow, connectionId: undefined });
    await until(() => client.text === '\r\nonetwo');
    expect(edge.counters().connections).toBe(1);
  });

  it('tells when a connection ends, and sends nothing on it any more', async () => {
    const { edge, received, closed } = await run({ listen });
    const client = await tcpClient(portOf(edge, 'tcp'));
    client.write(OPTIONS);
    await until(() => received.length === 1);
    client.destroy();
    await until(() => closed.length === 1);
    const flow = received[0]?.flow;
    expect(closed).toEqual([flow]);
    expect(flow && edge.send(OPTIONS, flow)).toBe(false);
    expect(edge.counters().connections).toBe(0);
  });

  it('opens a connection when there is none, and tells when it can not', async () => {
    const { edge, received, closed } = await run({ listen });
    const peer: Server = createServer((socket) => socket.pipe(socket));
    peer.listen(0, HOST);
    await once(peer, 'listening');
    cleanups.push(() => peer.close());
    const address = peer.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const remote = { address: HOST, port };
    const flow = edge.flowTo({ transport: 'tcp', remote });
    expect(flow && edge.send(OPTIONS, flow)).toBe(true);
    expect(flow && edge.send(OPTIONS, flow)).toBe(true);
    await until(() => received.length === 2);
    expect(edge.counters().connections).toBe(1);
    edge.closeFlow({ ...received[0]?.flow, ...flow } as Flow);
    await until(() => closed.length === 1);
    peer.close();
    await until(() => !peer.listening);
    if (flow !== undefined) edge.send(OPTIONS, flow);
    await until(() => closed.length === 2);
    expect(closed[1]).toMatchObject({ transport: 'tcp', remote });
  });

  it('ends a connection that stops in the middle of a message, or speaks nonsense', async () => {
    const clock = movable();
    const { edge, received, closed } = await run({ listen, clock });
    const half = await tcpClient(portOf(edge, 'tcp'));
    const idle = await tcpClient(portOf(edge, 'tcp'));
    // The keep-alive before it is answered when the half message is in as well.
    half.write(Buffer.concat([Buffer.from('\r\n\r\n'), OPTIONS.subarray(0, 20)]));
    idle.write(OPTIONS);
    await until(() => half.text === '\r\n' && received.length === 1);
    clock.add(9_000);
    edge.sweep();
    expect(closed).toEqual([]);
    clock.add(1_100);
    edge.sweep();
    await until(() => half.destroyed || half.readableEnded);
    expect(closed).toHaveLength(1);
    const noise = await tcpClient(portOf(edge, 'tcp'));
    noise.write('GET / HTTP/1.1\r\n\r\n');
    await until(() => closed.length === 2);
    clock.add(15 * 60_000);
    edge.sweep();
    await until(() => closed.length === 3);
  });

  it('bounds connections per address, in all, and cuts off those who do not read', async () => {
    const { edge, closed, received } = await run({
      listen,
      exempt: [],
      limits: { maxConnectionsPerSource: 2, maxConnections: 3, maxUnsentBytes: 50_000 },
    });
    const port = portOf(edge, 'tcp');
    const first = await tcpClient(port);
    await tcpClient(port);
    const third = await tcpClient(port);
    await until(() => third.destroyed);
    await tcpClient(port, '127.0.0.2');
    const fifth = await tcpClient(port, '127.0.0.3');
    await until(() => fifth.destroyed);
    expect(edge.counters()).toMatchObject({ connections: 3, connectionsRefused: 2 });
    first.write(OPTIONS);
    await until(() => received.length === 1);
    first.pause();
    const flow = received[0]?.flow;
    if (flow === undefined) throw new Error('nothing came');
    const large = Buffer.alloc(20_000, 0x20);
    let sent = 0;
    while (edge.send(large, flow)) {
      sent += 1;
      if (sent % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(closed).toHaveLength(1);
  });

  it('throws out who is banned while connected', async () => {
    const { edge } = await run({ listen });
    const client = await tcpClient(portOf(edge, 'tcp'), '127.0.0.2');
    await until(() => edge.counters().connections === 1);
    for (let n = 0; n < 9; n += 1) edge.bans.recordFailure('127.0.0.2', GUESS);
    await until(() => client.destroyed);
    const again = await tcpClient(portOf(edge, 'tcp'), '127.0.0.2');
    await until(() => again.destroyed);
    expect(edge.counters()).toMatchObject({ connections: 0, bans: 1 });
  });
});

describe('IPv4 and IPv6', () => {
  const both = [
    { host: HOST, port: 0 },
    { host: '::1', port: 0 },
  ];

  it('are taken side by side, and each is answered from where it was asked', async () => {
    const { edge, received } = await run({ listen: { udp: both, tcp: both } });
    const [v4, v6] = edge.addresses().udp;
    const six = createSocket('udp6');
    cleanups.push(() => six.close());
    await new Promise<void>((resolve) => six.bind(0, '::1', resolve));
    const four = await udpClient();
    four.send(OPTIONS, v4?.port ?? 0, HOST);
    six.send(OPTIONS, v6?.port ?? 0, '::1');
    await until(() => received.length === 2);
    const flows = received.map(({ flow }) => flow);
    const byV6 = flows.find(({ remote }) => remote.address === '::1');
    const byV4 = flows.find(({ remote }) => remote.address === HOST);
    expect(byV6?.local).toEqual({ address: '::1', port: v6?.port });
    expect(byV4?.local).toEqual({ address: HOST, port: v4?.port });
    const heard = [once(six, 'message'), once(four, 'message')];
    for (const flow of flows) edge.send(Buffer.from('SIP/2.0 200 OK'), flow);
    const sources = (await Promise.all(heard)).map(([, from]) => `${from.address} ${from.port}`);
    expect(sources).toEqual([`::1 ${v6?.port}`, `${HOST} ${v4?.port}`]);
  });

  it('are chosen by the peer where we begin', async () => {
    const { edge } = await run({ listen: { udp: both, tcp: both } });
    const flow = (address: string) =>
      edge.flowTo({ transport: 'udp', remote: { address, port: 5060 } })?.local.address;
    expect([flow('192.0.2.1'), flow('2001:db8::1')]).toEqual([HOST, '::1']);
    const { edge: onlyFour } = await run({ listen: { udp: { host: HOST, port: 0 } } });
    const remote = { address: '2001:db8::1', port: 5060 };
    expect(onlyFour.flowTo({ transport: 'udp', remote })).toBeUndefined();
  });

  it('share no socket: on a wildcard no IPv4 comes dressed as IPv6', async () => {
    const { edge, received } = await run({
      listen: {
        udp: [
          { host: '0.0.0.0', port: 0 },
          { host: '::', port: 0 },
        ],
        tcp: [
          { host: '0.0.0.0', port: 0 },
          { host: '::', port: 0 },
        ],
      },
    });
    const [udp4] = edge.addresses().udp;
    const [tcp4, tcp6] = edge.addresses().tcp;
    (await udpClient()).send(OPTIONS, udp4?.port ?? 0, HOST);
    (await tcpClient(tcp4?.port ?? 0)).write(OPTIONS);
    const six = connect({ port: tcp6?.port ?? 0, host: '::1' });
    cleanups.push(() => six.destroy());
    six.write(OPTIONS);
    await until(() => received.length === 3);
    const addresses = received.map(({ flow }) => flow.remote.address).sort();
    expect(addresses).toEqual([HOST, HOST, '::1']);
  });
});

describe('TLS and WSS', () => {
  it('speak SIP inside, with the certificates of their source', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'edge-tls-'));
    ensureSelfSigned(dataDir, [HOST], Date.now());
    const tls = openTlsStore({ dataDir, tlsCert: null, tlsKey: null, log });
    cleanups.push(() => tls.close());
    const { edge, received } = await run({
      listen: { tls: { host: HOST, port: 0 }, wss: { host: HOST, port: 0 } },
      tls,
    });
    const client = connectTls({
      port: portOf(edge, 'tls'),
      host: HOST,
      ca: String(tls.options().cert),
    });
    cleanups.push(() => client.destroy());
    client.write(OPTIONS);
    await until(() => received.length === 1);
    expect(received[0]?.flow.transport).toBe('tls');
    const browser = new WebSocket(`wss://${HOST}:${portOf(edge, 'wss')}`, 'sip', {
      ca: String(tls.options().cert),
    });
    cleanups.push(() => browser.terminate());
    await once(browser, 'open');
    browser.send(OPTIONS);
    await until(() => received.length === 2);
    expect(received[1]?.flow.transport).toBe('wss');
    edge.reload();
  });

  it('count handshakes that never end for their own source, and give the place back', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'edge-tls-'));
    ensureSelfSigned(dataDir, [HOST], Date.now());
    const tls = openTlsStore({ dataDir, tlsCert: null, tlsKey: null, log });
    cleanups.push(() => tls.close());
    const { edge, received } = await run({
      listen: { tls: { host: HOST, port: 0 }, ws: { host: HOST, port: 0 } },
      limits: { maxConnectionsPerSource: 2 },
      tls,
    });
    const port = portOf(edge, 'tls');
    const mute = await tcpClient(port, '127.0.0.2');
    await tcpClient(portOf(edge, 'ws'), '127.0.0.2');
    const third = await tcpClient(port, '127.0.0.2');
    await until(() => third.destroyed);
    const speak = async (localAddress: string): Promise<void> => {
      const ca = String(tls.options().cert);
      const client = connectTls({
        socket: connect({ port, host: HOST, localAddress }),
        host: HOST,
        ca,
      });
      cleanups.push(() => client.destroy());
      const before = received.length;
      client.write(OPTIONS);
      await until(() => received.length > before);
      client.end();
      await until(() => edge.counters().connections === 0);
    };
    for (let n = 0; n < 4; n += 1) await speak('127.0.0.3');
    mute.destroy();
    await once(mute, 'close');
    await new Promise((resolve) => setImmediate(resolve));
    for (let n = 0; n < 4; n += 1) await speak('127.0.0.2');
    expect(edge.counters().connectionsRefused).toBe(1);
  });

  it('need a certificate', async () => {
    const edge = createEdge({
      listen: { tls: { host: HOST, port: 0 } },
      log,
      clock: systemClock,
      newId,
      onMessages: () => {},
      onFlowClosed: () => {},
    });
    await expect(edge.start()).rejects.toThrow(/needs a certificate/);
  });
});

describe('WS', () => {
  const listen = { ws: { host: HOST, port: 0 } };

  async function browserOf(edge: Edge, protocols: string[], origin?: string): Promise<WebSocket> {
    const options = origin === undefined ? {} : { origin };
    const socket = new WebSocket(`ws://${HOST}:${portOf(edge, 'ws')}`, protocols, options);
    cleanups.push(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  }

  it('carries a message a frame, both ways, and answers keep-alives', async () => {
    const { edge, received, closed } = await run({ listen });
    const socket = await browserOf(edge, ['sip']);
    expect(socket.protocol).toBe('sip');
    const frames: string[] = [];
    socket.on('message', (data, isBinary) =>
      frames.push(`${isBinary ? 'b' : 't'}:${String(data)}`),
    );
    socket.send('\r\n\r\n');
    await until(() => frames.length === 1);
    socket.send(OPTIONS.toString());
    socket.send(OPTIONS);
    await until(() => received.length === 2);
    const flow = received[0]?.flow;
    if (flow === undefined) throw new Error('nothing came');
    expect(received.every(({ bytes }) => bytes.equals(OPTIONS))).toBe(true);
    edge.send(Buffer.from('SIP/2.0 200 OK'), flow);
    edge.send(Buffer.from([0x53, 0xff]), flow);
    await until(() => frames.length === 3);
    expect(frames.slice(0, 2)).toEqual(['t:\r\n', 't:SIP/2.0 200 OK']);
    expect(frames[2]?.startsWith('b:')).toBe(true);
    socket.close();
    await until(() => closed.length === 1);
    expect(closed).toEqual([flow]);
    // A browser can't be called back: its flow was all there was.
    expect(edge.send(OPTIONS, { ...flow, connectionId: undefined })).toBe(false);
    expect(edge.flowTo({ transport: 'ws', remote: flow.remote })).toBeUndefined();
  });

  it('refuses other subprotocols and foreign origins', async () => {
    const { edge } = await run({
      listen,
      allowOrigin: (origin) => origin === undefined || origin === 'https://portal.test',
    });
    await expect(browserOf(edge, [])).rejects.toThrow(/400/);
    await expect(browserOf(edge, ['chat'])).rejects.toThrow(/400/);
    await expect(browserOf(edge, ['sip'], 'https://evil.test')).rejects.toThrow(/403/);
    await browserOf(edge, ['chat', 'sip'], 'https://portal.test');
    expect(edge.counters().connections).toBe(1);
  });

  it('ends a connection that stops in the middle of a frame', async () => {
    const clock = movable();
    const { edge, received, closed } = await run({ listen, clock });
    const half = await tcpClient(portOf(edge, 'ws'));
    half.write(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
        'Sec-WebSocket-Protocol: sip\r\n\r\n',
    );
    await until(() => half.text.includes('101 Switching'));
    const whole = await browserOf(edge, ['sip']);
    whole.send(OPTIONS);
    await until(() => received.length === 1);
    // A masked text frame of 100 bytes, of which four come.
    half.write(Buffer.from([0x81, 0x80 | 100, 1, 2, 3, 4, 5, 6, 7, 8]));
    // What comes later on another connection is read later.
    whole.send(OPTIONS);
    await until(() => received.length === 2);
    clock.add(9_000);
    edge.sweep();
    expect(closed).toEqual([]);
    clock.add(1_100);
    edge.sweep();
    await until(() => closed.length === 1);
    expect(edge.counters().connections).toBe(1);
  });

  it('tells plain HTTP what it is, and closes on a frame beyond its bound', async () => {
    const { edge, closed } = await run({
      listen,
      limits: { maxHeaderBytes: 500, maxBodyBytes: 500 },
    });
    const response = await fetch(`http://${HOST}:${portOf(edge, 'ws')}/`);
    expect(response.status).toBe(426);
    const socket = await browserOf(edge, ['sip']);
    socket.on('error', () => {});
    socket.send('x'.repeat(2_000));
    await until(() => closed.length === 1);
  });
});

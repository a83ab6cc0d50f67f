import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '@/lib/core/clock';
import { newId } from '@/lib/core/ids.server';
import { silentLogger } from '@/lib/infra/log';
import { makeSelfSigned, type TlsPair } from '@/lib/infra/tls/self-signed';
import { createEdge } from '@/lib/switch/edge/edge';
import { peerIdentityProblem } from '@/lib/switch/edge/peer-identity';
import type { Edge } from '@/lib/switch/edge/types';

const closing: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const pairOf = (...names: string[]): TlsPair => makeSelfSigned(names, Date.now());

/** A carrier's TLS server; what it was sent, and how many connections it had. */
async function carrier(pair: TlsPair) {
  const sockets = new Set<TLSSocket>();
  const heard = { bytes: '', connections: 0 };
  const server = createServer(pair, (socket) => {
    heard.connections += 1;
    sockets.add(socket);
    socket.on('data', (chunk) => {
      heard.bytes += chunk.toString('latin1');
    });
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, heard };
}

async function edgeTrusting(authorities: Readonly<Record<string, string>>) {
  const own = pairOf('127.0.0.1');
  let closed: (why: Error | undefined) => void = () => {};
  const edge: Edge = createEdge({
    listen: { tls: { host: '127.0.0.1', port: 0 } },
    tls: { options: () => own, follow: () => {}, refresh: () => {} },
    log: silentLogger,
    clock: systemClock,
    newId,
    onMessages: () => {},
    onFlowClosed: (_flow, why) => closed(why),
    authorityOf: (name) => authorities[name],
  });
  await edge.start();
  closing.push(() => edge.stop());
  return {
    edge,
    send(peerName: string, port: number) {
      const remote = { address: '127.0.0.1', port };
      const flow = edge.flowTo({ transport: 'tls', remote, peerName });
      if (!flow) throw new Error('no flow');
      return edge.send(Buffer.from('OPTIONS'), flow);
    },
    nextClosed: () =>
      new Promise<Error | undefined>((resolve) => {
        closed = resolve;
      }),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !holds(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(holds()).toBe(true);
}

test('a certificate of the configured name is taken, and its connection used again', async () => {
  const pair = pairOf('sip.carrier.test');
  const { port, heard } = await carrier(pair);
  const { send } = await edgeTrusting({ 'sip.carrier.test': pair.cert });
  send('sip.carrier.test', port);
  await until(() => heard.bytes === 'OPTIONS');
  send('sip.carrier.test', port);
  await until(() => heard.bytes === 'OPTIONSOPTIONS');
  expect(heard.connections).toBe(1);
});

test('a certificate of another name is refused before a byte is sent, and named', async () => {
  const pair = pairOf('evil.test');
  const { port, heard } = await carrier(pair);
  const { send, nextClosed } = await edgeTrusting({ 'sip.carrier.test': pair.cert });
  const closed = nextClosed();
  send('sip.carrier.test', port);
  expect((await closed)?.message).toBe(
    "The certificate is not sip.carrier.test's: it is for DNS:evil.test.",
  );
  expect(heard.bytes).toBe('');
});

test('a certificate signed by nobody that is trusted is refused', async () => {
  const { port, heard } = await carrier(pairOf('sip.carrier.test'));
  const { send, nextClosed } = await edgeTrusting({});
  const closed = nextClosed();
  send('sip.carrier.test', port);
  expect(await closed).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(heard.bytes).toBe('');
});

test('an address must stand in the certificate where an address was configured', async () => {
  const pair = pairOf('127.0.0.1');
  const { port, heard } = await carrier(pair);
  const { send } = await edgeTrusting({ '127.0.0.1': pair.cert });
  send('127.0.0.1', port);
  await until(() => heard.bytes === 'OPTIONS');
});

test('a connection made to one name is not used for another', async () => {
  const pair = pairOf('a.test', 'b.test');
  const { port, heard } = await carrier(pair);
  const { send } = await edgeTrusting({ 'a.test': pair.cert, 'b.test': pair.cert });
  send('a.test', port);
  send('b.test', port);
  await until(() => heard.connections === 2);
});

test.each([
  ['a DNS name', 'sip.carrier.test', 'DNS:sip.carrier.test', true],
  ['a sip URI', 'carrier.test', 'URI:sip:carrier.test, DNS:edge7.test', true],
  ['a wildcard of one label', 'eu.carrier.test', 'DNS:*.carrier.test', true],
  ['a wildcard for the domain above', 'carrier.test', 'DNS:*.carrier.test', false],
  ['a name that only begins so', 'carrier.test', 'DNS:carrier.test.evil.test', false],
  ['a name that only ends so', 'carrier.test', 'DNS:evilcarrier.test', false],
  ['an address for a name', 'carrier.test', 'IP Address:192.0.2.1', false],
] as const)('%s', (...[, name, subjectaltname, isFine]) => {
  const certificate = { subject: { CN: name }, subjectaltname } as never;
  expect(peerIdentityProblem(name, certificate) === undefined).toBe(isFine);
});

test('a common name alone proves nothing', () => {
  const certificate = { subject: { CN: 'carrier.test' } } as never;
  expect(peerIdentityProblem('carrier.test', certificate)).toBeInstanceOf(Error);
});

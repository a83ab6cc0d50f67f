import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { listBans } from '@/lib/services/bans/list-bans';
import { Citizens } from '@/tests/support/citizens';
import { eventually } from '@/tests/support/eventually';
import { labOperator } from '@/tests/support/lab-operator';
import { type RunningSwitch, startSwitch } from '@/tests/support/running-switch';
import { unnoticed as besideCitizens } from '@/tests/support/under-attack';

let running: RunningSwitch;
let citizens: Citizens;
const open: { destroy(): void }[] = [];

beforeAll(async () => {
  running = await startSwitch();
  citizens = await Citizens.open(running.ports.sip);
});

afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});

afterAll(async () => {
  citizens?.close();
  await running?.close();
});

const unnoticed = <T>(attack: () => Promise<T>) => besideCitizens({ running, citizens }, attack);

type Client = Socket & { text: string };

async function tcp(localAddress: string, port = running.ports.sip): Promise<Client> {
  const socket = Object.assign(connect({ port, host: '127.0.0.1', localAddress, noDelay: true }), {
    text: '',
  });
  open.push(socket);
  socket.on('data', (chunk: Buffer) => {
    socket.text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

let serial = 0;

function options(more: { lines?: readonly string[]; length?: number; body?: string } = {}): string {
  serial += 1;
  const { lines = [], body = '' } = more;
  return [
    'OPTIONS sip:acme.lab.test SIP/2.0',
    `Via: SIP/2.0/TCP me.test;rport;branch=z9hG4bKs${serial}`,
    'From: <sip:me@me.test>;tag=1',
    'To: <sip:acme.lab.test>',
    `Call-ID: stream-${serial}`,
    'CSeq: 1 OPTIONS',
    ...lines,
    `Content-Length: ${more.length ?? body.length}`,
    '',
    body,
  ].join('\r\n');
}

const answers = (client: Client): number => client.text.split('SIP/2.0 200 OK').length - 1;
const isGone = (client: Client) => eventually(() => client.destroyed || client.readableEnded);

test('one byte at a time, and many messages in one piece, are messages like any other', async () => {
  await unnoticed(async () => {
    const slow = await tcp('127.0.0.66');
    for (const byte of Buffer.from(`\r\n\r\n${options()}`)) {
      slow.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => answers(slow) === 1);
    const many = await tcp('127.0.0.66');
    many.write(Array.from({ length: 50 }, () => options()).join(''));
    await eventually(() => answers(many) === 50);
  });
});

test('a Content-Length that lies ends the connection instead of smuggling a request', async () => {
  await unnoticed(async () => {
    const smuggler = await tcp('127.0.0.66');
    // Too short a length makes the rest of the body the next message: one without a length.
    smuggler.write(options({ body: '12345\r\nVia: x\r\n\r\n', length: 3 }));
    await isGone(smuggler);
    expect(answers(smuggler)).toBeLessThanOrEqual(1);
    for (const lines of [['l: 0'], ['Content-Length: 0']]) {
      const doubled = await tcp('127.0.0.66');
      doubled.write(options({ lines }));
      await isGone(doubled);
      expect(answers(doubled)).toBe(0);
    }
  });
});

test('headers beyond 64 KB and a body beyond all bounds end the connection', async () => {
  await unnoticed(async () => {
    const talker = await tcp('127.0.0.66');
    for (let n = 0; n < 80 && !talker.destroyed; n += 1)
      talker.write(`X: ${'y'.repeat(1_000)}\r\n`);
    await isGone(talker);
    const promiser = await tcp('127.0.0.66');
    promiser.write(options({ length: 999_999_999 }));
    await isGone(promiser);
  });
});

test('who stops in the middle of a message, or of a handshake, is hung up on after ten seconds', async () => {
  await unnoticed(async () => {
    const half = await tcp('127.0.0.66');
    half.write('OPTIONS sip:acme.lab.test SIP/2.0\r\nVia: ');
    const trickle = await tcp('127.0.0.66');
    trickle.write('OPTIONS sip:acme.lab.test SIP/2.0\r\nX: ');
    const dripping = setInterval(() => trickle.write('y'), 500);
    const handshake = await tcp('127.0.0.66', running.ports.tls);
    const request = await tcp('127.0.0.66', running.ports.ws);
    request.write('GET / HTTP/1.1\r\nHost: a\r\n');
    const startedAt = Date.now();
    const gone = (client: Client) =>
      eventually(() => client.destroyed || client.readableEnded, 20_000);
    await Promise.all([half, trickle, handshake, request].map(gone));
    clearInterval(dripping);
    expect(Date.now() - startedAt).toBeGreaterThan(8_000);
  });
});

test('one address fills its own places, and nobody else’s', async () => {
  await unnoticed(async () => {
    const hoard = await Promise.all(Array.from({ length: 300 }, () => tcp('127.0.0.67')));
    await eventually(() => hoard.filter((client) => client.destroyed).length >= 50);
    const other = await tcp('127.0.0.68');
    other.write(options());
    await eventually(() => answers(other) === 1);
    for (const client of hoard) client.destroy();
    await eventually(async () => {
      const again = await tcp('127.0.0.67');
      again.write(options());
      return eventually(() => answers(again) === 1, 300).then(
        () => true,
        () => false,
      );
    });
  });
});

test('who never reads is cut off and leaves nothing behind', async () => {
  await unnoticed(async () => {
    const deaf = await tcp('127.0.0.69');
    deaf.pause();
    // Each answer takes up its Via: 800 requests of 6 kB are far more than may lie unread.
    const filler = [`Via: SIP/2.0/TCP ${'v'.repeat(200)};x=${'y'.repeat(6_000)}`];
    for (let n = 0; n < 900 && !deaf.destroyed; n += 1) {
      deaf.write(options({ lines: filler }));
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // It learns that it was cut off by what it still tries to say.
    await eventually(() => {
      if (!deaf.destroyed) deaf.write(options());
      return deaf.destroyed;
    });
    expect(deaf.text).toBe('');
  });
});

test('a scanner on a connection is hung up on and banned', async () => {
  await unnoticed(async () => {
    const scanner = await tcp('127.0.0.70');
    scanner.write(options({ lines: ['User-Agent: friendly-scanner'] }));
    await isGone(scanner);
    expect(scanner.text).toBe('');
    const again = await tcp('127.0.0.70');
    await isGone(again);
  });
  const operator = await labOperator(running.database);
  await eventually(async () => {
    const { items } = await listBans(operator);
    return items.some(({ address, cause }) => address === '127.0.0.70' && cause === 'scanner');
  });
});

async function webSocket(
  origin: string | undefined,
  protocols: string | string[] = 'sip',
): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${running.ports.ws}`, protocols, {
    localAddress: '127.0.0.71',
    ...(origin === undefined ? {} : { origin }),
  });
  open.push({ destroy: () => socket.terminate() });
  return await new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', () => resolve(0));
  });
}

test('a web page of somebody else gets no WebSocket, nor does another subprotocol', async () => {
  await unnoticed(async () => {
    expect(await webSocket('https://portal.test')).toBe(101);
    expect(await webSocket('https://acme.lab.test')).toBe(101);
    expect(await webSocket(undefined)).toBe(101);
    expect(await webSocket('https://evil.test')).toBe(403);
    expect(await webSocket('null')).toBe(403);
    expect(await webSocket('https://portal.test', 'chat')).toBe(400);
    expect(await webSocket('https://portal.test', [])).toBe(400);
  });
});

test('a frame is a message: half of one is refused, two in one are the first', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${running.ports.ws}`, 'sip');
  open.push({ destroy: () => socket.terminate() });
  await once(socket, 'open');
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  await unnoticed(async () => {
    socket.send(options().slice(0, -2));
    await eventually(() => frames.length === 1);
    expect(frames[0]).toMatch(/^SIP\/2\.0 400 /);
    socket.send(`${options()}${options()}`);
    await eventually(() => frames.length === 2);
    socket.send(options());
    await eventually(() => frames.length === 3);
    expect(frames.slice(1).every((frame) => frame.startsWith('SIP/2.0 200'))).toBe(true);
  });
});

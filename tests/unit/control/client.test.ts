import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createControlClient } from '@/lib/control/client';
import type { ControlEvent } from '@/lib/control/events';
import { parseControlEvent } from '@/lib/control/events';
import { CONTROL_SECRET_HEADER, MAX_LINE_BYTES } from '@/lib/control/wire';

const SECRET = 'the shared secret';
const STATUS = {
  nodeId: 'n1',
  state: 'running',
  startedAtMs: 1,
  liveCalls: 2,
  registrations: 3,
  sip: { udp: '127.0.0.1:5060', tcp: null, tls: null, ws: null, wss: null },
  inUse: { transactions: 0, dialogs: 0, mediaSessions: 0, mediaPortPairs: 0 },
  media: { engine: 'rtpengine', nodes: [{ name: '192.0.2.7:2223', isUp: true }] },
  configurationCheckedAtMs: null,
};
const PING = { type: 'ping', atMs: 1 };

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function clientOf(listener: RequestListener) {
  const opened = createServer(listener);
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  const { port } = opened.address() as AddressInfo;
  return createControlClient({ port, secret: SECRET, timeoutMs: 200 });
}

async function collect(events: AsyncGenerator<ControlEvent, void, void>) {
  const seen: ControlEvent[] = [];
  let failure: unknown;
  try {
    for await (const event of events) seen.push(event);
  } catch (error) {
    failure = error;
  }
  return { seen, failure };
}

describe('commands', () => {
  test('carry the secret and give the parsed result', async () => {
    let told: unknown;
    const client = await clientOf((request, response) => {
      told = [request.method, request.url, request.headers[CONTROL_SECRET_HEADER]];
      response.end(JSON.stringify({ ok: true, result: STATUS }));
    });
    expect(await client.send('status', {})).toEqual(STATUS);
    expect(told).toEqual(['POST', '/commands/status', SECRET]);
  });

  test('pass a refusal on by its code', async () => {
    const client = await clientOf((_request, response) => {
      const refusal = { ok: false, code: 'NOT_FOUND', message: 'There is no such call.' };
      response.writeHead(404).end(JSON.stringify(refusal));
    });
    const sent = client.send('hangUp', {
      scopePath: '/00000000-0000-7000-8000-000000000001/',
      callId: '00000000-0000-7000-8000-000000000002',
    });
    await expect(sent).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that nobody answers, answers in time or answers sensibly are told apart', async () => {
    const silent = await clientOf(() => undefined);
    await expect(silent.send('status', {})).rejects.toMatchObject({ code: 'TIMEOUT' });
    const strange = await clientOf((_request, response) => response.end('{"ok":true,"result":{}}'));
    await expect(strange.send('status', {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const nobody = createControlClient({ port: 1, secret: SECRET });
    await expect(nobody.send('status', {})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('events', () => {
  test('arrive whole however the bytes are cut, and unknown ones are passed over', async () => {
    const text = `${JSON.stringify(PING)}\n{"type":"of a newer switch"}\nnot json\n${JSON.stringify(PING)}\n`;
    const client = await clientOf((_request, response) => {
      for (let at = 0; at < text.length; at += 7) response.write(text.slice(at, at + 7));
      response.end();
    });
    const { seen, failure } = await collect(client.events(new AbortController().signal));
    expect(seen).toEqual([PING, PING]);
    expect(failure).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('a line without end is not gathered for ever', async () => {
    const client = await clientOf((_request, response) => {
      response.write('x'.repeat(2 * MAX_LINE_BYTES));
    });
    const { failure } = await collect(client.events(new AbortController().signal));
    expect(failure).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('stop when they are no longer wanted', async () => {
    const stop = new AbortController();
    const client = await clientOf((_request, response) => {
      response.write(`${JSON.stringify(PING)}\n`);
    });
    const events = client.events(stop.signal);
    expect((await events.next()).value).toEqual(PING);
    stop.abort();
    const { seen, failure } = await collect(events);
    expect(seen).toEqual([]);
    expect(failure).toBeDefined();
  });

  test('without the secret there are none', async () => {
    const client = await clientOf((_request, response) => response.writeHead(403).end());
    const { failure } = await collect(client.events(new AbortController().signal));
    expect(failure).toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('are checked as they are read', () => {
    expect(parseControlEvent('{"type":"ping","atMs":-1}')).toBeNull();
    expect(parseControlEvent('{"type":"ping","atMs":1}')).toEqual(PING);
  });
});

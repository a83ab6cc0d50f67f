import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET as health } from '@/app/api/health/route';
import { DELETE as signOut } from '@/app/api/v1/session/route';
import type { ControlEvent } from '@/lib/control/events';
import { CONTROL_SECRET_HEADER } from '@/lib/control/wire';
import { newId } from '@/lib/core/ids.server';
import type { LiveEvent } from '@/lib/services/live/schemas';
import { handleLive } from '@/lib/web/live-stream';
import { liveHub } from '@/lib/web/sse-hub';
import { addAccount, addUser, call, openWorld, requestOf, signInBy, type World } from './world';

const SECRET = 's'.repeat(32);

/** The switch's side of the control channel, as the contract says it. */
class StandInSwitch {
  private readonly readers = new Set<ServerResponse>();
  readonly server: Server = createServer((request, response) => {
    if (request.headers[CONTROL_SECRET_HEADER] !== SECRET) {
      response.writeHead(403).end();
    } else if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      this.readers.add(response);
      response.on('close', () => this.readers.delete(response));
      this.tell({ type: 'hello', nodeId: 'test', startedAtMs: 1 });
    } else {
      const sip = { udp: null, tcp: null, tls: null, ws: null, wss: null };
      const inUse = { transactions: 0, dialogs: 0, mediaSessions: 0, mediaPortPairs: 0 };
      const media = { engine: 'relay', nodes: [] };
      const counts = { liveCalls: 0, registrations: 0, inUse, media };
      const result = { nodeId: 'test', state: 'running', startedAtMs: 1, sip, ...counts };
      Object.assign(result, { configurationCheckedAtMs: null });
      response.end(JSON.stringify({ ok: true, result }));
    }
  });

  tell(event: ControlEvent): void {
    for (const reader of this.readers) reader.write(`${JSON.stringify(event)}\n`);
  }

  cut(): void {
    for (const reader of this.readers) reader.destroy();
  }

  listen(): Promise<number> {
    return new Promise((resolve) =>
      this.server.listen(0, '127.0.0.1', () =>
        resolve((this.server.address() as AddressInfo).port),
      ),
    );
  }
}

/** Reads server-sent events one by one. */
class EventReader {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private text = '';

  constructor(response: Response) {
    if (!response.body) throw new Error('no body');
    this.reader = response.body.getReader();
  }

  /** The next event, or null at the end. */
  async next(): Promise<LiveEvent | null> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const data = /^data: (.*)$/m.exec(this.text.slice(0, end))?.[1];
        this.text = this.text.slice(end + 2);
        if (data !== undefined) return JSON.parse(data) as LiveEvent;
        continue;
      }
      const part = await this.reader.read();
      if (part.done) return null;
      this.text += Buffer.from(part.value).toString('utf8');
    }
  }

  /** Up to and with the next event of a type. */
  async until(type: LiveEvent['type']): Promise<LiveEvent> {
    for (let event = await this.next(); event; event = await this.next()) {
      if (event.type === type) return event;
    }
    throw new Error(`the stream ended before "${type}"`);
  }

  close(): Promise<void> {
    return this.reader.cancel();
  }
}

const phone = new StandInSwitch();
let world: World;
let north: { id: string; path: string };
let acme: { id: string; path: string };
let birch: { id: string; path: string };

beforeAll(async () => {
  world = await openWorld({ controlPort: await phone.listen(), controlSecret: SECRET });
  const operator = await addAccount(world, { kind: 'operator' });
  north = await addAccount(world, { kind: 'reseller', parent: operator });
  acme = await addAccount(world, { kind: 'customer', parent: north });
  birch = await addAccount(world, { kind: 'customer', parent: operator });
  await addUser(world, 'owner@acme.test', [acme.id]);
  await addUser(world, 'owner@north.test', [north.id]);
});

afterAll(async () => {
  liveHub(world.runtime).stop();
  phone.cut();
  phone.server.close();
  await world.close();
});

async function open(email: string) {
  const { cookie } = await signInBy({ email });
  const response = await handleLive(requestOf({ cookie, path: '/api/live' }));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  return { cookie, events: new EventReader(response) };
}

function registration(account: { path: string }, extensionId: string): ControlEvent {
  return {
    type: 'registration.changed',
    atMs: 1_000,
    tenantId: newId(),
    extensionId,
    accountPath: account.path,
    registered: true,
    cause: 'registered',
    binding: null,
  };
}

test('nobody gets a stream without being let in', async () => {
  expect((await handleLive(requestOf({ path: '/api/live' }))).status).toBe(401);
});

test('each viewer sees what happens in their own subtree and nothing else', async () => {
  const customer = await open('owner@acme.test');
  const reseller = await open('owner@north.test');
  await customer.events.until('ready');
  await reseller.events.until('ready');
  const [foreign, ofNorth, ofAcme] = [newId(), newId(), newId()];
  phone.tell(registration(birch, foreign));
  phone.tell(registration(north, ofNorth));
  phone.tell(registration(acme, ofAcme));
  expect(await customer.events.next()).toMatchObject({ extensionId: ofAcme });
  expect(await reseller.events.next()).toMatchObject({ extensionId: ofNorth });
  expect(await reseller.events.next()).toMatchObject({ extensionId: ofAcme });
  await customer.events.close();
  await reseller.events.close();
});

test('a lost feed is told as stale, and ready again once it is back', async () => {
  const { events } = await open('owner@acme.test');
  await events.until('ready');
  phone.cut();
  const stale = await events.until('stale');
  expect(stale).toHaveProperty('since');
  await events.until('ready');
  const extensionId = newId();
  phone.tell(registration(acme, extensionId));
  expect(await events.next()).toMatchObject({ extensionId });
  await events.close();
});

test('ending the session ends its stream', async () => {
  const { cookie, events } = await open('owner@acme.test');
  await events.until('ready');
  await call(signOut, { method: 'DELETE', cookie });
  await events.until('ended');
  expect(await events.next()).toBeNull();
}, 20_000);

test('one session can not hold streams without end', async () => {
  const { cookie } = await signInBy({ email: 'owner@acme.test' });
  const streams: Response[] = [];
  for (let count = 0; count < 13; count += 1) {
    streams.push(await handleLive(requestOf({ cookie, path: '/api/live' })));
  }
  expect(streams.map(({ status }) => status)).toEqual([...Array<number>(12).fill(200), 429]);
  for (const stream of streams) await stream.body?.cancel();
  const after = await handleLive(requestOf({ cookie, path: '/api/live' }));
  expect(after.status).toBe(200);
  await after.body?.cancel();
});

test('health names the part that is down', async () => {
  const ask = async () => {
    world.clock.advance(1_001);
    const response = await health();
    return { status: response.status, body: await response.json() };
  };
  expect(await ask()).toMatchObject({
    status: 503,
    body: {
      status: 'down',
      components: { database: 'ok', switch: 'ok', worker: 'down' },
      down: ['worker'],
    },
  });
  const beat = new Date(world.clock.nowMs());
  await world.runtime.database.prisma.node.create({
    data: { id: 'w', kind: 'worker', startedAt: beat, heartbeatAt: beat },
  });
  expect(await ask()).toMatchObject({ status: 200, body: { status: 'ok', down: [] } });
  world.clock.advance(15_000);
  expect(await ask()).toMatchObject({ status: 503, body: { down: ['worker'] } });
});

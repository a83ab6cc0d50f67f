import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import { hashToken } from '@/lib/infra/crypto';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { Rtpengine } from '@/tests/support/rtpengine';
import { clearestTone } from '@/tests/support/tone';

/** The whole product as its README says to start it beside an rtpengine. */
const isThere = hasPeer('rtpengine') && hasPeer('baresip');
const test = anyTest.skipIf(!isThere);
const KEY = 'tb_rtpengine_test_of_acme';

let rtpengine: Rtpengine;
let product: Product;
let lab: Lab;
const phones: Baresip[] = [];

beforeAll(async () => {
  if (!isThere) return;
  rtpengine = await Rtpengine.start({
    ...{ portMin: 33_000, portMax: 33_399 },
    flags: ['--endpoint-learning=heuristic', '--timeout=3600'],
  });
  const { host, port } = rtpengine.place;
  product = await startProduct({
    scenario: 'lab',
    variables: { MEDIA: 'rtpengine', RTPENGINE: `${host}:${port}` },
  });
  lab = new Lab(product);
  await lab.sql(
    `INSERT INTO api_key (id, account_id, name, hint, secret_hash, role, scopes, cidrs)
     SELECT $1, t.account_id, 'test', 'tb_', $2, 'owner', ARRAY['*'], ARRAY['127.0.0.0/8']
       FROM tenant t WHERE t.domain = 'acme.lab.test'`,
    [randomUUID(), Buffer.from(hashToken(KEY))],
  );
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()));
});

afterAll(async () => {
  await lab?.close();
  await product?.stop();
  await rtpengine?.stop();
});

async function api(path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(`${product.ready.web}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
  });
}

async function json<T>(path: string): Promise<T> {
  return (await (await api(path)).json()) as T;
}

const send = (method: string, path: string, body: object) =>
  api(path, { method, body: JSON.stringify(body) });

async function phone(user: string, sipPort: number, toneHz: number): Promise<Baresip> {
  const started = await Baresip.start({
    ...{ user, sipPort, toneHz, domain: 'acme.lab.test', password: `lab-acme-${user}` },
    ...{ server: lab.sip, rtpPort: sipPort + 3_000, controlPort: sipPort + 5 },
  });
  phones.push(started);
  await started.says('200 OK');
  return started;
}

const callId = async (): Promise<string> => {
  let found: string | undefined;
  await eventually(async () => {
    found = (await json<{ items: { callId: string }[] }>('/live-calls')).items[0]?.callId;
    return found !== undefined;
  });
  return found ?? '';
};

test('a call passes rtpengine, and nobody believes that it is recorded', async () => {
  const health = await fetch(`${product.ready.web}/api/health`);
  expect(health.status).toBe(200);
  const { items: tenants } = await json<{ items: { id: string }[] }>('/tenants');
  const settings = `/tenants/${tenants[0]?.id}/recording`;
  expect(await json(settings)).toMatchObject({ available: false, consent: 'off' });
  const refused = await send('PATCH', settings, { consent: 'one_party' });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('rtpengine') });
  expect((await send('PATCH', settings, { retentionDays: 30 })).status).toBe(200);

  // A tenant whose calls were recorded before there was an rtpengine.
  await lab.sql(`UPDATE tenant SET recording_consent = 'one_party' WHERE domain = $1`, [
    'acme.lab.test',
  ]);
  await lab.sql(
    `UPDATE extension SET recording = 'always'
      WHERE number = '101' AND tenant_id = (SELECT id FROM tenant WHERE domain = $1)`,
    ['acme.lab.test'],
  );
  await eventually(async () => {
    const one = await json<{ generation: number; status: { observedGeneration: number } }>(
      `/tenants/${tenants[0]?.id}`,
    );
    return one.status.observedGeneration >= one.generation;
  });
  const caller = await phone('101', 15_940, 1_000);
  const callee = await phone('102', 15_950, 440);
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  await eventually(() => clearestTone(callee.heard(), 1_000) > 0.9);
  await eventually(() => clearestTone(caller.heard(), 440) > 0.9);
  const id = await callId();
  const asked = await send('POST', `/live-calls/${id}/recording`, { action: 'start' });
  expect(asked.status).toBe(503);
  await eventually(() => product.log.includes('recording.impossible'));
  caller.hangUp();
  await callee.says('CALL_CLOSED');
  await eventually(async () => (await api(`/calls/${id}`)).status === 200);
  const { items } = await json<{ items: unknown[] }>(`/recordings?callId=${id}`);
  expect(items).toEqual([]);
});

test('what the switch says itself is heard through it', async () => {
  const caller = await phone('103', 15_960, 600);
  caller.dial('*43');
  await caller.says('CALL_ESTABLISHED');
  await eventually(() => clearestTone(caller.heard(), 600) > 0.9, 25_000);
  caller.hangUp();
  expect(await lab.call('*43')).toMatchObject({ class: 'internal', sipStatus: 200 });
});

test('it starts where none answers yet, says so, and refuses calls until one does', async () => {
  const port = rtpengine.place.port + 1;
  const lonely = await startProduct({
    scenario: 'lab',
    variables: { MEDIA: 'rtpengine', RTPENGINE: `127.0.0.1:${port}` },
  });
  try {
    expect(lonely.log).toContain('media.no_rtpengine');
    const { udp } = lonely.ready.sip;
    const caller = await Baresip.start({
      ...{ user: '104', domain: 'acme.lab.test', password: 'lab-acme-104', toneHz: 600 },
      ...{ server: udp.replace(/^udp:/, ''), sipPort: 15_970, rtpPort: 18_970 },
      controlPort: 15_975,
    });
    phones.push(caller);
    await caller.says('200 OK');
    caller.dial('*43');
    await caller.says('503');
  } finally {
    await lonely.stop();
  }
});

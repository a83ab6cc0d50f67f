import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, test as anyTest, beforeAll, expect } from 'vitest';
import type { z } from 'zod';
import { hashToken } from '@/lib/infra/crypto';
import { recordingPageSchema, type recordingSchema } from '@/lib/services/recordings/schemas';
import { Baresip } from '@/tests/support/baresip';
import { eventually } from '@/tests/support/eventually';
import { Lab } from '@/tests/support/lab';
import { hasPeer } from '@/tests/support/peers.mjs';
import { type Product, startProduct } from '@/tests/support/product';
import { toneShare } from '@/tests/support/tone';

/** Calls of real phones, recorded by the whole product and read through its API. */
const test = anyTest.skipIf(!hasPeer('baresip'));

type Recording = z.infer<typeof recordingSchema>;

const CALLER_HZ = 1_000;
const CALLEE_HZ = 440;
/** Answer to hang-up less the pauses, ± 100 ms. */
const EXACT_MS = 100;
const RATE_HZ = 8_000;
const KEYS = { acme: 'tb_recording_test_of_acme', birch: 'tb_recording_test_of_birch' } as const;
type House = keyof typeof KEYS;

let product: Product;
let lab: Lab;
const phones: Baresip[] = [];

beforeAll(async () => {
  if (!hasPeer('baresip')) return;
  product = await startProduct({ scenario: 'lab' });
  lab = new Lab(product);
  for (const house of ['acme', 'birch'] as const) {
    await lab.sql(
      `INSERT INTO api_key (id, account_id, name, hint, secret_hash, role, scopes, cidrs)
       SELECT $1, t.account_id, 'test', 'tb_', $2, 'owner', ARRAY['*'], ARRAY['127.0.0.0/8']
         FROM tenant t WHERE t.domain = $3`,
      [randomUUID(), Buffer.from(hashToken(KEYS[house])), `${house}.lab.test`],
    );
  }
});

afterAll(async () => {
  await lab?.close();
  await product?.stop();
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map((phone) => phone.stop()));
  if (hasPeer('baresip')) await eventually(async () => (await lab.leftovers()).openHolds === '0');
});

async function api(house: House, path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(`${product.ready.web}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${KEYS[house]}`, 'content-type': 'application/json' },
  });
}

async function json<T>(house: House, path: string): Promise<T> {
  return (await (await api(house, path)).json()) as T;
}

/** Sets how a house is recorded, and a rule of its 101; waits until the switch knows. */
async function recordHouse(house: House, settings: object, rule: string): Promise<void> {
  const tenants = await json<{ items: { id: string }[] }>(house, '/tenants');
  const extensions = await json<{ items: { id: string; number: string }[] }>(house, '/extensions');
  const tenantId = tenants.items[0]?.id;
  const extensionId = extensions.items.find(({ number }) => number === '101')?.id;
  const patch = async (path: string, body: object): Promise<void> => {
    const response = await api(house, path, { method: 'PATCH', body: JSON.stringify(body) });
    expect(response.status, await response.clone().text()).toBe(200);
  };
  await patch(`/tenants/${tenantId}/recording`, settings);
  await patch(`/extensions/${extensionId}`, { recording: rule });
  await eventually(async () => {
    const paths = [`/tenants/${tenantId}`, `/extensions/${extensionId}`];
    const objects = await Promise.all(
      paths.map((path) =>
        json<{ generation: number; status: { observedGeneration: number | null } }>(house, path),
      ),
    );
    return objects.every((one) => (one.status.observedGeneration ?? 0) >= one.generation);
  });
}

async function phone(user: string, sipPort: number, options: { toneHz: number; voices?: string }) {
  const started = await Baresip.start({
    ...options,
    ...{ user, sipPort, domain: 'acme.lab.test', password: `lab-acme-${user}`, server: lab.sip },
    ...{ rtpPort: sipPort + 3_000, controlPort: sipPort + 5 },
  });
  phones.push(started);
  await started.says('200 OK');
  return started;
}

async function liveCall(house: House = 'acme') {
  const { items } = await json<{ items: { callId: string; recording: string | null }[] }>(
    house,
    '/live-calls',
  );
  return items[0];
}

async function control(callId: string, action: string, house: House = 'acme'): Promise<Response> {
  const body = JSON.stringify({ action });
  return await api(house, `/live-calls/${callId}/recording`, { method: 'POST', body });
}

/** Does something to a recording; when that was asked for, and when it was told. */
async function controlled(callId: string, action: string, state: string) {
  const asked = Date.now();
  expect(await (await control(callId, action)).json()).toEqual({ state });
  return { asked, told: Date.now() };
}

async function recordingOf(callId: string): Promise<Recording> {
  let found: Recording | undefined;
  await eventually(async () => {
    const page = await json(`acme`, `/recordings?callId=${callId}`);
    found = recordingPageSchema.parse(page).items[0];
    return found?.state === 'ready';
  }, 30_000);
  if (!found) throw new Error('there is no recording');
  return found;
}

/** Both sides of a recording as samples. */
async function soundOf({ id }: Recording): Promise<{ left: Float64Array; right: Float64Array }> {
  const response = await api('acme', `/recordings/${id}/audio`);
  expect(response.headers.get('content-type')).toBe('audio/wav');
  const wav = Buffer.from(await response.arrayBuffer());
  expect(wav.readUInt32LE(24)).toBe(RATE_HZ);
  const side = (at: number): Float64Array =>
    Float64Array.from(
      { length: (wav.length - 44) / 4 },
      (_, index) => wav.readInt16LE(44 + index * 4 + at) / 32_768,
    );
  return { left: side(0), right: side(2) };
}

const callMs = async (callId: string): Promise<number> =>
  (await json<{ durationMs: number }>('acme', `/calls/${callId}`)).durationMs;

/** Without the moment in which a phone begins and the one in which it ends. */
const middle = (samples: Float64Array): Float64Array => samples.slice(RATE_HZ / 2, -RATE_HZ / 2);

/** The share of a tone in the quarter of a second in which something else is heard most. */
function leastShare(samples: Float64Array, toneHz: number): number {
  const window = RATE_HZ / 4;
  const shares: number[] = [];
  for (let start = 0; start + window <= samples.length; start += window) {
    const part = samples.slice(start, start + window);
    const isHeard = part.some((sample) => Math.abs(sample) > 0.01);
    if (isHeard) shares.push(toneShare(part, toneHz));
  }
  return Math.min(...shares);
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('both voices are on channels of their own, and it is as long as the call was', async () => {
  await recordHouse('acme', { consent: 'one_party', format: 'wav' }, 'always');
  const caller = await phone('101', 15_810, { toneHz: CALLER_HZ });
  const callee = await phone('102', 15_820, { toneHz: CALLEE_HZ });
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  await eventually(async () => (await liveCall())?.recording === 'recording');
  const callId = (await liveCall())?.callId ?? '';
  // Nobody else learns that it is recorded.
  expect((await control(callId, 'pause', 'birch')).status).toBe(404);
  await sleep(4_000);
  caller.hangUp();
  await callee.says('CALL_CLOSED');
  const recording = await recordingOf(callId);
  expect(recording).toMatchObject({ consent: 'one_party', automatic: true, incomplete: false });
  const lengthMs = await callMs(callId);
  expect(Math.abs((recording.durationMs ?? 0) - lengthMs)).toBeLessThan(EXACT_MS);
  const { left, right } = await soundOf(recording);
  expect(Math.abs((left.length * 1_000) / RATE_HZ - lengthMs)).toBeLessThan(EXACT_MS);
  expect(toneShare(middle(left), CALLER_HZ)).toBeGreaterThan(0.9);
  expect(toneShare(middle(left), CALLEE_HZ)).toBeLessThan(0.01);
  expect(toneShare(middle(right), CALLEE_HZ)).toBeGreaterThan(0.9);
  expect(toneShare(middle(right), CALLER_HZ)).toBeLessThan(0.01);
  expect((await api('birch', `/recordings/${recording.id}`)).status).toBe(404);
});

test('what is said during a pause is not in it, and it is shorter by so much', async () => {
  await recordHouse('acme', { consent: 'one_party', format: 'wav' }, 'on_demand');
  const caller = await phone('101', 15_830, { toneHz: CALLER_HZ });
  const callee = await phone('102', 15_840, { toneHz: CALLEE_HZ });
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  const call = await liveCall();
  expect(call?.recording).toBeNull();
  const callId = call?.callId ?? '';
  expect((await control(callId, 'pause')).status).toBe(409);
  const started = await controlled(callId, 'start', 'recording');
  await sleep(2_000);
  const paused = await controlled(callId, 'pause', 'paused');
  await sleep(1_500);
  const resumed = await controlled(callId, 'resume', 'recording');
  await sleep(1_500);
  caller.hangUp();
  await callee.says('CALL_CLOSED');
  const recording = await recordingOf(callId);
  const { automatic, durationMs } = recording;
  const endedAt = Date.parse(recording.endedAt ?? '');
  expect(automatic).toBe(false);
  // When it took effect lies between the question and its answer.
  const leastMs = paused.asked - started.told + (endedAt - resumed.told);
  const mostMs = paused.told - started.asked + (endedAt - resumed.asked);
  expect(durationMs).toBeGreaterThan(leastMs - EXACT_MS);
  expect(durationMs).toBeLessThan(mostMs + EXACT_MS);
});

test('who says a card number presses *72 before and *73 after: neither it nor the keys are kept', async () => {
  await recordHouse('acme', { consent: 'one_party', format: 'wav' }, 'always');
  const caller = await phone('101', 15_930, { toneHz: CALLER_HZ });
  const callee = await phone('102', 15_940, { toneHz: CALLEE_HZ });
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  await eventually(async () => (await liveCall())?.recording === 'recording');
  const callId = (await liveCall())?.callId ?? '';
  await sleep(1_500);
  const began = Date.now();
  await caller.press('*72');
  await eventually(async () => (await liveCall())?.recording === 'paused');
  const paused = Date.now();
  await sleep(2_000);
  const resuming = Date.now();
  await caller.press('*73');
  await eventually(async () => (await liveCall())?.recording === 'recording');
  const resumed = Date.now();
  await sleep(1_500);
  caller.hangUp();
  await callee.says('CALL_CLOSED');
  const recording = await recordingOf(callId);
  const unkeptMs = (await callMs(callId)) - (recording.durationMs ?? 0);
  expect(unkeptMs).toBeGreaterThan(resuming - paused - EXACT_MS);
  // Beside the pause a moment at the answer, and what the phone takes to begin its first key.
  expect(unkeptMs).toBeLessThan(resumed - began + 2 * EXACT_MS);
});

test('of a call with a wide voice there are 16 kHz, as Opus where the tenant wants it', async () => {
  await recordHouse('acme', { consent: 'one_party', format: 'opus' }, 'always');
  const caller = await phone('101', 15_850, { toneHz: CALLER_HZ, voices: 'G722/16000/1' });
  const callee = await phone('102', 15_860, { toneHz: CALLEE_HZ });
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  await sleep(2_000);
  const callId = (await liveCall())?.callId ?? '';
  caller.hangUp();
  await callee.says('CALL_CLOSED');
  const recording = await recordingOf(callId);
  expect(recording.format).toBe('opus');
  expect(Math.abs((recording.durationMs ?? 0) - (await callMs(callId)))).toBeLessThan(EXACT_MS);
  const response = await api('acme', `/recordings/${recording.id}/audio`);
  expect(response.headers.get('content-type')).toBe('audio/ogg; codecs=opus');
  const ogg = Buffer.from(await response.arrayBuffer());
  // "OpusHead": the rate of what was recorded.
  expect(ogg.readUInt32LE(ogg.indexOf('OpusHead') + 12)).toBe(16_000);
});

test('where both sides have to know they are told, and nothing is kept before', async () => {
  await recordHouse('acme', { consent: 'all_party', format: 'wav' }, 'on_demand');
  const caller = await phone('101', 15_870, { toneHz: CALLER_HZ });
  const callee = await phone('102', 15_880, { toneHz: CALLEE_HZ });
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  await sleep(1_500);
  const callId = (await liveCall())?.callId ?? '';
  expect(await (await control(callId, 'start')).json()).toEqual({ state: 'announcing' });
  await eventually(async () => (await liveCall())?.recording === 'recording');
  await sleep(2_000);
  caller.hangUp();
  await callee.says('CALL_CLOSED');
  const recording = await recordingOf(callId);
  expect(recording.consent).toBe('all_party');
  const unkeptMs = (await callMs(callId)) - (recording.durationMs ?? 0);
  expect(unkeptMs).toBeGreaterThan(1_500 + 800);
  // Each heard words in the place of the other, and then the other again.
  for (const [one, toneHz] of [
    [caller, CALLEE_HZ],
    [callee, CALLER_HZ],
  ] as const) {
    const heard = one.heard();
    expect(leastShare(heard, toneHz)).toBeLessThan(0.5);
    expect(toneShare(heard.slice(-RATE_HZ), toneHz)).toBeGreaterThan(0.9);
  }
});

test('whoever hangs up rather than be recorded leaves nothing behind', async () => {
  await recordHouse('acme', { consent: 'all_party', format: 'wav' }, 'always');
  const caller = await phone('101', 15_890, { toneHz: CALLER_HZ });
  const callee = await phone('102', 15_900, { toneHz: CALLEE_HZ });
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  await eventually(async () => (await liveCall())?.recording === 'announcing');
  const callId = (await liveCall())?.callId ?? '';
  callee.hangUp();
  await caller.says('CALL_CLOSED');
  await eventually(async () => {
    const page = await json('acme', `/recordings?callId=${callId}&state=discarded`);
    return recordingPageSchema.parse(page).items.length === 1;
  });
  expect(
    recordingPageSchema.parse(await json('acme', `/recordings?callId=${callId}`)).items,
  ).toEqual([]);
});

test('a switch that is killed leaves what was said until then, and it is made afterwards', async () => {
  await recordHouse('acme', { consent: 'one_party', format: 'wav' }, 'always');
  const caller = await phone('101', 15_910, { toneHz: CALLER_HZ });
  await phone('102', 15_920, { toneHz: CALLEE_HZ });
  caller.dial('sip:102@acme.lab.test');
  await caller.says('CALL_ESTABLISHED');
  await sleep(6_000);
  const callId = (await liveCall())?.callId ?? '';
  const pid = product.kill('switch');
  await product.cameBack('switch', pid);
  const recording = await recordingOf(callId);
  expect(recording).toMatchObject({ incomplete: true, state: 'ready' });
  // What was said in the last two seconds may not have been written yet.
  expect(recording.durationMs).toBeGreaterThan(2_500);
  const { left, right } = await soundOf(recording);
  expect(toneShare(middle(left), CALLER_HZ)).toBeGreaterThan(0.9);
  expect(toneShare(middle(right), CALLEE_HZ)).toBeGreaterThan(0.9);
});

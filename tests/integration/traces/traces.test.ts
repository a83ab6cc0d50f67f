import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlClient } from '@/lib/control/client';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { createChargingGroups } from '@/lib/services/charging/groups';
import type { CallLink } from '@/lib/services/charging/types';
import { loadObjects } from '@/lib/services/configuration/load-objects';
import { getTrace } from '@/lib/services/traces/get-trace';
import { getTraceCapture } from '@/lib/services/traces/get-trace-capture';
import { purgeTraces } from '@/lib/services/traces/purge-traces';
import { setCapture } from '@/lib/services/traces/set-capture';
import type { CallTrace, TraceMessage } from '@/lib/services/traces/types';
import { writeTraces } from '@/lib/services/traces/write-traces';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';

let tree: Tree;
let callId: string;

/** A switch that has forgotten the call, as it is once its trace is written. */
const forgetful: ControlClient = {
  send: async () => {
    throw new AppError('NOT_FOUND', 'There is no such call in progress.');
  },
  async *events() {
    yield* [];
  },
};
const silent: ControlClient = {
  ...forgetful,
  send: async () => {
    throw new AppError('UNAVAILABLE', 'The switch does not answer.');
  },
};

beforeAll(async () => {
  tree = await plantTree();
  callId = await settledCall(tree.acme, tree.birch);
  const now = Date.now();
  await writeTraces(tree.database, [
    traceOf(tree.acme.id, now + 60_000, [
      message(0, 'INVITE sip:+12025550170@acme.test SIP/2.0\r\nX: \0\xff\r\n\r\n', { atMs: now }),
      message(1, 'INVITE sip:carrier SIP/2.0\r\n\r\n', { atMs: now + 1, isCarrier: true }),
      message(0, 'SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\n\r\n', { atMs: now + 3 }),
    ]),
    traceOf(tree.birch.id, now + 60_000, [
      message(2, 'INVITE sip:102@birch.test SIP/2.0\r\n\r\n', { atMs: now + 2 }),
    ]),
  ]);
});
afterAll(() => tree.close());

const message = (leg: number, text: string, more: Partial<TraceMessage> = {}): TraceMessage => ({
  atMs: Date.now(),
  leg,
  isCarrier: false,
  direction: 'in',
  transport: 'tls',
  local: { address: '192.0.2.1', port: 5061 },
  remote: { address: '192.0.2.9', port: 49_811 },
  text,
  ...more,
});

function traceOf(
  accountId: string,
  expiresAtMs: number,
  messages: readonly TraceMessage[],
): CallTrace {
  return { callId, accountId, startedAtMs: Date.now(), expiresAtMs, isTruncated: false, messages };
}

async function settledCall(from: Customer, to: Customer, link?: CallLink): Promise<string> {
  const { database, seed } = tree;
  const lease = { nodeId: 'n', epoch: 0n };
  const groups = createChargingGroups({ database, clock: seed.clock, lease, onError() {} });
  const startedAtMs = Date.now() - 60_000;
  const id = newId(startedAtMs);
  const leg = (seq: number, extensionId: string) => ({
    seq,
    extensionId,
    sipCallId: `${seq}@x`,
    trunkId: null,
    target: 'sip:x',
    address: '192.0.2.9',
    transport: 'tls',
    startedAtMs,
    ringingAtMs: null,
    answeredAtMs: startedAtMs,
    endedAtMs: startedAtMs + 1_000,
    sipStatus: 200,
    q850Cause: 16,
    codec: null,
    media: null,
  });
  await groups.settle({
    callId: id,
    facts: {
      callClass: 'onnet',
      accountId: from.id,
      tenantId: from.tenantId,
      payerAccountId: null,
      fromExtensionId: from.extension101,
      toExtensionId: to.extension102,
      peerAccountId: to.id,
      peerTenantId: to.tenantId,
      fromNumber: '101',
      dialled: '+12025550102',
      toNumber: '+12025550102',
      destination: null,
      startedAtMs,
      hops: [],
      ...(link ? { link } : {}),
    },
    ringingAtMs: null,
    answeredAtMs: startedAtMs,
    endedAtMs: startedAtMs + 1_000,
    durationMs: 1_000,
    ratedSeconds: 1,
    hungUpBy: 'caller',
    sipStatus: 200,
    q850Cause: 16,
    refusal: null,
    trunkId: null,
    buy: null,
    attempts: 1,
    codec: null,
    media: null,
    legs: [leg(0, from.extension101), leg(2, to.extension102)],
  });
  await groups.close();
  return id;
}

describe('who reads a trace', () => {
  test('an account reads its own legs, and not the other side’s nor the carrier’s', async () => {
    const acme = await getTrace(tree.acme.as(), forgetful, callId);
    expect(acme).toMatchObject({ state: 'complete', capture: { tenantId: tree.acme.tenantId } });
    expect(acme.messages.map(({ leg, title }) => [leg, title])).toEqual([
      [0, 'INVITE'],
      [0, '180 Ringing'],
    ]);
    expect(acme.messages[1]?.offsetMs).toBeCloseTo(3, 2);
    expect(acme.legs).toMatchObject([{ leg: 0, kind: 'extension', name: '101' }]);
    const birch = await getTrace(tree.birch.as(), forgetful, callId);
    expect(birch.messages.map(({ leg }) => leg)).toEqual([2]);
    expect(birch.capture?.tenantId).toBe(tree.birch.tenantId);
  });

  test('the operator reads all legs, in order', async () => {
    const all = await getTrace(tree.operator.as(), forgetful, callId);
    expect(all.messages.map(({ leg }) => leg)).toEqual([0, 1, 2, 0]);
    expect(all.legs.map(({ kind }) => kind)).toEqual(['extension', 'carrier', 'extension']);
  });

  test('a seller above reads nothing of it, and is told that there is nothing', async () => {
    const trace = await getTrace(tree.reseller.as(), forgetful, callId);
    expect(trace).toMatchObject({ state: 'none', messages: [], legs: [] });
    await expect(getTraceCapture(tree.reseller.as(), forgetful, callId)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('for a stranger there is no such call', async () => {
    for (const stranger of [tree.cedar, tree.rival]) {
      await expect(getTrace(stranger.as(), forgetful, callId)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    }
  });

  test('who looks after bills does not read it', async () => {
    await expect(getTrace(tree.acme.as('billing'), forgetful, callId)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  test('it is there while the switch does not answer, and so is the lack of one', async () => {
    expect((await getTrace(tree.acme.as(), silent, callId)).messages).toHaveLength(2);
    expect((await getTrace(tree.reseller.as(), silent, callId)).state).toBe('none');
  });

  test('the download holds every byte of what may be read', async () => {
    const file = await getTraceCapture(tree.acme.as(), forgetful, callId);
    expect(file.includes(Buffer.from('X: \0\xff', 'latin1'))).toBe(true);
    expect(file.includes('sip:carrier')).toBe(false);
  });
});

test('a call without signalling of its own leads to the linked one that has some, for who may read that', async () => {
  const { acme, birch, operator, database } = tree;
  const first = await settledCall(acme, birch);
  const forward = await settledCall(birch, birch, { callId: first, kind: 'forward' });
  expect((await getTrace(birch.as(), forgetful, first)).links).toEqual([]);
  await writeTraces(database, [
    {
      ...traceOf(birch.id, Date.now() + 60_000, [message(0, 'INVITE x SIP/2.0')]),
      callId: forward,
    },
  ]);
  const link = { callId: forward, relation: 'continued_by', kind: 'forward' };
  expect(await getTrace(birch.as(), forgetful, first)).toMatchObject({
    state: 'none',
    links: [link],
  });
  expect((await getTrace(operator.as(), forgetful, first)).links).toMatchObject([link]);
  // Who called does not learn that it was forwarded, nor what was said for that.
  expect((await getTrace(acme.as(), forgetful, first)).links).toEqual([]);
  expect(await getTrace(birch.as(), forgetful, forward)).toMatchObject({
    state: 'complete',
    links: [],
  });
});

describe('the setting', () => {
  test('a customer decides for its own tenant, the switch hears of it, and it is on record', async () => {
    const { acme, database } = tree;
    const before = await loadObjects(database, 'tenant', [acme.tenantId]);
    expect(before.tenants[0]?.captureDays).toBeNull();
    await setCapture(acme.as(), acme.tenantId, { enabled: true, retentionDays: 3 });
    const after = await loadObjects(database, 'tenant', [acme.tenantId]);
    expect(after.tenants[0]?.captureDays).toBe(3);
    expect(after.tenants[0]?.generation).not.toBe(before.tenants[0]?.generation);
    const audit = await database.prisma.auditEntry.findFirst({
      where: { verb: 'tenants.capture', objectId: acme.tenantId },
    });
    expect(audit?.detail).toEqual({ enabled: true, retentionDays: 3 });
    expect(await setCapture(acme.as(), acme.tenantId, { enabled: false })).toEqual({
      enabled: false,
      retentionDays: 3,
    });
  });

  test('nobody decides for somebody else’s tenant, nor for ever', async () => {
    const { acme, birch } = tree;
    await expect(setCapture(acme.as(), birch.tenantId, { enabled: true })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(
      setCapture(acme.as('support'), acme.tenantId, { enabled: true }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      setCapture(acme.as(), acme.tenantId, { enabled: true, retentionDays: 91 }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

test('what has expired is neither shown nor kept', async () => {
  const { database, acme } = tree;
  const old = await settledCall(acme, tree.birch);
  const expired = {
    ...traceOf(acme.id, Date.now() - 1, [message(0, 'INVITE x SIP/2.0')]),
    callId: old,
  };
  await writeTraces(database, [expired]);
  expect((await getTrace(acme.as(), forgetful, old)).state).toBe('none');
  expect(await purgeTraces(database, Date.now())).toBe(1);
  expect(await database.prisma.callTrace.count({ where: { callId: old } })).toBe(0);
  expect(await database.prisma.callTrace.count({ where: { callId } })).toBe(2);
});

test('an account that is gone by then never fails the traces written with it', async () => {
  const { database, acme } = tree;
  const other = await settledCall(acme, tree.birch);
  const expiresAtMs = Date.now() + 60_000;
  const text = 'INVITE x SIP/2.0';
  await writeTraces(database, [
    { ...traceOf(newId(), expiresAtMs, [message(0, text)]), callId: other },
    { ...traceOf(acme.id, expiresAtMs, [message(0, text)]), callId: other },
  ]);
  await writeTraces(database, [{ ...traceOf(acme.id, expiresAtMs, []), callId: other }]);
  expect((await getTrace(acme.as(), forgetful, other)).messages).toHaveLength(1);
});

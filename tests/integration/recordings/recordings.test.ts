import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ControlClient } from '@/lib/control/client';
import { newId } from '@/lib/core/ids.server';
import { silentLogger } from '@/lib/infra/log';
import { type BlobStore, openBlobStore } from '@/lib/infra/storage/blob-store';
import { sealChunk } from '@/lib/protocol/recording/capture-seal';
import { loadObjects } from '@/lib/services/configuration/load-objects';
import { updateExtension } from '@/lib/services/extensions/update-extension';
import { createPlan } from '@/lib/services/plans/create-plan';
import { adoptCaptures } from '@/lib/services/recordings/adopt-captures';
import { capturePath, newCapture } from '@/lib/services/recordings/capture-place';
import { controlRecording } from '@/lib/services/recordings/control-recording';
import { deleteRecording } from '@/lib/services/recordings/delete-recording';
import { finishDue, type RecordingWorkshop } from '@/lib/services/recordings/finish-due';
import { getPeaks } from '@/lib/services/recordings/get-peaks';
import { getRecording } from '@/lib/services/recordings/get-recording';
import { getRecordingSettings } from '@/lib/services/recordings/get-settings';
import { listRecordings } from '@/lib/services/recordings/list-recordings';
import { noteRecordings } from '@/lib/services/recordings/note-recordings';
import { openAudio } from '@/lib/services/recordings/open-audio';
import { purgeRecordings } from '@/lib/services/recordings/purge-recordings';
import { setRecordingSettings } from '@/lib/services/recordings/set-settings';
import type { CaptureHeader } from '@/lib/services/recordings/types';
import { orderPlan } from '@/lib/services/subscriptions/order-plan';
import { type Customer, plantTree, type Tree } from '@/tests/support/tree';
import { chunkOf } from '@/tests/unit/protocol/recording/chunks';
import { inOrder, PCMA, shareOf, talk, typesOf } from '@/tests/unit/protocol/recording/talker';

const NODE = 'node-r';
const SECRET = 'a secret key of a test, thirty-two characters';
let tree: Tree;
let dataDir: string;
let blobs: BlobStore;
let workshop: RecordingWorkshop;
const store = (): BlobStore => blobs;

beforeAll(async () => {
  tree = await plantTree();
  dataDir = mkdtempSync(path.join(tmpdir(), 'tollbridge-recordings-'));
  blobs = openBlobStore(path.join(dataDir, 'blobs'), [SECRET]);
  workshop = {
    ...{ database: tree.database, sealer: tree.seed.sealer, log: silentLogger, blobs },
    nodeId: NODE,
    directory: dataDir,
    nowMs: () => Date.now(),
  };
});

beforeEach(async () => {
  await tree.database.pool.query('DELETE FROM recording');
});

afterAll(async () => {
  await tree.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Wanted {
  readonly format?: 'wav' | 'opus';
  readonly isSealed?: boolean;
  readonly seconds?: number;
}

/** A capture of a call of a customer's 101 and 102, each with its tone, as a switch leaves it. */
function captured(
  of: Customer,
  { format = 'wav', isSealed = true, seconds = 2 }: Wanted = {},
): CaptureHeader {
  const toMs = seconds * 1_000;
  const { header, head, key } = newCapture(
    {
      id: newId(),
      callId: newId(),
      accountId: of.id,
      tenantId: of.tenantId,
      nodeId: NODE,
      fromExtensionId: of.extension101,
      toExtensionId: of.extension102,
      consent: 'one_party',
      automatic: true,
      format,
      startedAtMs: Date.now() - toMs,
    },
    isSealed ? tree.seed.sealer : null,
  );
  const records = [
    typesOf(0, [PCMA]),
    typesOf(1, [PCMA]),
    ...inOrder(
      talk({ side: 0, toneHz: 1_000, fromMs: 0, toMs, ssrc: 1 }),
      talk({ side: 1, toneHz: 440, fromMs: 0, toMs, ssrc: 2 }),
    ),
    { kind: 'stop', atMs: toMs } as const,
  ];
  const plain = records.map((record) => chunkOf([record]));
  const parts = plain.map((chunk, index) =>
    key === null ? chunk : Buffer.concat(sealChunk(key, index, chunk)),
  );
  const framed = parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(part.length);
    return [length, part];
  });
  writeFileSync(capturePath(dataDir, header.id), Buffer.concat([head, ...framed]));
  return header;
}

async function noted(header: CaptureHeader, state: 'capturing' | 'processing' = 'processing') {
  const endedAtMs = state === 'processing' ? Date.now() : null;
  await noteRecordings(tree.database, [{ header, state, endedAtMs, incomplete: false }]);
}

/** A recording that is ready. */
async function made(of: Customer, wanted: Wanted = {}): Promise<string> {
  const header = captured(of, wanted);
  await noted(header);
  expect(await finishDue(workshop)).toBe(true);
  return header.id;
}

async function heard(
  of: Customer,
  recordingId: string,
  range: string | null = null,
): Promise<Buffer> {
  const { stream } = await openAudio(of.as(), { recordingId, range, isDownload: false }, store);
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function sideOf(wav: Buffer, side: 0 | 1): Int16Array {
  const body = wav.subarray(44);
  return Int16Array.from({ length: body.length / 4 }, (_, at) =>
    body.readInt16LE(at * 4 + side * 2),
  );
}

describe('a recording is made', () => {
  test('of what was captured, each side on its own channel, and the capture is gone', async () => {
    const { acme } = tree;
    const id = await made(acme);
    const recording = await getRecording(acme.as(), id);
    expect(recording).toMatchObject({
      state: 'ready',
      durationMs: 2_000,
      incomplete: false,
      encrypted: true,
      consent: 'one_party',
    });
    const wav = await heard(acme, id);
    const part = { rateHz: 8_000, fromMs: 0, toMs: 2_000 };
    expect(shareOf(sideOf(wav, 0), 1_000, part)).toBeGreaterThan(0.99);
    expect(shareOf(sideOf(wav, 1), 440, part)).toBeGreaterThan(0.99);
    expect(existsSync(capturePath(dataDir, id))).toBe(false);
    expect(await finishDue(workshop)).toBe(false);
  });

  test('that nobody reads on the disk where it is to be sealed, from the first moment on', async () => {
    const header = captured(tree.acme);
    const onDisk = readFileSync(capturePath(dataDir, header.id));
    expect(onDisk.includes(Buffer.from('PCMA/8000'))).toBe(false);
    await noted(header);
    await finishDue(workshop);
    const files = readdirSync(path.join(dataDir, 'blobs'), { recursive: true, encoding: 'utf8' });
    const file = files.find((name) => name.includes(header.id)) ?? '';
    expect(readFileSync(path.join(dataDir, 'blobs', file)).includes('WAVEfmt')).toBe(false);
    expect((await heard(tree.acme, header.id)).toString('latin1', 0, 4)).toBe('RIFF');
  });

  test('as Opus where the tenant wants it', async () => {
    const id = await made(tree.acme, { format: 'opus', isSealed: false });
    const ogg = await heard(tree.acme, id);
    expect(ogg.toString('latin1', 0, 4)).toBe('OggS');
    expect(ogg.length).toBeLessThan(20_000);
    const { contentType } = await openAudio(
      tree.acme.as(),
      { recordingId: id, range: null, isDownload: false },
      store,
    );
    expect(contentType).toBe('audio/ogg; codecs=opus');
  });

  test('with a picture of both sides', async () => {
    const id = await made(tree.acme);
    const { durationMs, caller, callee } = await getPeaks(tree.acme.as(), id);
    expect(durationMs).toBe(2_000);
    expect(caller.length).toBe(callee.length);
    expect(Math.min(...caller)).toBeGreaterThan(50);
  });

  test('after a crash of the switch of what was written until then, once', async () => {
    const { acme, database } = tree;
    const [known, unknown] = [captured(acme), captured(acme)];
    await noted(known, 'capturing');
    const lost = { ...captured(acme), id: newId() };
    await noted(lost, 'capturing');
    writeFileSync(capturePath(dataDir, newId()), 'TBCAP0');
    const cut = readFileSync(capturePath(dataDir, known.id));
    writeFileSync(capturePath(dataDir, known.id), cut.subarray(0, cut.length - 3_000));
    const place = { nodeId: NODE, directory: dataDir, nowMs: Date.now() };
    await adoptCaptures(database, place);
    while (await finishDue(workshop));
    expect(await getRecording(acme.as(), known.id)).toMatchObject({
      state: 'ready',
      incomplete: true,
    });
    expect((await getRecording(acme.as(), known.id)).durationMs).toBeGreaterThan(1_500);
    expect(await getRecording(acme.as(), unknown.id)).toMatchObject({ state: 'ready' });
    expect(await getRecording(acme.as(), lost.id)).toMatchObject({ state: 'failed' });
    // What a crash of the worker left half done is done by the next.
    await adoptCaptures(database, place);
    expect(await finishDue(workshop)).toBe(false);
  });

  test('never of what is not there, and it says so after three tries', async () => {
    const { acme, database } = tree;
    const header = captured(acme);
    rmSync(capturePath(dataDir, header.id));
    await noted(header);
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await finishDue({ ...workshop, nowMs: () => Date.now() + tries * 3_600_000 })).toBe(
        true,
      );
    }
    expect(await finishDue(workshop)).toBe(false);
    expect(await getRecording(acme.as(), header.id)).toMatchObject({ state: 'failed' });
    const row = await database.prisma.recording.findUnique({ where: { id: header.id } });
    expect(row?.failure).toMatch(/ENOENT/);
  });

  test('by the node that captured it, and by nobody else meanwhile', async () => {
    const header = captured(tree.acme);
    await noted(header);
    expect(await finishDue({ ...workshop, nodeId: 'another' })).toBe(false);
    const [one, other] = await Promise.all([finishDue(workshop), finishDue(workshop)]);
    expect([one, other].filter(Boolean)).toHaveLength(1);
  });
});

describe('who hears a recording', () => {
  test('its own account does; the other side, strangers and whoever sells to it find nothing', async () => {
    const { acme, birch, cedar, reseller, operator } = tree;
    const id = await made(acme);
    expect((await listRecordings(acme.as())).items).toHaveLength(1);
    for (const other of [birch, cedar, reseller, operator]) {
      const refused = { code: 'NOT_FOUND' };
      await expect(getRecording(other.as(), id)).rejects.toMatchObject(refused);
      await expect(getPeaks(other.as(), id)).rejects.toMatchObject(refused);
      await expect(deleteRecording(other.as(), id, store)).rejects.toMatchObject(refused);
      const wish = { recordingId: id, range: null, isDownload: false };
      await expect(openAudio(other.as(), wish, store)).rejects.toMatchObject(refused);
      expect((await listRecordings(other.as())).items).toEqual([]);
      expect((await listRecordings(other.as(), { extensionId: acme.extension101 })).items).toEqual(
        [],
      );
    }
  });

  test('roles may hear, keep and delete by permissions of their own', async () => {
    const { acme } = tree;
    const id = await made(acme);
    const refused = { code: 'FORBIDDEN' };
    const wish = { recordingId: id, range: null };
    await expect(
      openAudio(acme.as('billing'), { ...wish, isDownload: false }, store),
    ).rejects.toMatchObject(refused);
    await expect(
      openAudio(acme.as('support'), { ...wish, isDownload: true }, store),
    ).rejects.toMatchObject(refused);
    await expect(deleteRecording(acme.as('support'), id, store)).rejects.toMatchObject(refused);
    const { stream } = await openAudio(acme.as('support'), { ...wish, isDownload: false }, store);
    stream.destroy();
  });

  test('hearing and downloading is on record, once for the pieces of one hearing', async () => {
    const { acme, database } = tree;
    const id = await made(acme);
    const me = acme.as();
    for (const range of [null, 'bytes=100-199', 'bytes=200-']) {
      const wish = { recordingId: id, range, isDownload: false };
      (await openAudio(me, wish, store)).stream.destroy();
    }
    const wish = { recordingId: id, range: null, isDownload: true };
    (await openAudio(me, wish, store)).stream.destroy();
    (await openAudio(acme.as(), wish, store)).stream.destroy();
    const entries = await database.prisma.auditEntry.findMany({ where: { objectId: id } });
    expect(entries.map(({ verb }) => verb).sort()).toEqual([
      'recordings.download',
      'recordings.download',
      'recordings.play',
    ]);
  });

  test('a part is sent as it was asked for', async () => {
    const id = await made(tree.acme);
    const whole = await heard(tree.acme, id);
    expect(await heard(tree.acme, id, 'bytes=10-19')).toEqual(whole.subarray(10, 20));
    expect(await heard(tree.acme, id, 'bytes=-5')).toEqual(whole.subarray(-5));
    await expect(heard(tree.acme, id, 'bytes=99999999-')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('what is kept', () => {
  test('is found by call, extension and time, the newest first', async () => {
    const { acme } = tree;
    const [first, second] = [await made(acme), await made(acme)];
    const ids = async (query: object) =>
      (await listRecordings(acme.as(), query)).items.map(({ id }) => id);
    expect(await ids({})).toEqual([second, first]);
    const { callId } = await getRecording(acme.as(), first);
    expect(await ids({ callId })).toEqual([first]);
    expect(await ids({ extensionId: acme.extension102, limit: 1 })).toEqual([second]);
    expect(await ids({ from: new Date(Date.now() + 1_000).toISOString() })).toEqual([]);
    expect(await ids({ state: 'failed' })).toEqual([]);
  });

  test('is deleted for good, which is on record', async () => {
    const { acme, database } = tree;
    const id = await made(acme);
    await deleteRecording(acme.as(), id, store);
    await expect(getRecording(acme.as(), id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const files = readdirSync(path.join(dataDir, 'blobs'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => name.includes(id))).toEqual([]);
    const audit = await database.prisma.auditEntry.findFirst({
      where: { verb: 'recordings.delete', objectId: id },
    });
    expect(audit).not.toBeNull();
  });

  test('is not deleted while it is being made', async () => {
    const header = captured(tree.acme);
    await noted(header);
    await expect(deleteRecording(tree.acme.as(), header.id, store)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });

  test('is forgotten when its time is over', async () => {
    const { acme, database } = tree;
    const [old, fresh] = [await made(acme), await made(acme)];
    await database.prisma.recording.update({
      where: { id: old },
      data: { expiresAt: new Date(0) },
    });
    expect(await purgeRecordings(workshop)).toBe(1);
    const left = await listRecordings(acme.as());
    expect(left.items.map(({ id }) => id)).toEqual([fresh]);
    const files = readdirSync(path.join(dataDir, 'blobs'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => name.includes(old))).toEqual([]);
  });

  test('has a bound: beyond it the switch records nothing, until there is room again', async () => {
    const { acme, database } = tree;
    await setRecordingSettings(acme.as(), acme.tenantId, {
      input: { consent: 'one_party', maxBytes: 10_000 },
      canRecord: true,
    });
    const isFull = async () =>
      (await loadObjects(database, 'tenant', [acme.tenantId])).tenants[0]?.recording?.isFull;
    expect(await isFull()).toBe(false);
    const id = await made(acme);
    expect(await isFull()).toBe(true);
    expect((await getRecordingSettings(acme.as(), acme.tenantId, true)).usedBytes).toBeGreaterThan(
      60_000,
    );
    await deleteRecording(acme.as(), id, store);
    expect(await isFull()).toBe(false);
  });
});

describe('how a tenant is recorded', () => {
  test('it decides itself, the switch hears of it, and it is on record', async () => {
    const { acme, birch, database } = tree;
    const before = await loadObjects(database, 'tenant', [acme.tenantId]);
    await setRecordingSettings(acme.as(), acme.tenantId, {
      input: {
        consent: 'all_party',
        format: 'opus',
        retentionDays: 30,
        encrypted: false,
        maxBytes: 10 ** 9,
      },
      canRecord: true,
    });
    const after = await loadObjects(database, 'tenant', [acme.tenantId]);
    expect(after.tenants[0]?.recording).toEqual({
      consent: 'all_party',
      format: 'opus',
      isSealed: false,
      isFull: false,
    });
    expect(after.tenants[0]?.generation).not.toBe(before.tenants[0]?.generation);
    expect(
      (await loadObjects(database, 'tenant', [birch.tenantId])).tenants[0]?.recording,
    ).toBeNull();
    await expect(
      setRecordingSettings(acme.as('support'), acme.tenantId, {
        input: { consent: 'off' },
        canRecord: true,
      }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      setRecordingSettings(birch.as(), acme.tenantId, {
        input: { consent: 'off' },
        canRecord: true,
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      setRecordingSettings(acme.as(), acme.tenantId, {
        input: { retentionDays: 0 },
        canRecord: true,
      }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('it is not turned on where media can not be recorded; off, and all else, may be said', async () => {
    const { acme } = tree;
    const say = (input: Parameters<typeof setRecordingSettings>[2]['input']) =>
      setRecordingSettings(acme.as(), acme.tenantId, { input, canRecord: false });
    await expect(say({ consent: 'one_party' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('rtpengine'),
    });
    expect(await say({ consent: 'off', retentionDays: 7 })).toMatchObject({
      ...{ available: false, consent: 'off', retentionDays: 7 },
    });
    const settings = await getRecordingSettings(acme.as(), acme.tenantId, false);
    expect(settings.available).toBe(false);
  });

  test('an extension has a rule of its own, which its plan may overrule', async () => {
    const { acme, database } = tree;
    const ruleOf = async () =>
      (await loadObjects(database, 'extension', [acme.extension101])).extensions[0]?.recording;
    expect(await ruleOf()).toBeNull();
    await updateExtension(acme.as(), acme.extension101, { recording: 'always' });
    expect(await ruleOf()).toBe('always');
    await updateExtension(acme.as(), acme.extension101, { recording: 'on_demand' });
    expect(await ruleOf()).toBeNull();
    const sold = { pricePerPeriod: '1', publish: true } as const;
    const grantedBy = async (name: string, recording: 'never' | 'always'): Promise<void> => {
      const plan = await createPlan(tree.reseller.as(), { ...sold, name, recording });
      expect(plan.recording).toBe(recording);
      const order = await orderPlan(acme.as(), { planId: plan.id, orderKey: `order of ${name}` });
      await database.prisma.extension.update({
        where: { id: acme.extension101 },
        data: { subscriptionId: order.id },
      });
    };
    await grantedBy('recorded', 'always');
    expect(await ruleOf()).toBe('always');
    await grantedBy('unrecorded', 'never');
    await updateExtension(acme.as(), acme.extension101, { recording: 'always' });
    expect(await ruleOf()).toBe('never');
  });
});

test('what people ask of a live call is for their own account, and on record', async () => {
  const { acme, database } = tree;
  const asked: unknown[] = [];
  const control = {
    send: async (name: string, input: unknown) => {
      asked.push([name, input]);
      return { state: 'paused' };
    },
  } as unknown as ControlClient;
  const callId = newId();
  const told = await controlRecording(acme.as(), control, { callId, input: { action: 'pause' } });
  expect(told).toEqual({ state: 'paused' });
  expect(asked).toEqual([['record', { accountId: acme.id, callId, action: 'pause' }]]);
  const audit = await database.prisma.auditEntry.findFirst({ where: { objectId: callId } });
  expect(audit).toMatchObject({ verb: 'recordings.control', detail: { action: 'pause' } });
  await expect(
    controlRecording(acme.as('billing'), control, { callId, input: { action: 'pause' } }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

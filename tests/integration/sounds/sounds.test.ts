import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '@/lib/core/ids.server';
import { type BlobStore, openBlobStore } from '@/lib/infra/storage/blob-store';
import { readWav, wavOf } from '@/lib/protocol/audio/wav';
import { goertzelShare } from '@/lib/protocol/dtmf/goertzel';
import { loadDirectory } from '@/lib/services/configuration/load-directory';
import { createSound } from '@/lib/services/sounds/create-sound';
import { deleteSound } from '@/lib/services/sounds/delete-sound';
import { getSound } from '@/lib/services/sounds/get-sound';
import { listSounds } from '@/lib/services/sounds/list-sounds';
import { loadSound } from '@/lib/services/sounds/load-sound';
import { openSound } from '@/lib/services/sounds/open-sound';
import { MAX_FILE_BYTES, MAX_SOUNDS } from '@/lib/services/sounds/schemas';
import { getTenantSounds, setTenantSounds } from '@/lib/services/sounds/tenant-sounds';
import { updateSound } from '@/lib/services/sounds/update-sound';
import { plantTree, type Tree } from '@/tests/support/tree';
import { tone } from '@/tests/unit/protocol/codecs/signals';

let tree: Tree;
let dir: string;
let store: BlobStore;
const blobs = () => store;

beforeAll(async () => {
  tree = await plantTree();
  dir = mkdtempSync(path.join(tmpdir(), 'tollbridge-sounds-'));
  store = openBlobStore(dir, ['a secret key of thirty-two characters']);
});

afterAll(async () => {
  await tree.close();
  rmSync(dir, { recursive: true, force: true });
});

const fixture = (name: string) => readFileSync(path.resolve('tests/fixtures/sounds', name));
const beep = (ms = 300) => wavOf(tone(8_000, 600, { ms }), 8_000);

const upload = (
  by: 'acme' | 'cedar',
  input: Partial<Parameters<typeof createSound>[1]> = {},
  bytes = beep(),
) => createSound(tree[by].as(), { kind: 'music', name: 'a sound', ...input }, { bytes, blobs });

/** The samples of a sound's file as the switch reads it. */
async function samplesOf(soundId: string): Promise<Float32Array> {
  const reading = readWav(await loadSound(soundId, blobs));
  if (!reading.ok) throw new Error(reading.reason);
  expect(reading.file.sampleRateHz).toBe(16_000);
  return Float32Array.from([...reading.file.pieces()].flatMap((piece) => [...piece]));
}

test.each([
  ['stereo-44100.flac', [440, 880], 400],
  ['mono-48000-24-bit.flac', [1_000], 300],
  ['stereo.opus', [440, 880], 400],
])('%s becomes what the switch plays', async (name, tones, durationMs) => {
  const sound = await upload('acme', { name }, fixture(name));
  expect(sound).toMatchObject({ kind: 'music', name, replaces: null, accountId: tree.acme.id });
  expect(Math.abs(sound.durationMs - durationMs)).toBeLessThan(60);
  const samples = (await samplesOf(sound.id)).subarray(800, 4_400);
  const shares = tones.map((hz) => goertzelShare(samples, hz, 16_000));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.9);
  await deleteSound(tree.acme.as(), sound.id, blobs);
});

test('a sound is listed, heard, renamed and deleted, and its file goes with it', async () => {
  const sound = await upload('acme', { name: 'waiting' });
  expect((await listSounds(tree.acme.as())).items).toEqual([sound]);
  expect((await listSounds(tree.acme.as(), { kind: 'announcement' })).items).toEqual([]);
  const { bytes, stream } = await openSound(tree.acme.as(), sound.id, blobs);
  expect((await buffer(stream)).length).toBe(bytes);
  expect(bytes).toBe(sound.bytes);
  expect(await updateSound(tree.acme.as(), sound.id, { name: 'patience' })).toMatchObject({
    name: 'patience',
  });
  await deleteSound(tree.acme.as(), sound.id, blobs);
  await expect(loadSound(sound.id, blobs)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const audited = await tree.database.prisma.auditEntry.findMany({
    where: { objectId: sound.id },
    orderBy: { id: 'asc' },
  });
  expect(audited.map(({ verb }) => verb)).toEqual([
    'sounds.create',
    'sounds.update',
    'sounds.delete',
  ]);
});

test('words of its own take the place of ours in one account alone, the newest of them', async () => {
  const words = { kind: 'announcement', replaces: 'not-allowed' } as const;
  const first = await upload('acme', words);
  const second = await upload('acme', words);
  await upload('cedar', words);
  await expect(loadSound(first.id, blobs)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const before = (await loadDirectory(tree.database)).accounts.find(
    ({ id }) => id === tree.acme.id,
  );
  expect(before?.announcements).toEqual({ 'not-allowed': second.id });
  await deleteSound(tree.acme.as(), second.id, blobs);
  const after = (await loadDirectory(tree.database)).accounts.find(({ id }) => id === tree.acme.id);
  expect(after?.announcements).toEqual({});
  expect(after?.generation).toBeGreaterThan(before?.generation ?? 0n);
});

test('a tenant chooses its music among its own account’s, and has ours again when that is gone', async () => {
  const { acme, cedar, database } = tree;
  const own = await upload('acme');
  const foreign = await upload('cedar');
  const words = await upload('acme', { kind: 'announcement' });
  const chosen = await setTenantSounds(acme.as(), acme.tenantId, { holdSoundId: own.id });
  expect(chosen).toMatchObject({ holdMusic: true, holdSoundId: own.id });
  for (const { id } of [foreign, words]) {
    await expect(
      setTenantSounds(acme.as(), acme.tenantId, { holdSoundId: id }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  const observed = async () =>
    (await loadDirectory(database)).tenants.find(({ id }) => id === acme.tenantId);
  expect(await observed()).toMatchObject({ hasHoldMusic: true, holdSoundId: own.id });
  await deleteSound(acme.as(), own.id, blobs);
  expect(await getTenantSounds(acme.as(), acme.tenantId)).toMatchObject({ holdSoundId: null });
  expect(await observed()).toMatchObject({ holdSoundId: null });
  await setTenantSounds(acme.as(), acme.tenantId, { holdMusic: false, announceRefusals: false });
  expect(await observed()).toMatchObject({ hasHoldMusic: false, announcesRefusals: false });
  expect(await getTenantSounds(cedar.as(), cedar.tenantId)).toMatchObject({ holdMusic: true });
});

test('what is somebody else’s is not found, and nothing is put into his house', async () => {
  const { acme, cedar } = tree;
  const { id } = await upload('cedar');
  const notFound = { code: 'NOT_FOUND' };
  await expect(getSound(acme.as(), id)).rejects.toMatchObject(notFound);
  await expect(openSound(acme.as(), id, blobs)).rejects.toMatchObject(notFound);
  await expect(updateSound(acme.as(), id, { name: 'x' })).rejects.toMatchObject(notFound);
  await expect(deleteSound(acme.as(), id, blobs)).rejects.toMatchObject(notFound);
  await expect(upload('acme', { accountId: cedar.id })).rejects.toMatchObject(notFound);
  await expect(upload('acme', { accountId: newId() })).rejects.toMatchObject(notFound);
  expect((await listSounds(acme.as(), { accountId: cedar.id })).items).toEqual([]);
});

test.each([
  ['no sound file', Buffer.from('a text, and no sound at all'), /no WAV, FLAC or Opus/],
  ['a file without a sound', wavOf(new Int16Array(0), 8_000), /no sound in it/],
  ['an announcement of more than a minute', beep(61_000), /longer than 60 seconds/],
  ['a file that is too large', Buffer.alloc(MAX_FILE_BYTES + 1), /larger than 20 MB/],
])('%s is refused in words', async (_what, bytes, words) => {
  const refused = upload('acme', { kind: 'announcement' }, bytes);
  await expect(refused).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(words),
  });
});

test('an account keeps so many sounds and no more', async () => {
  const { cedar, database } = tree;
  const rows = Array.from({ length: MAX_SOUNDS }, (_, index) => ({
    ...{ id: newId(), accountId: cedar.id, kind: 'music' as const, name: `sound ${index}` },
    ...{ durationMs: 1, bytes: 1 },
  }));
  await database.prisma.sound.createMany({ data: rows });
  await expect(upload('cedar')).rejects.toMatchObject({ code: 'USAGE_EXCEEDS_LIMIT' });
});

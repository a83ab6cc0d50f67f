import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ANNOUNCEMENTS, type AnnouncementName } from '@/lib/core/announcements';
import { silentLogger } from '@/lib/infra/log';
import { wavOf } from '@/lib/protocol/audio/wav';
import { goertzelShare } from '@/lib/protocol/dtmf/goertzel';
import type { Sound } from '@/lib/switch/media/sound';
import { SoundLibrary } from '@/lib/switch/sounds/library';
import { soundFiles } from '@/lib/switch/sounds/location';
import { rms, tone } from '@/tests/unit/protocol/codecs/signals';

/** Uploads by their id; each is one second of its own tone. */
const uploads: Readonly<Record<string, number>> = { 'own music': 700, 'own words': 1_300 };
const loaded: string[] = [];

const choices = {
  tenantById: (id: string) =>
    id === 'unknown'
      ? undefined
      : {
          hasHoldMusic: id !== 'silent',
          holdSoundId: { musical: 'own music', bereft: 'a lost file' }[id] ?? null,
        },
  accountById: (id: string) =>
    id === 'eloquent' ? { announcements: { 'not-allowed': 'own words' } } : undefined,
};

const load = async (id: string): Promise<Buffer> => {
  loaded.push(id);
  const hz = uploads[id];
  if (hz === undefined) throw new Error('there is no such file');
  return wavOf(tone(16_000, hz, { ms: 1_000 }), 16_000);
};

const library = (files?: URL) =>
  new SoundLibrary({ choices, load, log: silentLogger, ...(files ? { files } : {}) });

function samplesAt(sound: Sound | null, rateHz: number): Int16Array {
  if (sound?.kind !== 'pcm') throw new Error('no samples');
  const found = sound.renditions.find(({ sampleRateHz }) => sampleRateHz === rateHz);
  return new Int16Array(found?.samples ?? new SharedArrayBuffer(0));
}

const dbm0 = (samples: Int16Array) => 20 * Math.log10(rms(samples) / 16_140);

test.each(Object.keys(ANNOUNCEMENTS) as AnnouncementName[])(
  '"%s" is there at both rates, as loud as people talk, and short enough to be waited for',
  async (name) => {
    const sound = await library().announcement(name);
    const [wide, narrow] = [samplesAt(sound, 16_000), samplesAt(sound, 8_000)];
    expect(narrow.length).toBe(Math.floor(wide.length / 2));
    expect(wide.length / 16_000).toBeGreaterThan(1);
    expect(wide.length / 16_000).toBeLessThan(8);
    expect(dbm0(wide)).toBeGreaterThan(-20);
    expect(dbm0(wide)).toBeLessThan(-14);
    expect(Math.abs(dbm0(narrow) - dbm0(wide))).toBeLessThan(1.5);
  },
);

test('each is prepared once, and shared by all who hear it', async () => {
  const one = library();
  const asked = [one.announcement('not-allowed'), one.announcement('not-allowed')];
  const [first, second] = await Promise.all(asked);
  expect(first).toBe(second);
});

test('the music is soft, long enough not to tire, and joins without a click', async () => {
  const sound = await library().holdMusic('a tenant');
  const samples = samplesAt(sound, 16_000);
  expect(samples.length / 16_000).toBeGreaterThan(20);
  expect(dbm0(samples)).toBeLessThan(-24);
  expect(dbm0(samples)).toBeGreaterThan(-40);
  let steepest = 0;
  for (let index = 1; index < samples.length; index += 1) {
    steepest = Math.max(steepest, Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0)));
  }
  const seam = Math.abs((samples[0] ?? 0) - (samples.at(-1) ?? 0));
  expect(seam).toBeLessThanOrEqual(steepest);
});

test('who wants no music, or is not known, has none', async () => {
  expect(await library().holdMusic('silent')).toBeNull();
  expect(await library().holdMusic('unknown')).toBeNull();
});

test('what can not be read is missed, and tried again', async () => {
  const empty = library(new URL('file:///nonexistent/'));
  expect(await empty.announcement('not-allowed')).toBeNull();
  expect(await empty.announcement('not-allowed')).toBeNull();
});

test('in a bundle the recordings lie beside it', () => {
  expect(soundFiles('file:///app/dist/switch.mjs').href).toBe('file:///app/dist/sounds/');
  expect(existsSync(soundFiles())).toBe(true);
});

test('a tenant hears the music that it chose, and ours where that is lost', async () => {
  const own = library();
  for (const rateHz of [16_000, 8_000]) {
    const samples = samplesAt(await own.holdMusic('musical'), rateHz);
    expect(goertzelShare(samples, 700, rateHz)).toBeGreaterThan(0.99);
  }
  expect(await own.holdMusic('bereft')).toBe(await own.holdMusic('a tenant'));
});

test('an account hears its own words in place of ours, of those that it has', async () => {
  const own = library();
  const samples = samplesAt(await own.announcement('not-allowed', 'eloquent'), 16_000);
  expect(goertzelShare(samples, 1_300, 16_000)).toBeGreaterThan(0.99);
  expect(await own.announcement('try-later', 'eloquent')).toBe(await own.announcement('try-later'));
  expect(await own.announcement('not-allowed')).not.toBe(
    await own.announcement('not-allowed', 'eloquent'),
  );
});

test('an upload is read once, however many hear it', async () => {
  const own = library();
  loaded.length = 0;
  await Promise.all([own.holdMusic('musical'), own.holdMusic('musical')]);
  await own.holdMusic('musical');
  expect(loaded).toEqual(['own music']);
});

import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ANNOUNCEMENTS, type AnnouncementName } from '@/lib/core/announcements';
import { silentLogger } from '@/lib/infra/log';
import type { Sound } from '@/lib/switch/media/sound';
import { SoundLibrary } from '@/lib/switch/sounds/library';
import { soundFiles } from '@/lib/switch/sounds/location';
import { rms } from '@/tests/unit/protocol/codecs/signals';

const tenants = {
  tenantById: (id: string) => (id === 'unknown' ? undefined : { hasHoldMusic: id !== 'silent' }),
};

const library = (files?: URL) =>
  new SoundLibrary({ tenants, log: silentLogger, ...(files ? { files } : {}) });

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

import { expect, test } from 'vitest';
import { FeatureCodes } from '@/lib/switch/recording/feature-code';

function pressed(keys: string, everyMs = 200) {
  const codes = new FeatureCodes();
  return [...keys].flatMap((key, index) => codes.press(key, 1_000 + index * everyMs) ?? []);
}

test('a code is known at its last key, and from when its first was pressed', () => {
  expect(pressed('*72')).toEqual([{ action: 'pause', sinceMs: 1_000 }]);
  expect(pressed('55*73')).toEqual([{ action: 'resume', sinceMs: 1_400 }]);
  expect(pressed('**72')).toEqual([{ action: 'pause', sinceMs: 1_200 }]);
  expect(pressed('*72*73')).toMatchObject([{ action: 'pause' }, { action: 'resume' }]);
});

test('what only resembles one is none', () => {
  for (const keys of ['72', '*7', '*77', '*720'.slice(1), '4*7', '1*2', '##72']) {
    expect(pressed(keys), keys).toEqual([]);
  }
});

test('who takes his time presses something else', () => {
  expect(pressed('*72', 3_100)).toEqual([]);
});

import { expect, test } from 'vitest';
import { Callbacks } from '@/lib/switch/directory/callbacks';

const callback = (e164: string, extensionId: string, untilMs: number) => ({
  ...{ e164, extensionId, untilMs },
  ...{ tenantId: 'tenant', trunkId: null },
});

test('a number rings the phone that showed it last, until its hour is over', () => {
  const callbacks = new Callbacks();
  callbacks.note(callback('+12025550101', 'one', 1_000));
  callbacks.note(callback('+12025550101', 'other', 2_000));
  expect(callbacks.find('+12025550101', 1_500)?.extensionId).toBe('other');
  expect(callbacks.find('+12025550102', 1_500)).toBeUndefined();
  expect(callbacks.find('+12025550101', 2_000)).toBeUndefined();
});

test('no more are kept than there is room for, and the newest are', () => {
  const callbacks = new Callbacks();
  for (let index = 0; index < 10_050; index += 1) {
    callbacks.note(callback(`+1${2_025_550_000 + index}`, `extension ${index}`, 1_000));
  }
  expect(callbacks.find('+12025550000', 0)).toBeUndefined();
  expect(callbacks.find('+12025560049', 0)?.extensionId).toBe('extension 10049');
});

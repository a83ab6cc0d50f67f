import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pathsTouched } from '@/lib/client/live-paths';
import { CONFIG_KINDS, type ConfigKind } from '@/lib/core/config-kinds';

const observed = (kind: ConfigKind) =>
  pathsTouched({
    type: 'config.observed',
    at: '2026-11-21T10:00:00.000Z',
    kind,
    objectId: '01a1fc2f-6546-72a6-8436-3def07555747',
    generation: '42',
  });

test.each([
  ['phone_number', '/numbers'],
  ['rate_deck', '/decks'],
  ['address_rule', '/bans'],
  ['address_rule', '/allowed-addresses'],
] as const)('a %s that went live makes %s be fetched again', (kind, path) => {
  expect(observed(kind)).toContain(path);
});

test.each(CONFIG_KINDS)('what a %s that went live makes old is there to be fetched', (kind) => {
  const paths = observed(kind);
  expect(paths.length).toBeGreaterThan(1);
  for (const path of paths) {
    expect(readFileSync(`app/api/v1${path}/route.ts`, 'utf8'), path).toMatch(
      /^export const GET\b/m,
    );
  }
});

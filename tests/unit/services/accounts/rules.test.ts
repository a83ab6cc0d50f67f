import { expect, test } from 'vitest';
import type { Uuid } from '@/lib/core/ids';
import { checkUpdate, seesWallet, sellsTo, visibleParent } from '@/lib/services/accounts/rules';
import type { Actor } from '@/lib/services/context';

const place = (id: string, parentId: string | null, path: string) => ({
  id,
  parentId,
  path,
  status: 'active' as const,
});
const root = place('r', null, '/r/');
const north = place('n', 'r', '/r/n/');
const south = place('s', 'n', '/r/n/s/');
const birch = place('b', 's', '/r/n/s/b/');

const actor = (
  at: { id: string; path: string },
  accountKind: Actor['accountKind'],
  role: Actor['role'] = 'owner',
): Actor => ({
  kind: 'user',
  id: null,
  accountId: at.id as Uuid,
  accountPath: at.path,
  accountKind,
  role,
  scopes: null,
  behindId: null,
  address: null,
  requestId: null,
});

test('an account is priced by its own seller and the operator, by nobody in between', () => {
  expect(sellsTo(actor(south, 'reseller'), birch)).toBe(true);
  expect(sellsTo(actor(north, 'reseller'), birch)).toBe(false);
  expect(sellsTo(actor(root, 'operator'), birch)).toBe(true);
  expect(sellsTo(actor(south, 'reseller'), south)).toBe(false);
  expect(sellsTo(actor(root, 'operator'), root)).toBe(false);
});

test('a wallet is seen by its two sides and the operator, in roles that see money', () => {
  expect(seesWallet(actor(birch, 'customer'), birch)).toBe(true);
  expect(seesWallet(actor(birch, 'customer', 'developer'), birch)).toBe(false);
  expect(seesWallet(actor(south, 'reseller'), birch)).toBe(true);
  expect(seesWallet(actor(north, 'reseller'), birch)).toBe(false);
});

test('a parent above the viewer is not named', () => {
  expect(visibleParent(actor(south, 'reseller'), south)).toBeNull();
  expect(visibleParent(actor(south, 'reseller'), birch)).toBe('s');
  expect(visibleParent(actor(root, 'operator'), root)).toBeNull();
});

test('an ancestor may suspend what it may not price', () => {
  const viewer = actor(north, 'reseller');
  expect(() => checkUpdate(viewer, birch, { state: 'suspended' })).not.toThrow();
  expect(() => checkUpdate(viewer, birch, { creditLimit: '1' })).toThrow(
    expect.objectContaining({ code: 'FORBIDDEN' }),
  );
});

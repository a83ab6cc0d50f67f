import { describe, expect, it } from 'vitest';
import type { Uuid } from '@/lib/core/ids';
import type { Actor } from '@/lib/services/context';
import { keepsWallet, seesWallet } from '@/lib/services/wallets/rules';

const actor = (accountId: string, accountKind: Actor['accountKind']): Actor => ({
  kind: 'user',
  id: 'person' as Uuid,
  accountId: accountId as Uuid,
  accountPath: `/${accountId}/`,
  accountKind,
  role: 'owner',
  scopes: null,
  behindId: null,
  address: null,
  requestId: null,
});

const wallet = { accountId: 'birch', sellerAccountId: 'south' };

describe('a wallet', () => {
  it.each([
    ['birch', 'customer', true, false],
    ['south', 'reseller', true, true],
    ['north', 'reseller', false, false],
    ['acme', 'customer', false, false],
    ['operator', 'operator', true, true],
  ] as const)('%s (%s) sees it: %s, posts to it: %s', (...row) => {
    const [id, kind, sees, keeps] = row;
    expect(seesWallet(actor(id, kind), wallet)).toBe(sees);
    expect(keepsWallet(actor(id, kind), wallet)).toBe(keeps);
  });
});

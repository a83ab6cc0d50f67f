import { AppError } from '@/lib/core/errors';
import { reaches } from '@/lib/services/access/authorize';
import { roleMay } from '@/lib/services/access/roles';
import type { Actor } from '@/lib/services/context';
import type { UpdateAccountData } from './schemas';

/** Where an account stands in the tree. */
export interface AccountPlace {
  readonly id: string;
  readonly parentId: string | null;
  readonly path: string;
  readonly status: 'active' | 'suspended' | 'terminated';
}

/** Whether the caller sells to this account, or is the operator: who may set its prices. */
export function sellsTo(actor: Actor, account: AccountPlace): boolean {
  if (actor.kind === 'system') return true;
  if (actor.accountKind === 'operator') return account.id !== actor.accountId;
  return account.parentId === actor.accountId;
}

/** Whether the caller may see what the account has with its seller. */
export function seesWallet(actor: Actor, account: AccountPlace): boolean {
  if (actor.kind === 'system') return true;
  if (!roleMay('wallets.read', actor.role, actor.accountKind)) return false;
  return account.id === actor.accountId || sellsTo(actor, account);
}

/** Whether the caller may see, and set, below what margin an account does not sell. */
export function setsMarginFloor(actor: Actor, account: Pick<AccountPlace, 'id'>): boolean {
  if (actor.kind === 'system' || actor.accountKind === 'operator') return true;
  return account.id === actor.accountId;
}

/** The parent as far as the caller's subtree goes. */
export function visibleParent(actor: Actor, account: AccountPlace): string | null {
  if (account.parentId === null) return null;
  const parentPath = account.path.slice(0, -(account.id.length + 1));
  return reaches(actor, parentPath) ? account.parentId : null;
}

/** What only those above an account may change: nobody lifts their own limits. */
const SET_FROM_ABOVE = ['state', 'limits'] as const;
/** What only its seller (or the operator) may change. */
const SET_BY_SELLER = ['sellDeckId', 'ownDeckId', 'walletMode', 'creditLimit'] as const;

/** Throws FORBIDDEN or CONFLICT where a change is not the caller's to make or leads nowhere. */
export function checkUpdate(actor: Actor, account: AccountPlace, change: UpdateAccountData): void {
  const isOwn = actor.kind !== 'system' && account.id === actor.accountId;
  const fromAbove = SET_FROM_ABOVE.find((field) => change[field] !== undefined);
  if (isOwn && fromAbove) {
    throw new AppError(
      'FORBIDDEN',
      `Only whoever sells to this account may change its ${fromAbove}.`,
    );
  }
  const bySeller = SET_BY_SELLER.find((field) => change[field] !== undefined);
  if (bySeller && !sellsTo(actor, account)) {
    throw new AppError(
      'FORBIDDEN',
      `Only whoever sells to this account may change its ${bySeller}.`,
    );
  }
  if (change.marginFloor !== undefined && !setsMarginFloor(actor, account)) {
    throw new AppError('FORBIDDEN', 'At what margin an account sells is its own to say.');
  }
  if (account.status === 'terminated' && change.state && change.state !== 'terminated') {
    throw new AppError('CONFLICT', 'A terminated account does not come back: create a new one.');
  }
}

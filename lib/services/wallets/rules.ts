import type { Actor } from '@/lib/services/context';

/** Whose wallet it is, and with whom. */
export interface WalletPlace {
  readonly accountId: string;
  readonly sellerAccountId: string;
}

/**
 * A wallet says what somebody pays somebody: those two see it, and the operator. A reseller does
 * not see what its child's customers pay its child.
 */
export function seesWallet(actor: Actor, wallet: WalletPlace): boolean {
  return (
    actor.kind === 'system' ||
    actor.accountKind === 'operator' ||
    actor.accountId === wallet.accountId ||
    actor.accountId === wallet.sellerAccountId
  );
}

/** Only the one in whose book a wallet stands moves money in it by hand, or the operator. */
export function keepsWallet(actor: Actor, wallet: WalletPlace): boolean {
  return (
    actor.kind === 'system' ||
    actor.accountKind === 'operator' ||
    actor.accountId === wallet.sellerAccountId
  );
}

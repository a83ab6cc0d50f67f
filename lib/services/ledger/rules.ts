import type { AmountMicro } from '@/lib/core/money';
import type { BookAccountKind } from './chart';
import type { WalletPostingKind } from './schemas';

/** What stands on the other side of a wallet's line, in the same book. */
export function counterAccount(kind: WalletPostingKind): BookAccountKind {
  switch (kind) {
    case 'opening_balance':
      return 'opening_balance';
    case 'top_up':
      return 'psp_clearing';
    // What is given back was revenue once.
    case 'adjustment':
    case 'credit_note':
      return 'revenue';
  }
}

/** What lies in a wallet. */
export interface WalletFunds {
  readonly balanceMicro: AmountMicro;
  readonly heldMicro: AmountMicro;
  readonly creditLimitMicro: AmountMicro;
}

/** What is free in a wallet. */
export function availableMicro(wallet: WalletFunds): AmountMicro {
  return wallet.balanceMicro + wallet.creditLimitMicro - wallet.heldMicro;
}

/** Money comes in at any time; what goes out must be free: neither spent nor reserved. */
export function mayPost(wallet: WalletFunds, amountMicro: AmountMicro): boolean {
  return amountMicro >= 0n || availableMicro(wallet) + amountMicro >= 0n;
}

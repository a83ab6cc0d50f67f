import type { TransactionLayer, TransactionLayerOptions } from './transaction';

/** Makes the transaction layer over a transport. */
export function createTransactionLayer(_options: TransactionLayerOptions): TransactionLayer {
  throw new Error('follows');
}

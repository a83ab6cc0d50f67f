import { TextTable } from '@/lib/core/text-table.server';
import { type Flow, flowKey, isReliable } from './transport';

/** A transaction as far as its stream goes. */
interface OnStream {
  readonly key: string;
  readonly flow: Flow;
  apply(event: 'transportError'): void;
}

/** Which transactions hang on which stream, so that they fail with it. Of UDP nothing is kept. */
export class StreamTransactions {
  private readonly byFlow = new Map<string, TextTable<OnStream>>();

  add(transaction: OnStream): void {
    if (!isReliable(transaction.flow)) return;
    const key = flowKey(transaction.flow);
    const filed = this.byFlow.get(key) ?? new TextTable<OnStream>();
    filed.set(transaction.key, transaction);
    this.byFlow.set(key, filed);
  }

  delete(transaction: OnStream): void {
    if (!isReliable(transaction.flow)) return;
    const key = flowKey(transaction.flow);
    const filed = this.byFlow.get(key);
    filed?.delete(transaction.key);
    if (filed?.size === 0) this.byFlow.delete(key);
  }

  /** A stream broke: so do its transactions. */
  failed(flow: Flow): void {
    // What was sent before the connection stood is filed under its addresses alone.
    for (const key of [flowKey(flow), flowKey({ ...flow, connectionId: undefined })]) {
      for (const transaction of this.byFlow.get(key)?.values() ?? []) {
        transaction.apply('transportError');
      }
    }
  }

  clear(): void {
    this.byFlow.clear();
  }
}

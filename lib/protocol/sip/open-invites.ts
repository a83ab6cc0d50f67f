import { TextTable } from '@/lib/core/text-table.server';
import type { TransactionLayerOptions } from './transaction';
import type { Flow } from './transport';

type OpenInvitesOptions = NonNullable<TransactionLayerOptions['openInvites']>;

/** Counts the INVITEs that each source has open, so that none of them can have them all. */
export class OpenInvites {
  private readonly perSource = new TextTable<number>();
  private readonly options: OpenInvitesOptions | undefined;

  constructor(options: OpenInvitesOptions | undefined) {
    this.options = options;
  }

  /** Whether the source of a flow has as many open as it may. */
  isFull(flow: Flow): boolean {
    if (this.options === undefined) return false;
    const source = this.options.sourceOf(flow);
    return source !== undefined && (this.perSource.get(source) ?? 0) >= this.options.maxPerSource;
  }

  /** Counts one more; what comes back goes to `end`: whom the flow counts for may change meanwhile. */
  begin(flow: Flow): string | undefined {
    const source = this.options?.sourceOf(flow);
    if (source !== undefined) this.perSource.set(source, (this.perSource.get(source) ?? 0) + 1);
    return source;
  }

  end(source: string | undefined): void {
    if (source === undefined) return;
    const left = (this.perSource.get(source) ?? 1) - 1;
    if (left > 0) this.perSource.set(source, left);
    else this.perSource.delete(source);
  }
}

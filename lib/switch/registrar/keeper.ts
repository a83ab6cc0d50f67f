import type { Clock } from '@/lib/core/clock';
import type { Logger } from '@/lib/infra/log';
import type { ConfigRef } from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';
import { loadBindings } from '@/lib/services/registrations/load-bindings';
import { writeBindings } from '@/lib/services/registrations/write-bindings';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { BindingBacklog } from './backlog';
import { Binding } from './binding';
import { type BindingChange, Location } from './location';
import { mayBeReached } from './reach';

/** How often `expire` is to be called, and among which share of all it looks: each once a second. */
export const EXPIRE_MS = 100;
const EXPIRE_SHARE = 0.1;

export interface KeeperOptions {
  readonly nodeId: string;
  readonly database: ServicesDatabase;
  readonly directory: SwitchDirectory;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of every change, once it is in memory. */
  onChange(change: BindingChange): void;
}

/** Keeps the bindings of this node: read back at start, written behind, dropped when they end. */
export class BindingKeeper {
  readonly location: Location;
  private readonly options: KeeperOptions;
  private readonly backlog: BindingBacklog;
  private writing: Promise<void> = Promise.resolve();

  constructor(options: KeeperOptions) {
    this.options = options;
    this.backlog = new BindingBacklog(options.nodeId);
    this.location = new Location((change) => {
      this.backlog.add(change, options.clock.nowMs());
      options.onChange(change);
    });
  }

  /** Changed bindings that wait to be written. */
  get waiting(): number {
    return this.backlog.size;
  }

  /** Reads back what still leads to a phone. A stream's connection did not survive: it comes anew. */
  async restore(): Promise<void> {
    const { database, nodeId, clock, directory } = this.options;
    const records = await loadBindings(database, nodeId, clock.nowMs());
    const usable = records.flatMap((record) => {
      const extension = directory.extensionById(record.extensionId);
      if (record.transport !== 'udp' || !extension) return [];
      // The directory's own copy of the id: a text that came with a row would be a second one.
      return Binding.fromRecord({ ...record, extensionId: extension.id }) ?? [];
    });
    this.location.restore(usable);
  }

  /** Writes what changed since the last time; once more later where that fails. */
  flush(): Promise<void> {
    const { database, log } = this.options;
    this.writing = this.writing.then(async () => {
      if (this.backlog.size === 0) return;
      const batch = this.backlog.drain();
      try {
        await writeBindings(database, batch);
      } catch (error) {
        this.backlog.restore(batch);
        log.warn('bindings.write', { error });
      }
    });
    return this.writing;
  }

  /** Drops what has expired; see EXPIRE_MS. */
  expire(): void {
    const budget = Math.ceil(this.location.size * EXPIRE_SHARE) + 1;
    this.location.expire(this.options.clock.nowMs(), budget);
  }

  /** Phones whose extension was suspended or deleted can't be rung any more. */
  dropClosed(changed: readonly ConfigRef[]): void {
    const { directory } = this.options;
    const isClosed = (id: string): boolean => !mayBeReached(directory, id);
    for (const { kind, objectId } of changed) {
      if (kind === 'extension' && isClosed(objectId)) {
        this.location.dropExtension(objectId, 'closed');
      }
    }
    if (changed.some(({ kind }) => kind === 'tenant' || kind === 'account')) {
      this.location.dropWhere(isClosed, 'closed');
    }
  }
}

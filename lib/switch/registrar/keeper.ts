import type { Clock } from '@/lib/core/clock';
import type { Logger } from '@/lib/infra/log';
import type { ConfigRef } from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';
import { loadBindings } from '@/lib/services/registrations/load-bindings';
import { renewBindings } from '@/lib/services/registrations/renew-bindings';
import { writeBindings } from '@/lib/services/registrations/write-bindings';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import { BindingBacklog, RENEWALS_WRITE_MS } from './backlog';
import { Binding } from './binding';
import { type BindingChange, Location } from './location';
import { mayBeReached } from './reach';

/** How often changes are written. */
export const BINDINGS_WRITE_MS = 200;
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
    this.location = new Location(
      (change) => {
        this.backlog.add(change, options.clock.nowMs());
        options.onChange(change);
      },
      (binding, { expiresAtMs }) => this.backlog.renew(binding, expiresAtMs, options.clock.nowMs()),
    );
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

  /**
   * Writes what changed since the last time, and a share of what was only renewed; once more later
   * where that fails. To be called every BINDINGS_WRITE_MS.
   */
  flush(): Promise<void> {
    const calls = Math.ceil(RENEWALS_WRITE_MS / 2 / BINDINGS_WRITE_MS);
    return this.write(() => this.writeRenewals(calls));
  }

  /** Writes everything. */
  flushAll(): Promise<void> {
    return this.write(async () => {
      while (this.backlog.size > 0) {
        const { size } = this.backlog;
        await this.writeRenewals(1);
        await this.writeChanges();
        // What can't be written now won't be by trying on.
        if (this.backlog.size >= size) return;
      }
    });
  }

  private write(renewals: () => Promise<void>): Promise<void> {
    this.writing = this.writing.then(() => this.writeChanges()).then(renewals);
    return this.writing;
  }

  private async writeRenewals(calls: number): Promise<void> {
    const { database, log } = this.options;
    const renewed = this.backlog.drainRenewed(calls, (one) => this.location.holds(one));
    if (renewed.length === 0) return;
    try {
      const written = await renewBindings(database, renewed);
      if (written < renewed.length) this.backlog.putWhole(renewed);
    } catch (error) {
      this.backlog.putWhole(renewed);
      log.warn('bindings.write', { error });
    }
  }

  private async writeChanges(): Promise<void> {
    const { database, log } = this.options;
    if (this.backlog.isCalm) return;
    const batch = this.backlog.drain();
    try {
      await writeBindings(database, batch);
    } catch (error) {
      this.backlog.restore(batch);
      log.warn('bindings.write', { error });
    }
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

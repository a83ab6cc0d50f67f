import type { BindingKey, BindingRecord } from '@/lib/services/registrations/types';

/** What happened to the bindings of an extension. */
export interface BindingChange {
  readonly extensionId: string;
  readonly upserts: readonly BindingRecord[];
  readonly deletes: readonly string[];
  /** Whether it could be reached before and can be now. */
  readonly wasRegistered: boolean;
  readonly isRegistered: boolean;
}

/**
 * Where extensions can be reached: all bindings of this node, in memory. Changes are told to one
 * listener, which writes them behind and tells the portal.
 */
export class Location {
  private readonly byExtension = new Map<string, readonly BindingRecord[]>();
  private readonly onChange: (change: BindingChange) => void;

  constructor(onChange: (change: BindingChange) => void) {
    this.onChange = onChange;
  }

  /** Bindings still alive at `nowMs`, the latest refreshed first. */
  lookup(extensionId: string, nowMs: number): readonly BindingRecord[] {
    const all = this.byExtension.get(extensionId);
    if (!all) return [];
    return all.every((one) => one.expiresAtMs > nowMs)
      ? all
      : all.filter((one) => one.expiresAtMs > nowMs);
  }

  /** Extensions with at least one binding. */
  get size(): number {
    return this.byExtension.size;
  }

  /** Every binding, for lists. */
  *all(): Generator<BindingRecord> {
    for (const bindings of this.byExtension.values()) yield* bindings;
  }

  /** What was read back at start: nothing is told, nothing written. */
  restore(records: readonly BindingRecord[]): void {
    for (const record of records) {
      this.byExtension.set(record.extensionId, [
        record,
        ...(this.byExtension.get(record.extensionId) ?? []),
      ]);
    }
  }

  /** Applies one REGISTER's outcome. */
  update(extensionId: string, upserts: readonly BindingRecord[], deletes: readonly string[]): void {
    if (upserts.length === 0 && deletes.length === 0) return;
    const before = this.byExtension.get(extensionId) ?? [];
    const replaced = new Set([...deletes, ...upserts.map((one) => one.contactUri)]);
    const after = [...upserts, ...before.filter((one) => !replaced.has(one.contactUri))];
    if (after.length > 0) this.byExtension.set(extensionId, after);
    else this.byExtension.delete(extensionId);
    this.onChange({
      extensionId,
      upserts,
      deletes,
      wasRegistered: before.length > 0,
      isRegistered: after.length > 0,
    });
  }

  /** Drops what a test of each binding says is dead: expired, its flow closed, its extension gone. */
  evict(isDead: (binding: BindingRecord) => boolean): number {
    let evicted = 0;
    for (const [extensionId, bindings] of this.byExtension) {
      const dead = bindings.filter(isDead).map((one) => one.contactUri);
      if (dead.length === 0) continue;
      evicted += dead.length;
      this.update(extensionId, [], dead);
    }
    return evicted;
  }
}

/** Collects changes of bindings between two writes: the latest word on each contact counts. */
export class BindingBacklog {
  private readonly pending = new Map<string, BindingRecord | BindingKey>();

  add(change: BindingChange): void {
    for (const contactUri of change.deletes) {
      const key = { extensionId: change.extensionId, contactUri };
      this.pending.set(`${key.extensionId} ${contactUri}`, key);
    }
    for (const record of change.upserts) {
      this.pending.set(`${record.extensionId} ${record.contactUri}`, record);
    }
  }

  get size(): number {
    return this.pending.size;
  }

  /** Takes everything out, as one batch. */
  drain(): { upserts: BindingRecord[]; deletes: BindingKey[] } {
    const upserts: BindingRecord[] = [];
    const deletes: BindingKey[] = [];
    for (const one of this.pending.values()) {
      if ('expiresAtMs' in one) upserts.push(one);
      else deletes.push(one);
    }
    this.pending.clear();
    return { upserts, deletes };
  }

  /** Puts back a batch that could not be written, unless something newer came meanwhile. */
  restore(batch: { upserts: readonly BindingRecord[]; deletes: readonly BindingKey[] }): void {
    for (const one of [...batch.upserts, ...batch.deletes]) {
      const key = `${one.extensionId} ${one.contactUri}`;
      if (!this.pending.has(key)) this.pending.set(key, one);
    }
  }
}

import { isSameBinding } from '@/lib/services/registrations/rules';
import type {
  BindingKey,
  BindingRecord,
  RegistrationEventRecord,
} from '@/lib/services/registrations/types';
import { Binding } from './binding';
import type { BindingChange } from './location';

/** Comings and goings that wait for a database that does not answer; beyond, the oldest go. */
const MAX_EVENTS = 20_000;

/** A group of changes to be written. */
export interface PendingBatch {
  readonly upserts: readonly BindingRecord[];
  readonly deletes: readonly BindingKey[];
  readonly events: readonly RegistrationEventRecord[];
}

type Pending = Binding | BindingRecord | BindingKey;

/** Collects changes of bindings between two writes: the latest word on each counts. */
export class BindingBacklog {
  private readonly nodeId: string;
  /**
   * By extension, whose id is a text that is there anyway; nearly all have one phone that came again.
   * Bindings become records only when they are written: most are refreshed again before that.
   */
  private readonly pending = new Map<string, Pending | Pending[]>();
  private pendingCount = 0;
  private events: RegistrationEventRecord[] = [];

  constructor(nodeId: string) {
    this.nodeId = nodeId;
  }

  add(change: BindingChange, nowMs: number): void {
    for (const { binding, cause } of change.gone) {
      const { extensionId, contactUri, instanceId, regId } = binding;
      const key = { extensionId, contactUri, instanceId, regId };
      this.put(key);
      // A phone that only moved was never away.
      if (cause !== 'replaced') this.tell({ ...seenAt(binding), atMs: nowMs, cause });
    }
    for (const binding of change.upserts) this.put(binding);
    if (change.gone.some((one) => one.cause === 'replaced')) return;
    for (const binding of change.fresh) {
      this.tell({ ...seenAt(binding), atMs: nowMs, cause: 'registered' });
    }
  }

  get size(): number {
    return this.pendingCount + this.events.length;
  }

  /** Takes everything out, as one batch. */
  drain(): PendingBatch {
    const upserts: BindingRecord[] = [];
    const deletes: BindingKey[] = [];
    for (const one of [...this.pending.values()].flat()) {
      if (one instanceof Binding) upserts.push(one.toRecord(this.nodeId));
      else if ('expiresAtMs' in one) upserts.push(one);
      else deletes.push(one);
    }
    const { events } = this;
    this.pending.clear();
    this.pendingCount = 0;
    this.events = [];
    return { upserts, deletes, events };
  }

  /** Puts back a batch that could not be written, unless something newer came meanwhile. */
  restore(batch: PendingBatch): void {
    for (const one of [...batch.upserts, ...batch.deletes]) {
      if (!this.has(one)) this.put(one);
    }
    this.events = [...batch.events, ...this.events].slice(-MAX_EVENTS);
  }

  private has(key: BindingKey): boolean {
    const known = this.pending.get(key.extensionId);
    if (known === undefined) return false;
    return Array.isArray(known)
      ? known.some((one) => isSameBinding(one, key))
      : isSameBinding(known, key);
  }

  private put(one: Pending): void {
    const known = this.pending.get(one.extensionId);
    if (known !== undefined && !Array.isArray(known) && isSameBinding(known, one)) {
      this.pending.set(one.extensionId, one);
      return;
    }
    const others = known === undefined ? [] : [known].flat();
    const kept = others.filter((other) => !isSameBinding(other, one));
    this.pendingCount += 1 + kept.length - others.length;
    this.pending.set(one.extensionId, kept.length === 0 ? one : [...kept, one]);
  }

  private tell(event: RegistrationEventRecord): void {
    this.events.push(event);
    if (this.events.length > MAX_EVENTS) this.events.shift();
  }
}

function seenAt(binding: BindingChange['upserts'][number]) {
  const { extensionId, userAgent, address, port, transport } = binding;
  return { extensionId, userAgent, address, port, transport };
}

import { bindingKeyOf } from '@/lib/services/registrations/rules';
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

/** Collects changes of bindings between two writes: the latest word on each counts. */
export class BindingBacklog {
  private readonly nodeId: string;
  /** Bindings become records only when they are written: most are refreshed again before that. */
  private readonly pending = new Map<string, Binding | BindingRecord | BindingKey>();
  private events: RegistrationEventRecord[] = [];

  constructor(nodeId: string) {
    this.nodeId = nodeId;
  }

  add(change: BindingChange, nowMs: number): void {
    for (const { binding, cause } of change.gone) {
      const { extensionId, contactUri, instanceId, regId } = binding;
      const key = { extensionId, contactUri, instanceId, regId };
      this.pending.set(bindingKeyOf(key), key);
      // A phone that only moved was never away.
      if (cause !== 'replaced') this.tell({ ...seenAt(binding), atMs: nowMs, cause });
    }
    for (const binding of change.upserts) {
      this.pending.set(bindingKeyOf(binding), binding);
    }
    if (change.gone.some((one) => one.cause === 'replaced')) return;
    for (const binding of change.fresh) {
      this.tell({ ...seenAt(binding), atMs: nowMs, cause: 'registered' });
    }
  }

  get size(): number {
    return this.pending.size + this.events.length;
  }

  /** Takes everything out, as one batch. */
  drain(): PendingBatch {
    const upserts: BindingRecord[] = [];
    const deletes: BindingKey[] = [];
    for (const one of this.pending.values()) {
      if (one instanceof Binding) upserts.push(one.toRecord(this.nodeId));
      else if ('expiresAtMs' in one) upserts.push(one);
      else deletes.push(one);
    }
    const { events } = this;
    this.pending.clear();
    this.events = [];
    return { upserts, deletes, events };
  }

  /** Puts back a batch that could not be written, unless something newer came meanwhile. */
  restore(batch: PendingBatch): void {
    for (const one of [...batch.upserts, ...batch.deletes]) {
      const key = bindingKeyOf(one);
      if (!this.pending.has(key)) this.pending.set(key, one);
    }
    this.events = [...batch.events, ...this.events].slice(-MAX_EVENTS);
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

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

/** Fewer renewals are not worth a statement of their own. */
const MIN_RENEWALS = 100;

/** A group of changes to be written. */
export interface PendingBatch {
  readonly upserts: readonly BindingRecord[];
  readonly deletes: readonly BindingKey[];
  readonly events: readonly RegistrationEventRecord[];
}

/**
 * How long a binding that was only renewed may wait to be written, by which its expiry in the
 * database lags behind. What would be over there by then does not wait.
 */
export const RENEWALS_WRITE_MS = 10_000;

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
  /** Renewed bindings: those that gather, those that are being written, and how many at a time. */
  private renewed: Binding[] = [];
  private due: Binding[] = [];
  private dueAtATime = 0;

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

  /** Notes that a phone came again. `writtenUntilMs`: what its binding said before. */
  renew(binding: Binding, writtenUntilMs: number, nowMs: number): void {
    if (binding.isRenewed) return;
    if (writtenUntilMs - nowMs < 2 * RENEWALS_WRITE_MS) {
      this.put(binding);
      return;
    }
    binding.isRenewed = true;
    this.renewed.push(binding);
  }

  /**
   * Takes renewed bindings that are still held; called so many times within half of
   * RENEWALS_WRITE_MS, it takes each within the whole.
   */
  drainRenewed(calls: number, isHeld: (binding: Binding) => boolean): readonly Binding[] {
    if (this.due.length === 0) {
      this.due = this.renewed;
      this.renewed = [];
      this.dueAtATime = Math.ceil(this.due.length / calls);
    }
    const taken = this.due.splice(-Math.max(this.dueAtATime, MIN_RENEWALS));
    for (const binding of taken) binding.isRenewed = false;
    return taken.filter(isHeld);
  }

  /** Renewals that have no row, or could not be written: they are written whole. */
  putWhole(bindings: readonly Binding[]): void {
    for (const binding of bindings) if (!this.has(binding)) this.put(binding);
  }

  get size(): number {
    return this.pendingCount + this.events.length + this.renewed.length + this.due.length;
  }

  /** Nothing that waits can't wait a little longer. */
  get isCalm(): boolean {
    return this.pendingCount === 0 && this.events.length === 0;
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

import { bindingKeyOf, isSameBinding } from '@/lib/services/registrations/rules';
import type { BindingKey, RegistrationCause } from '@/lib/services/registrations/types';
import type { Binding, Renewal } from './binding';

/** A binding that went, and why. */
export interface GoneBinding {
  readonly binding: Binding;
  readonly cause: RegistrationCause;
}

/** What happened to the bindings of an extension. */
export interface BindingChange {
  readonly extensionId: string;
  readonly upserts: readonly Binding[];
  /** Of the upserts those that were not there before. */
  readonly fresh: readonly Binding[];
  /** Of the upserts those that come from somewhere else now. */
  readonly moved: readonly Binding[];
  readonly gone: readonly GoneBinding[];
  /** Whether it could be reached before and can be now. */
  readonly wasRegistered: boolean;
  readonly isRegistered: boolean;
}

/** Told of a binding that was renewed, and until when it was good before. */
export type OnRenewed = (binding: Binding, before: { readonly expiresAtMs: number }) => void;

/** One binding is kept bare: a list around each would cost 56 bytes a phone. */
type Kept = Binding | readonly Binding[];

const NONE: readonly Binding[] = [];

function isList(kept: Kept): kept is readonly Binding[] {
  return Array.isArray(kept);
}

function listOf(kept: Kept | undefined): readonly Binding[] {
  if (kept === undefined) return NONE;
  return isList(kept) ? kept : [kept];
}

function hasMoved(now: Binding, before: Binding | undefined): boolean {
  if (before === undefined) return false;
  const { address, port, connectionId } = before;
  return now.address !== address || now.port !== port || now.connectionId !== connectionId;
}

/**
 * Where extensions can be reached: all bindings of this node, in memory. Changes are told to one
 * listener, which writes them behind and tells the portal.
 */
export class Location {
  private readonly byExtension = new Map<string, Kept>();
  /** Extensions that hang on a connection, so that its end costs no search. */
  private readonly byConnection = new Map<number, Set<string>>();
  private readonly onChange: (change: BindingChange) => void;
  private readonly onRenewed: OnRenewed | undefined;
  private bindings = 0;
  /** Where the search for expired bindings goes on. */
  private sweep: Iterator<Kept> | undefined;

  /**
   * `onRenewed` hears of bindings that were renewed, which changes nothing that anybody sees; where
   * it is left out, a phone that comes again is a change like any other.
   */
  constructor(onChange: (change: BindingChange) => void, onRenewed?: OnRenewed) {
    this.onChange = onChange;
    this.onRenewed = onRenewed;
  }

  /** Bindings still alive at `nowMs`, the latest refreshed first. */
  lookup(extensionId: string, nowMs: number): readonly Binding[] {
    const all = listOf(this.byExtension.get(extensionId));
    return all.every((one) => one.expiresAtMs > nowMs)
      ? all
      : all.filter((one) => one.expiresAtMs > nowMs);
  }

  /** The binding of an extension that has one, alive at `nowMs`; see lookup for any other. */
  only(extensionId: string, nowMs: number): Binding | undefined {
    const kept = this.byExtension.get(extensionId);
    return kept !== undefined && !isList(kept) && kept.expiresAtMs > nowMs ? kept : undefined;
  }

  /** Whether a binding is still what is known of its phone. */
  holds(binding: Binding): boolean {
    const kept = this.byExtension.get(binding.extensionId);
    return kept === binding || listOf(kept).includes(binding);
  }

  /** The phone of a binding came again, the same in everything: it lives on, in place. */
  renew(binding: Binding, renewal: Renewal): void {
    const { expiresAtMs, extensionId } = binding;
    binding.renew(renewal);
    const kept = this.byExtension.get(extensionId);
    // The latest refreshed comes first.
    if (kept !== undefined && isList(kept) && kept[0] !== binding) {
      this.byExtension.set(extensionId, [binding, ...kept.filter((one) => one !== binding)]);
    }
    this.onRenewed?.(binding, { expiresAtMs });
  }

  /** Extensions with at least one binding. */
  get size(): number {
    return this.byExtension.size;
  }

  /** Bindings, of all extensions. */
  get bindingCount(): number {
    return this.bindings;
  }

  /** Every binding, for lists. */
  *all(): Generator<Binding> {
    for (const kept of this.byExtension.values()) yield* listOf(kept);
  }

  /** What was read back at start, the oldest first: nothing is told, nothing written. */
  restore(read: readonly Binding[]): void {
    for (const binding of read) {
      const before = listOf(this.byExtension.get(binding.extensionId));
      this.keep(binding.extensionId, before, [binding, ...before]);
    }
  }

  /** Applies one REGISTER's outcome, or takes bindings away. */
  update(
    extensionId: string,
    upserts: readonly Binding[],
    gone: readonly GoneBinding[] = [],
  ): void {
    if (upserts.length === 0 && gone.length === 0) return;
    const before = listOf(this.byExtension.get(extensionId));
    if (this.refreshed(before, upserts, gone)) return;
    const known = new Map(before.map((one) => [bindingKeyOf(one), one]));
    const knownOf = (one: Binding): Binding | undefined => known.get(bindingKeyOf(one));
    const replaced = new Set([...gone.map((one) => one.binding), ...upserts].map(bindingKeyOf));
    const after = [...upserts, ...before.filter((one) => !replaced.has(bindingKeyOf(one)))];
    this.keep(extensionId, before, after);
    this.onChange({
      extensionId,
      upserts,
      fresh: upserts.filter((one) => knownOf(one) === undefined),
      moved: upserts.filter((one) => hasMoved(one, knownOf(one))),
      gone,
      wasRegistered: before.length > 0,
      isRegistered: after.length > 0,
    });
  }

  /** The only phone of an extension came again, which is what nearly every REGISTER is. */
  private refreshed(
    before: readonly Binding[],
    upserts: readonly Binding[],
    gone: readonly GoneBinding[],
  ): boolean {
    const [now] = upserts;
    const [known] = before;
    if (!now || !known || gone.length > 0 || before.length > 1 || upserts.length > 1) return false;
    if (!isSameBinding(now, known)) return false;
    if (this.onRenewed !== undefined && now.isRenewalOf(known)) {
      this.renew(known, now);
      return true;
    }
    this.keep(now.extensionId, before, upserts);
    const moved = hasMoved(now, known) ? upserts : NONE;
    const common = { wasRegistered: true, isRegistered: true, gone, moved, fresh: NONE };
    this.onChange({ extensionId: now.extensionId, upserts, ...common });
    return true;
  }

  /** Takes away all bindings of an extension; how many there were. */
  dropExtension(extensionId: string, cause: RegistrationCause): number {
    const gone = listOf(this.byExtension.get(extensionId)).map((binding) => ({ binding, cause }));
    this.update(extensionId, [], gone);
    return gone.length;
  }

  /** Takes away one binding; whether it was there. */
  drop(key: BindingKey, cause: RegistrationCause): boolean {
    const wanted = bindingKeyOf(key);
    const kept = listOf(this.byExtension.get(key.extensionId));
    const binding = kept.find((one) => bindingKeyOf(one) === wanted);
    if (binding) this.update(key.extensionId, [], [{ binding, cause }]);
    return binding !== undefined;
  }

  /** A connection ended: what hung on it goes, except what came back by another meanwhile. */
  dropConnection(connectionId: number): void {
    for (const extensionId of [...(this.byConnection.get(connectionId) ?? [])]) {
      const gone = listOf(this.byExtension.get(extensionId))
        .filter((binding) => binding.connectionId === connectionId)
        .map((binding) => ({ binding, cause: 'connection_lost' as const }));
      this.update(extensionId, [], gone);
    }
  }

  /** Takes away the bindings of every extension that is not to be reached any more. */
  dropWhere(isClosed: (extensionId: string) => boolean, cause: RegistrationCause): void {
    for (const extensionId of [...this.byExtension.keys()]) {
      if (isClosed(extensionId)) this.dropExtension(extensionId, cause);
    }
  }

  /**
   * Takes away what has expired among the next `budget` extensions, going round: many bindings are
   * looked through a few at a time instead of all in one pause.
   */
  expire(nowMs: number, budget: number): void {
    const due: Binding[] = [];
    for (let seen = 0; seen < budget; seen += 1) {
      this.sweep ??= this.byExtension.values();
      const next = this.sweep.next();
      if (next.done === true) {
        this.sweep = undefined;
        break;
      }
      const kept = next.value;
      if (isList(kept)) due.push(...kept.filter((one) => one.expiresAtMs <= nowMs));
      else if (kept.expiresAtMs <= nowMs) due.push(kept);
    }
    for (const binding of due) this.drop(binding, 'expired');
  }

  private keep(id: string, before: readonly Binding[], after: readonly Binding[]): void {
    const [only, second] = after;
    if (only === undefined) this.byExtension.delete(id);
    // The key is the binding's own text: one copy of an id for both.
    else this.byExtension.set(id, second === undefined ? only : after);
    this.bindings += after.length - before.length;
    for (const { connectionId } of before) if (connectionId) this.unfile(connectionId, id);
    for (const { connectionId } of after) if (connectionId) this.file(connectionId, id);
  }

  private file(connectionId: number, extensionId: string): void {
    const filed = this.byConnection.get(connectionId);
    if (filed === undefined) this.byConnection.set(connectionId, new Set([extensionId]));
    else filed.add(extensionId);
  }

  private unfile(connectionId: number, extensionId: string): void {
    const filed = this.byConnection.get(connectionId);
    filed?.delete(extensionId);
    if (filed?.size === 0) this.byConnection.delete(connectionId);
  }
}

import type { Dialog } from '@/lib/protocol/sip/dialog';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { EventPackage } from './packages';
import type { Subscription } from './subscription';

/** What a phone asks for. */
export interface Asked {
  readonly kind: EventPackage['name'];
  readonly resourceId: string;
  readonly subscriberId: string;
  readonly dialog: Dialog;
}

const NONE: readonly Subscription[] = [];

/** Subscriptions filed under one key each. */
class Index<Key> {
  private readonly filed = new Map<Key, Set<Subscription>>();

  add(key: Key, one: Subscription): void {
    const known = this.filed.get(key);
    if (known) known.add(one);
    else this.filed.set(key, new Set([one]));
  }

  delete(key: Key, one: Subscription): void {
    const known = this.filed.get(key);
    known?.delete(one);
    if (known?.size === 0) this.filed.delete(key);
  }

  /** A copy: what is done with them may take them out. */
  get(key: Key): readonly Subscription[] {
    const known = this.filed.get(key);
    return known ? [...known] : NONE;
  }

  keys(): Iterable<Key> {
    return this.filed.keys();
  }
}

/** Every subscription: found by whose it is, what it is about, and the connection it hangs on. */
export class SubscriptionBook {
  private readonly all = new Set<Subscription>();
  private readonly bySubscriber = new Index<string>();
  private readonly byResource = new Index<string>();
  private readonly byConnection = new Index<number>();

  get size(): number {
    return this.all.size;
  }

  add(one: Subscription): void {
    const { subscriberId, resourceId, dialog } = one.init;
    this.all.add(one);
    this.bySubscriber.add(subscriberId, one);
    this.byResource.add(resourceId, one);
    if (dialog.flow.connectionId !== undefined)
      this.byConnection.add(dialog.flow.connectionId, one);
  }

  delete(one: Subscription): void {
    const { subscriberId, resourceId, dialog } = one.init;
    if (!this.all.delete(one)) return;
    this.bySubscriber.delete(subscriberId, one);
    this.byResource.delete(resourceId, one);
    const { connectionId } = dialog.flow;
    if (connectionId !== undefined) this.byConnection.delete(connectionId, one);
  }

  /** Its phone comes by another flow now. */
  moved(one: Subscription, flow: Flow): void {
    this.delete(one);
    one.init.dialog.flow = flow;
    this.add(one);
  }

  ofSubscriber(extensionId: string): readonly Subscription[] {
    return this.bySubscriber.get(extensionId);
  }

  about(extensionId: string): readonly Subscription[] {
    return this.byResource.get(extensionId);
  }

  watching(kind: EventPackage['name'], extensionId: string): readonly Subscription[] {
    return this.about(extensionId).filter((one) => one.init.package.name === kind);
  }

  onConnection(connectionId: number): readonly Subscription[] {
    return this.byConnection.get(connectionId);
  }

  /** Extensions that subscribe or are subscribed to. */
  extensionIds(): readonly string[] {
    return [...new Set([...this.bySubscriber.keys(), ...this.byResource.keys()])];
  }

  /** Forgets what the same phone asked for before: it restarted, and nobody listens there. */
  forgetTwinsOf(asked: Asked): void {
    for (const one of this.ofSubscriber(asked.subscriberId)) {
      const { package: kind, resourceId, dialog } = one.init;
      const isSame =
        kind.name === asked.kind &&
        resourceId === asked.resourceId &&
        dialog.remoteTarget === asked.dialog.remoteTarget &&
        dialog.flow.remote.address === asked.dialog.flow.remote.address;
      if (isSame) one.end({ type: 'answered', status: 481 });
    }
  }
}

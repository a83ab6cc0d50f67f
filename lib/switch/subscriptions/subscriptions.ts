import { createRequest } from '@/lib/protocol/sip/build';
import { Dialog } from '@/lib/protocol/sip/dialog';
import { grantInterval, parseEvent, type TerminationReason } from '@/lib/protocol/sip/subscription';
import { flatText, toWireText } from '@/lib/protocol/sip/text';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import { escapeUser, parseSipUri } from '@/lib/protocol/sip/uri';
import type { ConfigRef } from '@/lib/services/configuration/types';
import type { AuthenticatedPhone, Authentication } from '@/lib/switch/authentication';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { BindingChange, Location } from '@/lib/switch/registrar/location';
import { mayBeReached, type PhoneTarget, phoneTargets } from '@/lib/switch/registrar/reach';
import type { SipStack } from '@/lib/switch/stack';
import type { BusyLamps } from './busy-lamps';
import type { MessagesWaiting } from './messages-waiting';
import { dialogPackage, type EventPackage, messageSummaryPackage } from './packages';
import { Subscription } from './subscription';
import { type Asked, SubscriptionBook } from './subscription-book';

/** Intervals of a subscription; an hour is the packages' own default (RFC 3842 §4.4, RFC 4235 §3.4). */
const INTERVAL = { minSeconds: 60, maxSeconds: 3_600, defaultSeconds: 3_600 };
/** A receptionist's phone with two expansion modules watches 100 extensions; twice that and more. */
const MAX_PER_SUBSCRIBER = 250;
/** On one node; each costs about 2 KB. */
const MAX_SUBSCRIPTIONS = 100_000;
/** What a phone that we are too busy for shall wait. */
const RETRY_AFTER_SECONDS = 300;
/** Longest Event header kept. */
const MAX_EVENT_LENGTH = 128;

export interface SubscriptionsOptions {
  readonly stack: SipStack;
  readonly directory: SwitchDirectory;
  readonly location: Location;
  readonly authentication: Authentication;
  readonly lamps: BusyLamps;
  readonly waiting: MessagesWaiting;
}

/**
 * Answers SUBSCRIBE (RFC 6665) and keeps phones told: lamps of their colleagues, messages that wait
 * for them. Of another tenant's extension nobody learns more than of one that never was.
 */
export class Subscriptions {
  private readonly options: SubscriptionsOptions;
  private readonly packages: ReadonlyMap<string, EventPackage>;
  private readonly book = new SubscriptionBook();

  constructor(options: SubscriptionsOptions) {
    this.options = options;
    const { lamps, waiting } = options;
    const kinds = [
      dialogPackage(lamps),
      messageSummaryPackage(waiting, (id) => this.addressOf(id)),
    ];
    this.packages = new Map(kinds.map((kind) => [kind.name, kind]));
    lamps.listen((id) => this.changed('dialog', id));
    waiting.listen((id) => {
      this.changed('message-summary', id);
      this.tellUnasked(id, this.targetsOf(id));
    });
  }

  /** How many there are now. */
  get size(): number {
    return this.book.size;
  }

  /** A SUBSCRIBE outside any dialog. */
  subscribe(transaction: ServerTransaction): void {
    const { authentication, directory, stack } = this.options;
    const { request } = transaction;
    const kind = this.packageOf(transaction);
    if (!kind) return;
    const phone = authentication.authenticate(transaction, request.from);
    if (!phone) return;
    if (!mayBeReached(directory, phone.extension.id)) {
      transaction.respond(403, 'Suspended');
      return;
    }
    const resourceId = this.resourceOf(request.uri, phone, kind);
    if (resourceId === undefined) {
      transaction.respond(404);
      return;
    }
    const seconds = this.intervalOf(transaction);
    if (seconds === undefined) return;
    const dialog = Dialog.uas(transaction);
    if (!dialog) {
      transaction.respond(400, 'Contact Needed');
      return;
    }
    const subscriberId = phone.extension.id;
    if (!this.hasRoom({ kind: kind.name, resourceId, subscriberId, dialog })) {
      transaction.respond(503, undefined, { headers: { 'retry-after': RETRY_AFTER_SECONDS } });
      return;
    }
    const subscription = new Subscription(stack, {
      package: kind,
      eventValue: flatText(request.header('event') ?? ''),
      dialog,
      subscriberId,
      resourceId,
      onRefresh: (known, refresh, flow) => this.refresh(known, refresh, flow),
      onOver: (known) => this.book.delete(known),
    });
    this.book.add(subscription);
    subscription.accept(transaction, seconds);
  }

  /** The secret changed, or somebody evicted the phone: it has to come and prove itself again. */
  dropSubscriber(extensionId: string, reason: TerminationReason): void {
    for (const one of this.book.ofSubscriber(extensionId)) one.end({ type: 'ended', reason });
  }

  /** A connection ended: who subscribed by it is not there any more. */
  dropConnection(connectionId: number): void {
    for (const one of this.book.onConnection(connectionId)) {
      one.end({ type: 'answered', status: 408 });
    }
  }

  /** Objects changed: subscriptions of whom is suspended or gone end, and those about the gone. */
  review(changed: readonly ConfigRef[]): void {
    const { directory, waiting } = this.options;
    const isWide = changed.some(({ kind }) => kind === 'tenant' || kind === 'account');
    const ids = isWide
      ? this.book.extensionIds()
      : changed.filter(({ kind }) => kind === 'extension').map(({ objectId }) => objectId);
    for (const id of ids) {
      if (!mayBeReached(directory, id)) this.dropSubscriber(id, 'rejected');
      if (directory.extensionById(id)) continue;
      waiting.forget(id);
      for (const one of this.book.about(id)) one.end({ type: 'ended', reason: 'noresource' });
    }
  }

  /**
   * A phone that was evicted loses its subscriptions too; one that came is told of its messages,
   * unless it asks by itself.
   */
  bindingsChanged({ extensionId, fresh, gone }: BindingChange): void {
    const { waiting } = this.options;
    if (gone.some(({ cause }) => cause === 'evicted')) {
      this.dropSubscriber(extensionId, 'deactivated');
    }
    if (fresh.length > 0 && waiting.of(extensionId).unheard > 0) {
      this.tellUnasked(extensionId, phoneTargets(fresh));
    }
  }

  private refresh(known: Subscription, transaction: ServerTransaction, flow: Flow): void {
    const { authentication } = this.options;
    const { dialog, subscriberId, package: kind } = known.init;
    if (parseEvent(transaction.request.header('event') ?? '')?.name !== kind.name) {
      this.refuseEvent(transaction);
      return;
    }
    // Tags can be overheard: whoever comes from elsewhere has to prove who it is (facts: attacks).
    if (flow.remote.address !== dialog.flow.remote.address) {
      const phone = authentication.authenticate(transaction, transaction.request.from);
      if (!phone) return;
      if (phone.extension.id !== subscriberId) {
        transaction.respond(481);
        return;
      }
    }
    const seconds = this.intervalOf(transaction);
    if (seconds === undefined) return;
    const verdict = dialog.receiveRequest(transaction.request);
    if (!verdict.ok) {
      transaction.respond(verdict.status, verdict.reason);
      return;
    }
    this.book.moved(known, flow);
    known.accept(transaction, seconds);
  }

  /** At the cap a phone that restarted takes the place of what it asked in its earlier life. */
  private hasRoom(asked: Asked): boolean {
    const isFull = (): boolean =>
      this.book.size >= MAX_SUBSCRIPTIONS ||
      this.book.ofSubscriber(asked.subscriberId).length >= MAX_PER_SUBSCRIBER;
    if (!isFull()) return true;
    this.book.forgetTwinsOf(asked);
    return !isFull();
  }

  private changed(kind: EventPackage['name'], extensionId: string): void {
    for (const one of this.book.watching(kind, extensionId)) one.changed();
  }

  private packageOf(transaction: ServerTransaction): EventPackage | undefined {
    const value = transaction.request.header('event') ?? '';
    const event = value.length > MAX_EVENT_LENGTH ? undefined : parseEvent(value);
    const kind = event && this.packages.get(event.name);
    if (!kind) {
      this.refuseEvent(transaction);
      return undefined;
    }
    const accepted = transaction.request
      .headers('accept')
      .map((type) => type.split(';')[0]?.trim().toLowerCase());
    const fits = accepted.some(
      (type) => type === kind.contentType || type === 'application/*' || type === '*/*',
    );
    if (accepted.length > 0 && !fits) {
      transaction.respond(406, undefined, { headers: { accept: kind.contentType } });
      return undefined;
    }
    return kind;
  }

  /** §8.2.1 and §4.2.1.1: what can be subscribed to is named. */
  private refuseEvent(transaction: ServerTransaction): void {
    transaction.respond(489, 'Bad Event', {
      headers: { 'allow-events': [...this.packages.keys()].join(', ') },
    });
  }

  /** The extension asked about, of the asker's own tenant; undefined for any other, there or not. */
  private resourceOf(
    target: string,
    { tenant, extension }: AuthenticatedPhone,
    kind: EventPackage,
  ): string | undefined {
    const { directory } = this.options;
    const uri = parseSipUri(target);
    const named = uri && directory.tenantByDomain(uri.host);
    if (!uri || (named && named.id !== tenant.id)) return undefined;
    const found = directory.extension(tenant.id, uri.user);
    if (!found || (kind.isPrivate && found.id !== extension.id)) return undefined;
    return found.id;
  }

  private intervalOf(transaction: ServerTransaction): number | undefined {
    const text = transaction.request.header('expires');
    const asked = text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
    const granted = grantInterval(asked, INTERVAL);
    if (granted.ok) return granted.seconds;
    transaction.respond(423, undefined, { headers: { 'min-expires': INTERVAL.minSeconds } });
    return undefined;
  }

  private targetsOf(extensionId: string): readonly PhoneTarget[] {
    const { location, stack } = this.options;
    return phoneTargets(location.lookup(extensionId, stack.clock.nowMs()));
  }

  /**
   * A NOTIFY that nobody subscribed to, for phones that light their lamp by it (RFC 3842 knows none;
   * the field does). Phones that do subscribe are told in their dialog.
   */
  private tellUnasked(extensionId: string, targets: readonly PhoneTarget[]): void {
    const { stack } = this.options;
    const account = this.addressOf(extensionId);
    if (account === undefined || this.book.watching('message-summary', extensionId).length > 0)
      return;
    const kind = this.packages.get('message-summary');
    const content = kind?.write(extensionId, { version: 0, told: [] });
    if (!kind || !content) return;
    for (const { uri, flow, routes } of targets) {
      const request = createRequest({
        method: 'NOTIFY',
        uri,
        headers: {
          route: routes,
          from: `<${account}>;tag=${stack.randomToken()}`,
          to: `<${account}>`,
          'call-id': `${stack.randomToken()}@${stack.publicAddress}`,
          cseq: '1 NOTIFY',
          contact: stack.contactOn(flow),
          event: kind.name,
          'subscription-state': 'terminated;reason=noresource',
          'content-type': kind.contentType,
        },
        body: Buffer.from(toWireText(content.body), 'latin1'),
      });
      stack.layer.request(request, flow, {
        onResponse: () => undefined,
        onFailure: () => undefined,
      });
    }
  }

  private addressOf(extensionId: string): string | undefined {
    const { directory } = this.options;
    const extension = directory.extensionById(extensionId);
    const tenant = extension && directory.tenantById(extension.tenantId);
    return tenant && `sip:${escapeUser(extension.number)}@${tenant.domain}`;
  }
}

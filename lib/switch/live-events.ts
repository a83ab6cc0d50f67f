import type { RegistrationFact } from '@/lib/control/facts';
import type { Clock } from '@/lib/core/clock';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { ConfigRef } from '@/lib/services/configuration/types';
import type { RegistrationCause } from '@/lib/services/registrations/types';
import type { TrunkStateRecord } from '@/lib/services/trunks/trunk-states';
import type { Call } from '@/lib/switch/call/call';
import type { CallEvents } from '@/lib/switch/call/environment';
import { callFactOf } from './call/live-facts';
import type { LiveFeed } from './control/feed';
import type { ExtensionRecord, SwitchDirectory } from './directory/directory';
import type { Binding } from './registrar/binding';
import type { BindingChange } from './registrar/location';

/** Why a phone was turned away. */
export type RegistrationRefusal = 'wrong_secret' | 'suspended' | 'too_many_contacts';

/** Puts what happens into the words of the live feed. */
export class LiveEvents {
  private readonly feed: LiveFeed;
  private readonly directory: SwitchDirectory;
  private readonly clock: Clock;
  readonly calls: CallEvents;

  constructor(options: { feed: LiveFeed; directory: SwitchDirectory; clock: Clock }) {
    this.feed = options.feed;
    this.directory = options.directory;
    this.clock = options.clock;
    const tell = (type: 'call.started' | 'call.ringing' | 'call.answered') => {
      return (call: Parameters<CallEvents['started']>[0]) => {
        if (this.feed.readerCount === 0) return;
        const fact = callFactOf(call, this.directory);
        this.feed.publish({ type, atMs: this.clock.nowMs(), call: fact });
      };
    };
    this.calls = {
      started: tell('call.started'),
      ringing: tell('call.ringing'),
      answered: tell('call.answered'),
      left: () => undefined,
      over: () => undefined,
      ended: (call) => {
        if (this.feed.readerCount === 0) return undefined;
        return ({ end, settlement }) => {
          const fact = callFactOf(call, this.directory, settlement);
          this.feed.publish({ type: 'call.ended', atMs: this.clock.nowMs(), call: fact, end });
        };
      },
    };
  }

  /** Whether a call is recorded, or how, has changed. */
  recording(call: Call): void {
    if (this.feed.readerCount === 0) return;
    const fact = callFactOf(call, this.directory);
    this.feed.publish({ type: 'call.recording', atMs: this.clock.nowMs(), call: fact });
  }

  /** A binding came, changed or went. */
  registration(change: BindingChange): void {
    if (this.feed.readerCount === 0) return;
    const owner = this.ownerOf(change.extensionId);
    if (!owner) return;
    const tell = (binding: Binding, cause: RegistrationCause): void =>
      this.feed.publish({
        type: 'registration.changed',
        atMs: this.clock.nowMs(),
        ...owner,
        registered: change.isRegistered,
        cause,
        binding: this.registrationFact(binding) ?? null,
      });
    for (const { binding, cause } of change.gone) if (cause !== 'replaced') tell(binding, cause);
    // A refresh changes nothing that anybody looks at; a hundred thousand phones refresh all day.
    const isNew = change.gone.every(({ cause }) => cause !== 'replaced');
    for (const binding of change.fresh) tell(binding, isNew ? 'registered' : 'refreshed');
    for (const binding of change.moved) tell(binding, 'refreshed');
  }

  refused(
    extension: ExtensionRecord,
    reason: RegistrationRefusal,
    { request, flow }: ServerTransaction,
  ): void {
    if (this.feed.readerCount === 0) return;
    const owner = this.ownerOf(extension.id);
    if (!owner) return;
    this.feed.publish({
      type: 'registration.refused',
      atMs: this.clock.nowMs(),
      ...owner,
      reason,
      address: flow.remote.address,
      userAgent: (request.header('user-agent') ?? '').slice(0, 256),
    });
  }

  /** A trunk registered, failed, fell silent or came back. */
  trunk({ trunkId }: TrunkStateRecord): void {
    if (this.feed.readerCount === 0) return;
    const trunk = this.directory.trunkById(trunkId);
    const account = trunk && this.directory.accountById(trunk.accountId);
    this.feed.publish({
      type: 'trunk.changed',
      atMs: this.clock.nowMs(),
      trunkId,
      accountPath: account?.path ?? null,
    });
  }

  /** Objects are live at these generations. */
  observed(refs: readonly ConfigRef[]): void {
    if (this.feed.readerCount === 0) return;
    for (const ref of refs) {
      this.feed.publish({
        type: 'config.observed',
        atMs: this.clock.nowMs(),
        kind: ref.kind,
        objectId: ref.objectId,
        generation: ref.generation.toString(),
        accountPath: this.pathOf(ref),
      });
    }
  }

  /** A binding in the feed's words; undefined where its extension is gone. */
  registrationFact(binding: Binding): RegistrationFact | undefined {
    const owner = this.ownerOf(binding.extensionId);
    if (!owner) return undefined;
    return {
      ...owner,
      contactUri: binding.contactUri,
      instanceId: binding.instanceId,
      regId: binding.regId,
      userAgent: binding.userAgent,
      address: binding.address,
      port: binding.port,
      transport: binding.transport,
      registeredAtMs: binding.registeredAtMs,
      refreshedAtMs: binding.refreshedAtMs,
      expiresAtMs: binding.expiresAtMs,
    };
  }

  private ownerOf(
    extensionId: string,
  ): { tenantId: string; extensionId: string; accountPath: string } | undefined {
    const extension = this.directory.extensionById(extensionId);
    const tenant = extension && this.directory.tenantById(extension.tenantId);
    const account = tenant && this.directory.accountById(tenant.accountId);
    return account && tenant
      ? { tenantId: tenant.id, extensionId, accountPath: account.path }
      : undefined;
  }

  private pathOf(ref: ConfigRef): string | null {
    const { directory } = this;
    const accountId = (): string | undefined => {
      switch (ref.kind) {
        case 'account':
          return ref.objectId;
        case 'tenant':
          return directory.tenantById(ref.objectId)?.accountId;
        case 'extension': {
          const extension = directory.extensionById(ref.objectId);
          return extension && directory.tenantById(extension.tenantId)?.accountId;
        }
        default:
          return undefined;
      }
    };
    const id = accountId();
    return id === undefined ? null : (directory.accountById(id)?.path ?? null);
  }
}

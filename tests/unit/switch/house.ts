import { NO_LIMITS } from '@/lib/core/call-plan/views';
import { createSealer } from '@/lib/infra/crypto';
import { silentLogger } from '@/lib/infra/log';
import { ChallengePolicy } from '@/lib/protocol/digest/challenge-policy';
import { createDigestClient } from '@/lib/protocol/digest/client';
import { createDigestServer } from '@/lib/protocol/digest/server';
import type { TransactionLayer } from '@/lib/protocol/sip/transaction';
import type { Flow, TransportName } from '@/lib/protocol/sip/transport';
import type { ConfigAccount, ConfigExtension } from '@/lib/services/configuration/types';
import { openExtensionSecret, sealExtensionSecret } from '@/lib/services/extensions/secret';
import { Authentication } from '@/lib/switch/authentication';
import { SwitchDirectory } from '@/lib/switch/directory/directory';
import { ExtensionSecrets } from '@/lib/switch/directory/secrets';
import { type BanList, createBanList } from '@/lib/switch/edge/ban-list';
import { SourceBook } from '@/lib/switch/edge/source';
import { type BindingChange, Location } from '@/lib/switch/registrar/location';
import { Registrar } from '@/lib/switch/registrar/registrar';
import { createRouter } from '@/lib/switch/router';
import type { DialogTable, SipStack } from '@/lib/switch/stack';
import { BusyLamps } from '@/lib/switch/subscriptions/busy-lamps';
import { MessagesWaiting } from '@/lib/switch/subscriptions/messages-waiting';
import { Subscriptions } from '@/lib/switch/subscriptions/subscriptions';
import { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import { Phone } from './phone';

const KEY = 'k'.repeat(64);
const SEALER = createSealer(KEY);

/** The switch's address in the virtual network. */
export const SERVER = 'server';

/** Ids are readable: "acme-101". Both tenants have 101, 102 and 103. */
export const extensionId = (tenant: Tenant, number: string): string => `${tenant}-${number}`;
export type Tenant = 'acme' | 'birch';
const secretOf = (tenant: Tenant, number: string): string => `secret of ${tenant} ${number}`;

function account(id: Tenant): ConfigAccount {
  return {
    id,
    parentId: null,
    kind: 'customer',
    name: id,
    status: 'active',
    currency: 'USD',
    sellDeckId: null,
    ownDeckId: null,
    billedBy: 'portal',
    limits: NO_LIMITS,
    allowedDestinations: null,
    marginFloorMicro: null,
    path: `/${id}/`,
    timeZone: 'UTC',
    generation: 1n,
  } as ConfigAccount;
}

/** A switch without calls, media or money: two tenants with the same extension numbers. */
export class House {
  readonly network = new VirtualNetwork();
  readonly directory = new SwitchDirectory();
  readonly changes: BindingChange[] = [];
  readonly refused: string[] = [];
  readonly location = new Location((change) => {
    this.changes.push(change);
    this.subscriptions.bindingsChanged(change);
  });
  readonly policy = new ChallengePolicy();
  readonly secrets = new ExtensionSecrets(SEALER, silentLogger);
  readonly digest = createDigestServer({
    secret: Buffer.alloc(32, 7),
    clock: this.network.clock,
  });
  readonly bans: BanList;
  readonly dialogs: DialogTable = new Map();
  readonly stack: SipStack;
  readonly authentication: Authentication;
  readonly lamps = new BusyLamps(this.directory, Buffer.alloc(32, 3));
  readonly waiting = new MessagesWaiting();
  readonly subscriptions: Subscriptions;
  private readonly layer: TransactionLayer;

  constructor() {
    for (const tenant of ['acme', 'birch'] as const) {
      this.directory.put({ kind: 'account', record: account(tenant) });
      this.directory.put({
        kind: 'tenant',
        record: {
          id: tenant,
          accountId: tenant,
          domain: `${tenant}.test`,
          status: 'active',
          country: 'US',
          allowedDestinations: [],
          captureDays: null,
          announcesRefusals: false,
          hasHoldMusic: false,
          holdSoundId: null,
          limits: NO_LIMITS,
          generation: 1n,
        },
      });
      for (const number of ['101', '102', '103']) this.putExtension(tenant, number);
    }
    const { clock, timers } = this.network;
    this.bans = createBanList({
      sources: new SourceBook([]),
      clock,
      maxSources: 100,
      newId: () => 'ban',
      onBan: () => undefined,
    });
    this.authentication = new Authentication({
      directory: this.directory,
      secrets: this.secrets,
      digest: this.digest,
      bans: this.bans,
      policy: this.policy,
      isOurs: (host) => host === SERVER,
      isRegisteredFrom: () => false,
      onWrongSecret: () => this.refused.push('wrong_secret'),
    });
    this.layer = this.network.host(SERVER, {
      onRequest: (transaction, request, flow) => router.onRequest(transaction, request, flow),
      onAck: (request, flow) => router.onAck(request, flow),
    });
    let tokens = 0;
    this.stack = {
      layer: this.layer,
      timers,
      clock,
      log: silentLogger,
      dialogs: this.dialogs,
      publicAddress: SERVER,
      randomToken: () => {
        tokens += 1;
        return `own${tokens}`;
      },
      contactOn: () => `<sip:${SERVER}:5060>`,
    };
    const registrar = new Registrar({
      stack: this.stack,
      directory: this.directory,
      location: this.location,
      authentication: this.authentication,
      onRefused: (_phone, reason) => this.refused.push(reason),
    });
    this.subscriptions = new Subscriptions({
      stack: this.stack,
      directory: this.directory,
      location: this.location,
      authentication: this.authentication,
      lamps: this.lamps,
      waiting: this.waiting,
    });
    const router = createRouter({
      dialogs: this.dialogs,
      log: silentLogger,
      isDraining: () => false,
      mayBeEmergency: () => false,
      register: (transaction) => registrar.register(transaction),
      invite: (transaction) => transaction.respond(488),
      subscribe: (transaction) => this.subscriptions.subscribe(transaction),
      ...this.routes(),
    });
  }

  /** Further requests that a test wants served. */
  protected routes(): Partial<Parameters<typeof createRouter>[0]> {
    return {};
  }

  putExtension(tenant: Tenant, number: string, changes: Partial<ConfigExtension> = {}): void {
    const id = extensionId(tenant, number);
    this.directory.put({
      kind: 'extension',
      record: {
        id,
        tenantId: tenant,
        number,
        name: `${tenant} ${number}`,
        status: 'active',
        callerNumberId: null,
        mediaSecurity: 'auto',
        forwarding: {
          always: null,
          busy: null,
          noAnswer: null,
          unreachable: null,
          noAnswerSeconds: 20,
        },
        limits: NO_LIMITS,
        generation: 1n,
        secretSealed: Buffer.from(
          sealExtensionSecret(
            SEALER,
            { id, number, domain: `${tenant}.test` },
            secretOf(tenant, number),
          ),
        ),
        ...changes,
      },
    });
  }

  /** What comes off the wire. */
  receive(bytes: Buffer, flow: Flow): void {
    this.layer.receive(bytes, flow);
  }

  /** The live transactions: all 0 once everything has ended. */
  liveTransactions(): number {
    const { inviteServer, inviteClient, nonInviteServer, nonInviteClient } = this.layer.counters();
    return inviteServer + inviteClient + nonInviteServer + nonInviteClient;
  }

  /** A phone of an extension ("acme-101") at an address. */
  phone(id: string, address: string, transport: TransportName = 'udp'): Phone {
    const extension = this.directory.extensionById(id);
    const tenant = extension && this.directory.tenantById(extension.tenantId);
    if (!extension || !tenant) throw new Error(`no extension ${id}`);
    const { ha1Md5, ha1Sha256, realm } = openExtensionSecret(SEALER, extension);
    const ha1 = { md5: ha1Md5, sha256: ha1Sha256 };
    const digest = createDigestClient({ username: extension.number, realm, ha1 }, () => 'cnonce');
    return new Phone({
      house: this,
      server: SERVER,
      user: extension.number,
      domain: tenant.domain,
      address,
      transport,
      digest,
    });
  }
}

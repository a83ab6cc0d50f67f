import { TextTable } from '@/lib/core/text-table.server';
import { type Logger, silentLogger } from '@/lib/infra/log';
import { parseSipUri } from '@/lib/protocol/sip/uri';
import type {
  ConfigExtension,
  ConfigTenant,
  ExtensionForwarding,
} from '@/lib/services/configuration/types';
import { Admission } from '@/lib/switch/call/admission';
import type { Call } from '@/lib/switch/call/call';
import type { CallEnvironment } from '@/lib/switch/call/environment';
import { dismissLateAnswer } from '@/lib/switch/call/late-answer';
import { LoopGuard } from '@/lib/switch/call/loop-guard';
import { type CallObserver, observeCharging } from '@/lib/switch/call/observed-charging';
import type { CallApplication } from '@/lib/switch/call/run-call';
import { CallUsage } from '@/lib/switch/call/usage';
import { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { Recorder } from '@/lib/switch/recording/recorder';
import { Binding } from '@/lib/switch/registrar/binding';
import { Location } from '@/lib/switch/registrar/location';
import { createRouter } from '@/lib/switch/router';
import type { DialogUser, SipStack } from '@/lib/switch/stack';
import { BusyLamps } from '@/lib/switch/subscriptions/busy-lamps';
import { matchTrunk } from '@/lib/switch/trunks/match';
import { Lab } from '@/tests/unit/core/call-plan/lab';
import { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';
import { configTrunk } from '@/tests/unit/switch/trunks/config-trunk';
import { FakeMedia } from './fake-media';
import { FakeSounds } from './fake-sounds';
import { MemoryCharging } from './memory-charging';
import { Phone } from './world-phone';

const NO_FORWARDING: ExtensionForwarding = {
  always: null,
  busy: null,
  noAnswer: null,
  unreachable: null,
  noAnswerSeconds: 20,
};

/**
 * The lab (accounts, tenants, decks, carriers) with calls over the virtual network: real
 * transactions, dialogs, plans and money rules; sockets, database and packets of voice left out.
 */
export class World {
  readonly network = new VirtualNetwork();
  readonly lab = new Lab();
  readonly directory = new SwitchDirectory();
  readonly charging = new MemoryCharging();
  readonly media = new FakeMedia();
  readonly sounds = new FakeSounds();
  /** A Map: in order, so that a seed makes the same choices again. */
  readonly calls = new Map<string, Call>();
  readonly lamps = new BusyLamps(this.directory, Buffer.alloc(32, 2));
  readonly pickups = this.lamps.pickups;
  readonly usage: CallUsage;
  readonly dialogs = new TextTable<DialogUser>();
  readonly location = new Location(() => {});
  readonly environment: CallEnvironment;
  readonly stack: SipStack;
  readonly admission: Admission;

  constructor({
    log = silentLogger,
    observers = [],
    recorderOf,
    ...options
  }: {
    readonly recorderOf?: (world: World) => Recorder;
    readonly log?: Logger;
    readonly observers?: readonly CallObserver[];
    readonly application?: CallApplication;
  } = {}) {
    const { network } = this;
    this.usage = new CallUsage(network.clock);
    this.fill();
    const layer = network.host('switch', {
      onRequest: (transaction, request, flow) => router.onRequest(transaction, request, flow),
      onAck: (request, flow) => router.onAck(request, flow),
      onLateAnswer: (response, flow) => dismissLateAnswer(this.stack, response, flow),
    });
    let tokens = 0;
    this.stack = {
      layer,
      timers: network.timers,
      clock: network.clock,
      log,
      dialogs: this.dialogs,
      publicAddress: 'switch',
      randomToken: () => {
        tokens += 1;
        return `own${tokens}`;
      },
      contactOn: () => '<sip:switch>',
    };
    const recorder = recorderOf?.(this);
    const events = this.lamps.watching({
      started() {},
      ringing() {},
      answered() {},
      left() {},
      over() {},
      ended: () => undefined,
    });
    this.environment = {
      stack: this.stack,
      directory: this.directory,
      decks: this.lab.decks,
      location: this.location,
      usage: this.usage,
      charging: observeCharging(this.charging, observers),
      media: this.media,
      sounds: this.sounds,
      ...(recorder ? { recorder } : {}),
      events: recorder?.watching(events) ?? events,
      calls: this.calls,
      pickups: this.pickups,
      loops: new LoopGuard({
        key: Buffer.alloc(32, 1),
        randomToken: () => this.stack.randomToken(),
      }),
      trunkQuality: { attempted() {}, talked() {} },
      trunkRoutes: {
        to: async ({ address }, number) => {
          const place = address ?? '';
          const flow = network.flow('switch', place);
          const target = {
            transport: 'udp',
            address: place,
            port: 5060,
            flow,
            isTwin: false,
          } as const;
          const uri = `sip:${number}@${place}:5060`;
          return [{ target, uri, to: `<${uri}>`, routes: [], authenticate: undefined }];
        },
        redirected: async () => undefined,
        failed() {},
        worked() {},
        isOf: (trunkId, { remote, transport }) =>
          matchTrunk(this.directory, { ...remote, transport })?.id === trunkId,
      },
    };
    this.admission = new Admission({
      ...options,
      environment: this.environment,
      // Whoever says so is taken for the extension: authentication has tests of its own.
      authentication: {
        authenticate: (transaction, claimed) => {
          const uri = parseSipUri(claimed.uri);
          const tenant = uri && this.directory.tenantByDomain(uri.host);
          const extension = tenant && this.directory.extension(tenant.id, uri.user);
          if (tenant && extension) return { tenant, extension };
          transaction.respond(403);
          return undefined;
        },
      },
      trunks: {
        registeredTrunk: () => undefined,
        isContactOf: () => false,
        claimed: () => undefined,
        authenticate: () => false,
      },
      isDraining: () => false,
    });
    const router = createRouter({
      dialogs: this.dialogs,
      log,
      register: (transaction) => transaction.respond(405),
      invite: (transaction) => this.admission.invite(transaction),
      subscribe: (transaction) => transaction.respond(489),
      isDraining: () => false,
      mayBeEmergency: () => false,
    });
  }

  /** A phone of an extension of the lab ("acme", "101"), registered. */
  phone(tenant: 'acme' | 'birch' | 'cedar', number: string, name = `${tenant}-${number}`): Phone {
    const nowMs = this.network.clock.nowMs();
    const extension = this.directory.extension(tenantIdOf(tenant), number);
    if (!extension) throw new Error(`no extension ${number}`);
    this.location.update(extension.id, [
      new Binding({
        extensionId: extension.id,
        contactUri: `sip:${number}@${name}`,
        instanceId: '',
        regId: 0,
        callId: name,
        cseq: 1,
        flow: this.network.flow('switch', name),
        path: [],
        userAgent: 'a phone',
        registeredAtMs: nowMs,
        refreshedAtMs: nowMs,
        expiresAtMs: nowMs + 86_400_000,
      }),
    ]);
    return new Phone(this.network, name);
  }

  carrier(name: 'carrier-a' | 'carrier-b'): Phone {
    return new Phone(this.network, name);
  }

  /** Changes an extension's forwards. */
  forwards(
    tenant: 'acme' | 'birch' | 'cedar',
    number: string,
    changes: Partial<ExtensionForwarding>,
  ): void {
    const extension = this.directory.extension(tenantIdOf(tenant), number);
    if (!extension) throw new Error(`no extension ${number}`);
    const forwarding = { ...NO_FORWARDING, ...changes };
    this.directory.put({ kind: 'extension', record: { ...extension, forwarding } });
  }

  /** Changes what a tenant lets be heard of us. */
  lets(tenant: 'acme' | 'birch' | 'cedar', changes: Partial<ConfigTenant>): void {
    const record = this.directory.tenantById(tenantIdOf(tenant));
    if (!record) throw new Error(`no tenant ${tenant}`);
    this.directory.put({ kind: 'tenant', record: { ...record, ...changes } });
  }

  /** Moves virtual time on, in steps, so that promises keep up with packets. */
  async pass(byMs: number): Promise<void> {
    const stepMs = byMs > 5_000 ? 100 : 10;
    for (let leftMs = byMs; leftMs > 0; leftMs -= stepMs) {
      this.network.advance(Math.min(stepMs, leftMs));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The record of the call to what was dialled. */
  record(dialled: string) {
    const found = this.charging.settled.filter((each) => each.facts.dialled === dialled);
    const [only] = found;
    if (!only || found.length > 1) throw new Error(`${found.length} calls to ${dialled}`);
    return only;
  }

  /** What must be nothing when all calls are over: calls, holds, media, dialogs, transactions. */
  async leftovers() {
    await this.pass(60_000);
    const live = this.stack.layer.counters();
    return {
      calls: this.calls.size,
      holds: this.charging.liveCallIds.length,
      sessions: this.media.sessions.size,
      dialogs: this.dialogs.size,
      busy: this.usage.busySubjects,
      transactions:
        live.inviteServer + live.inviteClient + live.nonInviteServer + live.nonInviteClient,
      errors: this.network.errors.length,
    };
  }

  private fill(): void {
    const { lab, directory } = this;
    const generation = 1n;
    for (const view of lab.accounts.values()) {
      const path = `/${view.id}/`;
      directory.put({
        kind: 'account',
        record: { ...view, path, timeZone: 'UTC', announcements: {}, generation },
      });
    }
    for (const [number, view] of lab.numbers) {
      const record = { ...view, id: number, accountId: 'Operator', generation };
      directory.put({ kind: 'phone_number', record });
    }
    for (const { callerNumber: _, ...view } of lab.tenants.values()) {
      directory.put({
        kind: 'tenant',
        record: {
          ...view,
          captureDays: null,
          announcesRefusals: false,
          hasHoldMusic: false,
          holdSoundId: null,
          generation,
        },
      });
    }
    for (const { callerNumber: _, ...view } of lab.extensions.values()) {
      directory.put({
        kind: 'extension',
        record: {
          ...view,
          name: `Phone ${view.number}`,
          callerNumberId: null,
          forwarding: NO_FORWARDING,
          mediaSecurity: 'auto',
          secretSealed: Buffer.alloc(0),
          generation,
        } satisfies ConfigExtension,
      });
    }
    for (const view of lab.carriers.values()) {
      directory.put({ kind: 'carrier', record: { ...view, generation } });
    }
    for (const view of lab.trunks.values()) {
      directory.put({
        kind: 'trunk',
        record: configTrunk(view.id, {
          ...view,
          address: view.name,
          emergency: view.name === 'carrier-a',
          generation,
        }),
      });
    }
    if (lab.routeGroup) {
      directory.put({ kind: 'route_group', record: { ...lab.routeGroup, generation } });
    }
  }
}

/** What `leftovers` says when nothing was left behind. */
export const NOTHING_LEFT = {
  calls: 0,
  holds: 0,
  sessions: 0,
  dialogs: 0,
  busy: 0,
  transactions: 0,
  errors: 0,
};

function tenantIdOf(tenant: string): string {
  return `tenant ${tenant.charAt(0).toUpperCase()}${tenant.slice(1)}`;
}

import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@/lib/core/clock';
import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import { TextTable } from '@/lib/core/text-table.server';
import { deriveKey } from '@/lib/infra/crypto';
import type { Env } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import { ChallengePolicy } from '@/lib/protocol/digest/challenge-policy';
import { TimerWheel } from '@/lib/protocol/sip/timers';
import type { Flow } from '@/lib/protocol/sip/transport';
import { recordBans } from '@/lib/services/bans/record-bans';
import { type ChargingGroups, createChargingGroups } from '@/lib/services/charging/groups';
import type { ConfigRef } from '@/lib/services/configuration/types';
import type { ServicesDatabase } from '@/lib/services/database';
import { listPortalHosts } from '@/lib/services/identity/list-portal-hosts';
import { loadSound } from '@/lib/services/sounds/load-sound';
import { AddressRuleKeeper } from './address-rules';
import { listenOn } from './addresses';
import { Admission } from './call/admission';
import type { Call } from './call/call';
import { CallLog } from './call/call-log';
import type { CallEnvironment } from './call/environment';
import { LoopGuard } from './call/loop-guard';
import { observeCharging } from './call/observed-charging';
import { Originator } from './call/originate';
import { recover } from './call/recovery';
import { CallUsage } from './call/usage';
import { Capture } from './capture/capture';
import { TraceWriter } from './capture/writer';
import { Chores } from './chores';
import { LiveFeed } from './control/feed';
import { createCommandHandlers } from './control/handlers';
import { ControlServer } from './control/server';
import { SwitchDecks } from './directory/decks';
import { SwitchDirectory } from './directory/directory';
import { DirectorySync } from './directory/sync';
import { callsOver, LAST_MOMENT_SECONDS, mayBeEmergency } from './drain';
import { createEdge } from './edge/edge';
import type { Edge, EdgeOptions, TlsSource } from './edge/types';
import { EmergencyDesk } from './emergency/emergency-desk';
import { figuresOf } from './figures';
import { LimitRoom } from './limits/limit-room';
import { LiveEvents } from './live-events';
import type { MediaEngine } from './media/engine';
import { SwitchMetrics } from './metrics';
import { HEARTBEAT_MS, NodeLife } from './node-life';
import { createPhoneDesk } from './phone-desk';
import { RecordingRoom } from './recording/recording-room';
import type { Express } from './registrar/express/express';
import { BINDINGS_WRITE_MS, BindingKeeper, EXPIRE_MS } from './registrar/keeper';
import { createRouter } from './router';
import { createSignalling } from './signalling';
import { SoundLibrary } from './sounds/library';
import type { DialogUser, SipStack } from './stack';
import { BusyLamps } from './subscriptions/busy-lamps';
import { MessagesWaiting } from './subscriptions/messages-waiting';
import { Subscriptions } from './subscriptions/subscriptions';
import { authorityOf } from './trunks/authority';
import { createTrunkRoom, TRUNKS_MS, TRUNKS_WRITE_MS, type TrunkRoom } from './trunks/trunk-room';
import { WebOrigins } from './web-origins';

/** How often calls are looked for that nobody will settle any more. */
const RECOVER_MS = 60_000;
/** How often idle counters are dropped. */
const SWEEP_MS = 5_000;
/** How often it is looked for newly verified domains, whose pages may connect. */
const ORIGINS_READ_MS = 15_000;
/** How long bans and what they drop wait to be written together. */
const BANS_WRITE_MS = 1_000;

export interface SwitchOptions {
  readonly env: Env;
  readonly database: ServicesDatabase;
  readonly log: Logger;
  readonly media: MediaEngine;
  readonly tls: TlsSource;
  /** The native fast path for UDP, where there is one. */
  readonly native: EdgeOptions['native'];
  /** Addresses and CIDRs that are neither limited nor banned. */
  readonly exempt: readonly string[];
}

/** The switch: SIP below, services above, calls between. Made once a process. */
export class Switch {
  private readonly options: SwitchOptions;
  private readonly clock = systemClock;
  private readonly directory = new SwitchDirectory();
  private readonly calls = new TextTable<Call>();
  private readonly dialogs = new TextTable<DialogUser>();
  private readonly feed = new LiveFeed();
  private readonly usage: CallUsage;
  private readonly limits: LimitRoom;
  private readonly bindings: BindingKeeper;
  private readonly events: LiveEvents;
  private readonly decks: SwitchDecks;
  private readonly sync: DirectorySync;
  private readonly edge: Edge;
  private readonly addressRules: AddressRuleKeeper;
  private readonly webOrigins: WebOrigins;
  private readonly wheel: TimerWheel;
  private readonly stack: SipStack;
  private readonly trunkRoom: TrunkRoom;
  private readonly capture: Capture;
  private readonly metrics: SwitchMetrics;
  private readonly recording: RecordingRoom;
  private readonly sounds: SoundLibrary;
  private readonly callLog: CallLog;
  private readonly emergencies: EmergencyDesk;
  private readonly control: ControlServer;
  private readonly startedAtMs: number;
  private readonly chores: Chores;
  private readonly life: NodeLife;
  private readonly policy = new ChallengePolicy();
  private readonly lamps: BusyLamps;
  private readonly waiting = new MessagesWaiting();
  private charging: ChargingGroups | undefined;
  private subscriptions: Subscriptions | undefined;
  private express: Express | undefined;
  private originator: Originator | undefined;
  private router: ReturnType<typeof createRouter> | undefined;
  private state: 'starting' | 'running' | 'draining' = 'starting';

  constructor(options: SwitchOptions) {
    this.callLog = new CallLog(options.log);
    const log = this.callLog.joined();
    this.options = { ...options, log };
    const { env, database } = options;
    const { clock, directory, feed } = this;
    this.startedAtMs = this.clock.nowMs();
    this.lamps = new BusyLamps(directory, deriveKey(env.secretKey, 'call-pickup'));
    this.chores = new Chores(log);
    const onFenced = (): void => {
      this.state = 'draining';
    };
    this.life = new NodeLife({ database, env, clock, log, onFenced });
    this.limits = new LimitRoom({ env, database, directory, calls: this.calls, clock, log });
    this.usage = new CallUsage(this.clock, this.limits.spend);
    this.decks = new SwitchDecks(database);
    this.events = new LiveEvents({ feed, directory, clock });
    this.bindings = new BindingKeeper({
      nodeId: env.nodeId,
      ...{ database, directory, clock, log },
      onChange: (change) => {
        this.events.registration(change);
        this.subscriptions?.bindingsChanged(change);
      },
    });
    this.sync = new DirectorySync({
      ...{ database, directory, log, decks: this.decks },
      databaseUrl: env.databaseUrl,
      nodeId: env.nodeId,
      onApplied: (refs) => this.applied(refs),
      onNewSecret: (extensionId) => {
        this.bindings.location.dropExtension(extensionId, 'secret_changed');
        this.subscriptions?.dropSubscriber(extensionId, 'deactivated');
      },
    });
    this.wheel = new TimerWheel({
      monotonicMs: () => this.clock.monotonicMs(),
      onError: (error) => log.error('timer.failed', { error }),
    });
    this.webOrigins = new WebOrigins({
      env,
      isTenantDomain: (host) => this.directory.tenantByDomain(host) !== undefined,
      loadPortalHosts: () => listPortalHosts(database),
    });
    this.sounds = new SoundLibrary({ choices: directory, load: loadSound, log });
    this.recording = new RecordingRoom({
      ...{ env, database, directory, clock, log, media: options.media, sounds: this.sounds },
      onChange: (call) => this.events.recording(call),
    });
    this.emergencies = new EmergencyDesk({ database, directory, clock, log });
    const writer = new TraceWriter({ database, log });
    this.capture = new Capture({ directory, clock, timers: this.wheel, writer });
    this.edge = createEdge(this.edgeOptions());
    this.addressRules = new AddressRuleKeeper({
      ...{ directory, log, edge: this.edge },
      registrarAddresses: () => this.trunkRoom.trunks.registrarAddresses(),
      write: (batch) => recordBans(database, batch),
    });
    this.stack = createSignalling({
      ...{ env, clock, log, edge: this.edge, dialogs: this.dialogs, timers: this.wheel },
      transport: this.capture.around(this.edge),
      router: () => this.router,
    });
    const { edge, stack, events, policy } = this;
    this.trunkRoom = createTrunkRoom({
      ...{ env, database, log, directory, edge, stack, events, policy },
    });
    this.metrics = new SwitchMetrics(
      figuresOf({
        ...{ stack, edge },
        ...{ bindings: this.bindings, calls: this.calls, capture: this.capture },
        media: options.media,
        unsettled: () => this.charging?.unsettled ?? 0,
        isDraining: () => this.state === 'draining',
      }),
    );
    this.control = this.createControl();
  }

  /** Reads everything, settles what an earlier life left, then opens the sockets. */
  async start(): Promise<void> {
    const { env, database, log } = this.options;
    const lease = await this.life.begin();
    const groups = createChargingGroups({
      database,
      clock: this.clock,
      lease,
      onError: (error, callId) => log.error('call.settle', { callId, error }),
    });
    const observers = [this.capture, this.metrics, this.callLog, ...this.limits.observers];
    this.charging = observeCharging(groups, observers);
    await this.sync.start();
    await this.limits.start();
    this.capture.refresh();
    await this.recording.start();
    await this.webOrigins.refresh();
    await this.emergencies.start(this.chores);
    await this.bindings.restore();
    this.router = this.createRouter(this.charging);
    this.wheel.start();
    await this.edge.start();
    await this.control.start();
    this.chores.every(HEARTBEAT_MS, () => this.life.beat());
    this.chores.every(BINDINGS_WRITE_MS, () => this.bindings.flush());
    this.chores.every(SWEEP_MS, () => {
      this.usage.sweep();
      this.capture.sweep(this.calls.values());
    });
    this.chores.every(EXPIRE_MS, () => this.bindings.expire());
    this.chores.every(ORIGINS_READ_MS, () => this.webOrigins.refresh());
    this.chores.every(BANS_WRITE_MS, () => this.addressRules.flush());
    this.chores.every(TRUNKS_MS, async () => {
      await this.trunkRoom.beat();
      // Names of registrars may stand for other addresses by now.
      this.addressRules.apply();
    });
    this.chores.every(TRUNKS_WRITE_MS, () => this.trunkRoom.trunks.flush());
    this.state = 'running';
    await this.trunkRoom.start();
    await recover(this.stack, { database, lease });
    await this.limits.follow(this.chores);
    this.chores.every(RECOVER_MS, () => recover(this.stack, { database, lease }));
    log.info('switch.ready', { node: env.nodeId, registrations: this.bindings.location.size });
  }

  /**
   * Takes no new calls but emergencies and lets those in progress end by themselves. Registrations
   * and subscriptions go on, and stay when the process has ended.
   */
  async drain(seconds: number, hurry: AbortSignal): Promise<void> {
    this.state = 'draining';
    this.options.log.info('switch.draining', { calls: this.calls.size, seconds });
    await callsOver(this.calls, { seconds, hurry });
  }

  /** Takes no new calls, gives those in progress a moment, ends the rest, writes everything. */
  async stop(): Promise<void> {
    const { media, log } = this.options;
    const hasDrained = this.state === 'draining';
    this.state = 'draining';
    await callsOver(this.calls, { seconds: hasDrained ? 0 : LAST_MOMENT_SECONDS });
    this.originator?.close();
    for (const call of [...this.calls.values()]) call.hangUp({ q850: 42, text: 'shutting down' });
    this.chores.stop();
    await pause(100);
    await this.recording.close();
    await this.charging?.close();
    await this.limits.beat();
    await this.capture.close();
    await this.bindings.flushAll();
    await this.addressRules.flush();
    await this.trunkRoom.trunks.stop();
    await this.sync.stop();
    await this.control.stop();
    await this.edge.stop();
    await media.close();
    this.stack.layer.stop();
    this.wheel.stop();
    await this.life.end();
    log.info('switch.stopped', {});
  }

  private createControl(): ControlServer {
    const { env, log, media } = this.options;
    const { nodeId } = env;
    const { startedAtMs, feed, edge, calls, directory, events, sync, clock, stack } = this;
    const { waiting, capture, metrics, decks, usage } = this;
    return new ControlServer({
      port: env.controlPort,
      secret: env.controlSecret,
      handlers: createCommandHandlers({
        ...{ nodeId, startedAtMs, edge, calls, directory, events, sync, clock, stack, media },
        ...{ waiting, capture, metrics, decks, usage, location: this.bindings.location },
        state: () => this.state,
        recorder: this.recording.recorder,
        originator: () => this.startedOriginator(),
      }),
      feed,
      log,
      hello: () => ({ type: 'hello', nodeId, startedAtMs }),
    });
  }

  private startedOriginator(): Originator {
    if (this.originator) return this.originator;
    throw new AppError('UNAVAILABLE', 'The switch is starting.');
  }

  private edgeOptions(): EdgeOptions {
    const { env, log } = this.options;
    return {
      listen: listenOn(env),
      tls: this.options.tls,
      native: this.options.native,
      exempt: this.options.exempt,
      allowOrigin: (origin) => this.webOrigins.isAllowed(origin),
      log,
      clock: this.clock,
      newId,
      onMessages: (batch) => {
        this.capture.received(batch);
        this.stack.layer.receiveBatch(batch);
      },
      express: (datagram) => this.express?.answer(datagram),
      onFlowClosed: (flow, why) => this.flowClosed(flow, why),
      authorityOf: (peerName) => authorityOf(this.directory, peerName),
    };
  }

  private createRouter(charging: ChargingGroups): ReturnType<typeof createRouter> {
    const { env, log, media } = this.options;
    const desk = createPhoneDesk({
      ...{ env, log, stack: this.stack, edge: this.edge, directory: this.directory },
      ...{ location: this.bindings.location, events: this.events, policy: this.policy },
    });
    this.express = desk.express;
    const { authentication, registrar } = desk;
    const events = this.lamps.watching(this.events.calls);
    const environment: CallEnvironment = {
      ...{ stack: this.stack, directory: this.directory, decks: this.decks, usage: this.usage },
      ...{ charging, media, sounds: this.sounds, calls: this.calls },
      warnBeforeMs: env.warnBeforeSeconds.map((seconds) => seconds * 1_000),
      ...{ location: this.bindings.location, recorder: this.recording.recorder },
      events: this.emergencies.watching(this.recording.recorder.watching(events)),
      loops: new LoopGuard({
        key: deriveKey(env.secretKey, 'call-lineage'),
        randomToken: () => this.stack.randomToken(),
      }),
      pickups: this.lamps.pickups,
      ...{ draw: Math.random, trunkRoutes: this.trunkRoom.routes },
      trunkQuality: this.trunkRoom.quality,
    };
    const subscriptions = new Subscriptions({
      stack: this.stack,
      directory: this.directory,
      location: this.bindings.location,
      authentication,
      lamps: this.lamps,
      waiting: this.waiting,
    });
    this.subscriptions = subscriptions;
    const isDraining = (): boolean => this.state === 'draining';
    this.originator = new Originator({ environment, isDraining });
    const admission = new Admission({
      ...{ environment, authentication, isDraining },
      trunks: this.trunkRoom.inbound,
    });
    return createRouter({
      dialogs: this.dialogs,
      log,
      register: (transaction) => {
        if (!this.trunkRoom.pbx.register(transaction)) registrar.register(transaction);
      },
      invite: (transaction) => admission.invite(transaction),
      subscribe: (transaction) => subscriptions.subscribe(transaction),
      isDraining: () => this.state === 'draining',
      mayBeEmergency: (request) =>
        mayBeEmergency(request, (domain) => this.directory.tenantByDomain(domain)),
    });
  }

  /** The configuration has changed: who may not be here any more goes. */
  private applied(refs: readonly ConfigRef[]): void {
    this.bindings.dropClosed(refs);
    this.subscriptions?.review(refs);
    this.addressRules.apply();
    if (refs.some(({ kind }) => kind === 'trunk')) this.trunkRoom.configured();
    if (refs.some((ref) => ref.kind === 'tenant')) this.capture.refresh();
    this.limits.applied(refs);
    this.events.observed(refs);
  }

  private flowClosed(flow: Flow, why: Error | undefined): void {
    this.trunkRoom.flowClosed(flow, why);
    this.stack.layer.flowFailed(flow);
    if (flow.connectionId === undefined) return;
    this.bindings.location.dropConnection(flow.connectionId);
    this.subscriptions?.dropConnection(flow.connectionId);
  }
}

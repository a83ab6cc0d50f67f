import type { Sealer } from '@/lib/infra/crypto';
import type { Logger } from '@/lib/infra/log';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { openTrunkSecret } from '@/lib/services/trunks/secret';
import type { TrunkStateRecord } from '@/lib/services/trunks/trunk-states';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { SipStack } from '@/lib/switch/stack';
import { type ChallengeAnswers, createChallengeAnswers } from './challenge';
import { TrunkHealth } from './health';
import { matchTrunk } from './match';
import { Registrars } from './registrars';
import { realmOf, TrunkRegistration } from './registration';
import { TrunkStates } from './states';
import type { TrunkTargets } from './targets';

/** How long a node may register trunks without renewing its lease. */
export const TRUNK_LEASE_MS = 30_000;

/** RFC 5626 §4.4.1: between 95 and 120 s on streams. */
const KEEP_ALIVE_MS = 95_000;

/** What trunks need of the database. */
export interface TrunkStore {
  /** The trunks, of those asked for, that this node may register until the lease is over. */
  claim(trunkIds: readonly string[], leaseMs: number): Promise<readonly string[]>;
  release(): Promise<void>;
  write(states: readonly TrunkStateRecord[]): Promise<void>;
}

export interface TrunksOptions {
  readonly stack: SipStack;
  readonly directory: SwitchDirectory;
  readonly targets: TrunkTargets;
  readonly store: TrunkStore;
  readonly sealer: Sealer;
  readonly log: Logger;
  /** The user of our Contact at a trunk's registrar: unguessable, the same after a restart. */
  contactUserOf(trunkId: string): string;
  /** In [0, 1). */
  readonly random: () => number;
  onChange(state: TrunkStateRecord): void;
  /** Says on a stream that we are still there. */
  ping(flow: Flow): void;
}

/** Something that runs for a trunk as it is configured; another configuration starts it anew. */
interface Running<Work> {
  readonly settings: string;
  readonly work: Work;
}

/**
 * Keeps what runs for trunks equal to what is configured: registrations (where this node holds the
 * lease), health checks, credentials. Knows by which trunk a registrar's calls come in.
 */
export class Trunks {
  readonly states: TrunkStates;
  private readonly options: TrunksOptions;
  private readonly registrations = new Map<string, Running<TrunkRegistration>>();
  private readonly checks = new Map<string, Running<TrunkHealth>>();
  private readonly answers = new Map<string, Running<ChallengeAnswers | undefined>>();
  /** Where registrars are; their calls come from nowhere else. */
  private readonly registrars = new Registrars(
    (trunkId, flow) => this.registrations.get(trunkId)?.work.isOver(flow) === true,
  );
  private owned: ReadonlySet<string> = new Set();
  private ownedUntilMs = 0;
  private claiming: Promise<void> | undefined;
  private writing: Promise<void> = Promise.resolve();
  private stopped = false;
  private pingedAtMs = 0;

  constructor(options: TrunksOptions) {
    this.options = options;
    this.states = new TrunkStates(options.stack.clock, (state) => options.onChange(state));
  }

  /** Renews the lease and brings everything to what is configured; every ten seconds, and anew. */
  async renew(): Promise<void> {
    if (this.stopped) return;
    this.claiming ??= this.claim().finally(() => {
      this.claiming = undefined;
    });
    await this.claiming;
  }

  /** Something was configured. */
  configured(): void {
    this.reconcile();
    this.renew().catch((error: unknown) => this.options.log.warn('trunks.lease', { error }));
  }

  /** Writes what changed since the last time. */
  flush(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const changed = this.states.drain();
      if (changed.length === 0) return;
      try {
        await this.options.store.write(changed);
      } catch (error) {
        this.states.undrain(changed);
        this.options.log.warn('trunks.write', { error });
      }
    });
    return this.writing;
  }

  /** Stops asking. Nothing is unregistered: calls go on, and another node (or we) take over. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const { work } of this.registrations.values()) work.stop();
    for (const { work } of this.checks.values()) work.stop();
    this.registrations.clear();
    this.checks.clear();
    await this.flush();
    await this.options.store.release().catch((error: unknown) => {
      this.options.log.warn('trunks.release', { error });
    });
  }

  /** Keeps the streams open by which registrars call us; called every ten seconds. */
  keepAlive(): void {
    const nowMs = this.options.stack.clock.monotonicMs();
    if (nowMs - this.pingedAtMs < KEEP_ALIVE_MS) return;
    this.pingedAtMs = nowMs;
    for (const { work } of this.registrations.values()) {
      const { target } = work;
      if (target && target.transport !== 'udp') this.options.ping(target.flow);
    }
  }

  /** A stream ended. */
  flowClosed({ remote, transport }: Flow): void {
    for (const { work } of this.registrations.values()) work.flowClosed(remote, transport);
  }

  /** Where those are that we register with, for trunks in service. */
  registrarAddresses(): readonly string[] {
    return [...this.registrars.trunkIds()].flatMap((id) =>
      this.options.directory.trunkById(id)?.status === 'active'
        ? this.registrars.addressesOf(id)
        : [],
    );
  }

  /**
   * The trunk that a registrar's call comes in by: known by where it comes from and by the user of
   * our Contact, where the Request-URI bears that (see Registrars). Never by From.
   */
  registeredTrunk(flow: Flow, requestUser: string): ConfigTrunk | undefined {
    const id = this.registrars.callerAt(flow, requestUser);
    const trunk = id === undefined ? undefined : this.options.directory.trunkById(id);
    return trunk?.status === 'active' ? trunk : undefined;
  }

  /** Whether a flow comes from a trunk: inside a dialog any of a carrier's addresses may speak. */
  isOf(trunkId: string, flow: Flow): boolean {
    const { remote, transport } = flow;
    if (this.registrars.hasAddress(trunkId, flow)) return true;
    return matchTrunk(this.options.directory, { ...remote, transport })?.id === trunkId;
  }

  /** Whether a Request-URI's user is our Contact's at a trunk: the called number is elsewhere. */
  isContactOf(trunk: ConfigTrunk, requestUser: string): boolean {
    return trunk.kind === 'registration' && this.options.contactUserOf(trunk.id) === requestUser;
  }

  /** What answers a trunk's challenges; undefined where it has no credentials of ours. */
  answersOf(trunk: ConfigTrunk): ChallengeAnswers | undefined {
    if (trunk.kind === 'pbx' || trunk.username === null || trunk.secretSealed === null) {
      return undefined;
    }
    const { username, secretSealed } = trunk;
    const settings = `${username} ${realmOf(trunk)} ${secretSealed.toString('base64')}`;
    const known = this.answers.get(trunk.id);
    if (known?.settings === settings) return known.work;
    const work = this.openAnswers({ id: trunk.id, secretSealed }, username, realmOf(trunk));
    this.answers.set(trunk.id, { settings, work });
    return work;
  }

  private openAnswers(
    trunk: { readonly id: string; readonly secretSealed: Uint8Array },
    username: string,
    realm: string,
  ): ChallengeAnswers | undefined {
    const { sealer, stack, log } = this.options;
    try {
      const { secret } = openTrunkSecret(sealer, trunk);
      return createChallengeAnswers({ username, realm, secret }, () => stack.randomToken());
    } catch (error) {
      log.error('trunk.unreadable', { trunkId: trunk.id, error });
      return undefined;
    }
  }

  private async claim(): Promise<void> {
    const { store, stack } = this.options;
    const wanted = [...this.records()].filter(registers).map(({ id }) => id);
    const claimedAtMs = stack.clock.monotonicMs();
    try {
      this.owned = new Set(await store.claim(wanted, TRUNK_LEASE_MS));
      this.ownedUntilMs = claimedAtMs + TRUNK_LEASE_MS;
    } finally {
      // Without the database the lease runs out: from then on another node may have it.
      if (this.ownedUntilMs <= stack.clock.monotonicMs()) this.owned = new Set();
      if (!this.stopped) this.reconcile();
    }
    await Promise.all([...this.records()].filter(registers).map((trunk) => this.lookUp(trunk)));
  }

  private records(): Iterable<ConfigTrunk> {
    return this.options.directory.records('trunk').values();
  }

  private async lookUp(trunk: ConfigTrunk): Promise<void> {
    try {
      const places = await this.options.targets.places(trunk);
      if (places.length === 0 || !this.options.directory.trunkById(trunk.id)) return;
      this.registrars.set(trunk.id, this.options.contactUserOf(trunk.id), places);
    } catch {
      // The places known so far stand; the registration itself says what is wrong with DNS.
    }
  }

  private reconcile(): void {
    if (this.stopped) return;
    const { directory } = this.options;
    for (const trunk of this.records()) {
      this.reconcileRegistration(trunk);
      this.reconcileCheck(trunk);
    }
    for (const [id, { work }] of this.registrations) {
      if (directory.trunkById(id)) continue;
      work.unregister();
      this.registrations.delete(id);
    }
    for (const id of new Set([
      ...this.checks.keys(),
      ...this.registrars.trunkIds(),
      ...this.answers.keys(),
    ])) {
      if (!directory.trunkById(id)) this.forget(id);
    }
  }

  private forget(id: string): void {
    this.checks.get(id)?.work.stop();
    this.checks.delete(id);
    this.registrars.delete(id);
    this.answers.delete(id);
    this.options.directory.markTrunk(id, false);
    this.states.forget(id);
  }

  private reconcileRegistration(trunk: ConfigTrunk): void {
    const known = this.registrations.get(trunk.id);
    if (!registers(trunk) || !this.owned.has(trunk.id)) {
      if (!known) return;
      // Disabled: taken back. Another node's by now: left to it.
      if (registers(trunk)) known.work.stop();
      else known.work.unregister();
      this.registrations.delete(trunk.id);
      return;
    }
    const settings = settingsOf(trunk);
    if (known?.settings === settings) return;
    known?.work.stop();
    this.registrations.delete(trunk.id);
    const answers = this.answersOf(trunk);
    if (!answers) {
      this.states.set(trunk.id, { registration: 'failed', errorText: 'Its secret can’t be read.' });
      return;
    }
    const { stack, targets, random, contactUserOf } = this.options;
    const work = new TrunkRegistration({
      stack,
      targets,
      trunk,
      answers,
      contactUser: contactUserOf(trunk.id),
      random,
      report: (change) => this.states.set(trunk.id, change),
    });
    this.registrations.set(trunk.id, { settings, work });
    work.start();
  }

  private reconcileCheck(trunk: ConfigTrunk): void {
    const known = this.checks.get(trunk.id);
    const seconds = isChecked(trunk) ? trunk.optionsSeconds : null;
    if (seconds === null) {
      if (!known) return;
      known.work.stop();
      this.checks.delete(trunk.id);
      this.options.directory.markTrunk(trunk.id, false);
      this.states.set(trunk.id, { health: null, roundTripMs: null });
      return;
    }
    const settings = `${settingsOf(trunk)} ${seconds}`;
    if (known?.settings === settings) return;
    known?.work.stop();
    const { stack, targets, random, directory } = this.options;
    const work = new TrunkHealth({
      stack,
      targets,
      trunk,
      intervalMs: seconds * 1000,
      random,
      report: (change) => this.states.set(trunk.id, change),
      mark: (isDown) => directory.markTrunk(trunk.id, isDown),
    });
    this.checks.set(trunk.id, { settings, work });
    work.start();
  }
}

function registers(trunk: ConfigTrunk): boolean {
  return trunk.kind === 'registration' && trunk.status === 'active';
}

/** A PBX that registers is as alive as its registration. */
function isChecked(trunk: ConfigTrunk): boolean {
  const hasPlace = trunk.kind !== 'pbx' || trunk.address !== null || trunk.host !== null;
  return trunk.status === 'active' && trunk.isDialable && hasPlace;
}

/** What a registration depends on; a new name is no reason to register again. */
function settingsOf(trunk: ConfigTrunk): string {
  const { host, address, port, transport, proxy, username, realm, registerSeconds } = trunk;
  const { secretSealed, tlsName, tlsCa } = trunk;
  const secret = secretSealed?.toString('base64') ?? null;
  const settings = [host, address, port, transport, proxy, username, realm, registerSeconds];
  return JSON.stringify([...settings, secret, tlsName, tlsCa]);
}

/** The host of a trunk as URIs bear it, with the port where that is not found by DNS. */
export function uriHostOf(trunk: ConfigTrunk, target: { address: string; port: number }): string {
  if (trunk.host === null) return `${bracketed(target.address)}:${target.port}`;
  return trunk.port === null ? bracketed(trunk.host) : `${bracketed(trunk.host)}:${trunk.port}`;
}

import { NO_LIMITS } from '@/lib/core/call-plan/views';
import type { Sealer } from '@/lib/infra/crypto';
import type { Logger } from '@/lib/infra/log';
import { parseDigestParameters } from '@/lib/protocol/digest/parameters';
import type { Ha1 } from '@/lib/protocol/digest/types';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { Flow } from '@/lib/protocol/sip/transport';
import { escapeUser, formatUri, parseSipUri } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import { openTrunkSecret, trunkHa1 } from '@/lib/services/trunks/secret';
import { Authentication, type AuthenticationOptions } from '@/lib/switch/authentication';
import type { ExtensionRecord, SwitchDirectory } from '@/lib/switch/directory/directory';
import { Binding } from '@/lib/switch/registrar/binding';
import { type BindingChange, Location } from '@/lib/switch/registrar/location';
import { Registrar } from '@/lib/switch/registrar/registrar';
import type { SipStack } from '@/lib/switch/stack';
import type { TrunkStates } from './states';

const NEVER_FORWARDS: ExtensionRecord['forwarding'] = {
  always: null,
  busy: null,
  noAnswer: null,
  unreachable: null,
  noAnswerSeconds: 0,
};

/** Registrations looked through at a time; installations have fewer PBXs. */
const MAX_SWEPT = 10_000;

export interface PbxDeskOptions {
  readonly stack: SipStack;
  readonly directory: SwitchDirectory;
  readonly states: TrunkStates;
  readonly sealer: Sealer;
  readonly log: Logger;
  readonly nodeId: string;
  readonly authentication: Pick<AuthenticationOptions, 'digest' | 'bans' | 'isOurs' | 'policy'>;
}

/**
 * Customers' PBXs that register with us (SIPconnect 1.1): one address of record for all of a PBX's
 * numbers. To digest and registrar a PBX is like an extension with a name for a number; its calls
 * and its numbers are its trunk's.
 */
export class PbxDesk {
  private readonly options: PbxDeskOptions;
  private readonly location: Location;
  private readonly authentication: Authentication;
  private readonly registrar: Registrar;
  /** Flows that PBXs registered by: whoever calls by one is asked for that PBX's secret. */
  private readonly flows = new Map<string, string>();
  /** The sealed secret that each registered with. */
  private readonly proved = new Map<string, Buffer>();

  constructor(options: PbxDeskOptions) {
    const { stack, directory, authentication } = options;
    this.options = options;
    this.location = new Location((change) => this.changed(change));
    const house = {
      tenantByDomain: (domain: string) => directory.tenantByDomain(domain),
      tenantById: (id: string) => directory.tenantById(id),
      accountById: (id: string) => directory.accountById(id),
      extension: (tenantId: string, username: string) =>
        asExtension(directory.pbxTrunk(tenantId, username)),
      extensionById: (id: string) => asExtension(directory.trunkById(id)),
    };
    this.authentication = new Authentication({
      ...authentication,
      directory: house,
      secrets: { ha1Of: ({ id }) => this.ha1Of(id) },
      isRegisteredFrom: (id, address) =>
        this.bindings(id).some((binding) => binding.address === address),
      onWrongSecret: ({ id }) => {
        options.states.set(id, { errorStatus: 403, errorText: 'Wrong user name or secret.' });
      },
    });
    this.registrar = new Registrar({
      stack,
      directory: house,
      location: this.location,
      authentication: this.authentication,
      onRefused: ({ extension }, reason) =>
        options.states.set(extension.id, {
          errorStatus: 403,
          errorText: reason === 'suspended' ? 'Suspended.' : 'Too many contacts.',
        }),
    });
  }

  /** Answers a REGISTER for a PBX's address of record; false where it is for somebody else. */
  register(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    if (!this.named(request.to.uri, request.uri)) return false;
    this.registrar.register(transaction);
    return true;
  }

  /**
   * Whose PBX an INVITE claims to be from: the user that it signs as, the flow that it registered
   * by, or its address of record in From (which otherwise bears the number of whoever calls). That
   * is a claim: `authenticate` has the proof.
   */
  claimed(request: SipRequest, flow: Flow): ConfigTrunk | undefined {
    const { directory } = this.options;
    for (const text of request.headers('authorization')) {
      const parameters = parseDigestParameters(text);
      const tenant = directory.tenantByDomain(parameters?.get('realm') ?? '');
      const signer = tenant && directory.pbxTrunk(tenant.id, parameters?.get('username') ?? '');
      if (signer) return signer;
    }
    const known = this.flows.get(placeOf(flow));
    const registered = known === undefined ? undefined : directory.trunkById(known);
    return registered ?? this.named(request.from.uri, request.uri);
  }

  /** Whether a claim is true; false after the request has been answered with 401, 403 or 400. */
  authenticate(transaction: ServerTransaction, trunk: ConfigTrunk): boolean {
    const { directory } = this.options;
    const tenant = trunk.tenantId === null ? undefined : directory.tenantById(trunk.tenantId);
    if (!tenant || trunk.username === null) {
      transaction.respond(403);
      return false;
    }
    const uri = `sip:${escapeUser(trunk.username)}@${tenant.domain}`;
    const claim = { displayName: '', uri, params: new Map<string, string>() };
    return this.authentication.authenticate(transaction, claim) !== undefined;
  }

  /** Where a PBX is reached for a number, the latest registration first. */
  targets(
    trunk: ConfigTrunk,
    user: string,
  ): readonly { uri: string; flow: Flow; routes: readonly string[] }[] {
    return this.bindings(trunk.id).flatMap(({ contactUri, flow, path }) => {
      const contact = parseSipUri(contactUri);
      // The number takes the place of the user that registered (RFC 6140 §5.2, SIPconnect §4).
      return contact ? [{ uri: formatUri({ ...contact, user }), flow, routes: path }] : [];
    });
  }

  /** The tenant's domain, by which a PBX knows us. */
  domainOf(trunk: ConfigTrunk): string | null {
    const { directory } = this.options;
    return trunk.tenantId === null ? null : (directory.tenantById(trunk.tenantId)?.domain ?? null);
  }

  /** A connection ended: what registered by it is gone. */
  flowClosed(connectionId: number): void {
    this.location.dropConnection(connectionId);
  }

  /** Drops what ran out. */
  sweep(): void {
    this.location.expire(this.options.stack.clock.nowMs(), MAX_SWEPT);
  }

  /** Drops PBXs whose trunk is gone or suspended, and those that have another secret now. */
  configured(): void {
    const { directory } = this.options;
    this.location.dropWhere((id) => directory.trunkById(id)?.status !== 'active', 'closed');
    this.location.dropWhere((id) => {
      const proved = this.proved.get(id);
      return proved !== undefined && directory.trunkById(id)?.secretSealed?.equals(proved) !== true;
    }, 'secret_changed');
  }

  /** What was registered before the restart; streams are gone with their connections. */
  restore(stored: readonly { readonly trunkId: string; readonly contacts: unknown }[]): void {
    const nowMs = this.options.stack.clock.nowMs();
    for (const { trunkId, contacts } of stored) {
      const bindings = readContacts(contacts).filter(
        (binding) => binding.transport === 'udp' && binding.expiresAtMs > nowMs,
      );
      this.location.restore(bindings);
      for (const binding of bindings) this.flows.set(placeOf(binding.flow), trunkId);
      this.options.states.restore(trunkId, this.stateOf(trunkId));
    }
  }

  private bindings(trunkId: string): readonly Binding[] {
    return this.location.lookup(trunkId, this.options.stack.clock.nowMs());
  }

  /** The PBX that an address of record names: by its host, else (an address of ours) the request's. */
  private named(uriText: string, requestUri: string): ConfigTrunk | undefined {
    const { directory } = this.options;
    const uri = parseSipUri(uriText);
    if (!uri) return undefined;
    const tenant =
      directory.tenantByDomain(uri.host) ??
      directory.tenantByDomain(parseSipUri(requestUri)?.host ?? '');
    return tenant && directory.pbxTrunk(tenant.id, uri.user);
  }

  private changed({ extensionId, upserts, gone }: BindingChange): void {
    for (const { binding } of gone) this.flows.delete(placeOf(binding.flow));
    for (const binding of upserts) this.flows.set(placeOf(binding.flow), extensionId);
    const secret = this.options.directory.trunkById(extensionId)?.secretSealed;
    if (upserts.length > 0 && secret) this.proved.set(extensionId, secret);
    if (this.bindings(extensionId).length === 0) this.proved.delete(extensionId);
    if (!this.options.directory.trunkById(extensionId)) return;
    this.options.states.set(extensionId, {
      ...this.stateOf(extensionId),
      ...(upserts.length > 0 ? { errorStatus: null, errorText: null } : {}),
    });
  }

  private stateOf(trunkId: string) {
    const bindings = this.bindings(trunkId);
    const { nodeId } = this.options;
    const untilMs = Math.max(0, ...bindings.map(({ expiresAtMs }) => expiresAtMs));
    return {
      registration: bindings.length > 0 ? ('registered' as const) : null,
      registeredUntilMs: bindings.length > 0 ? untilMs : null,
      contacts: bindings.length > 0 ? bindings.map((binding) => jsonOf(binding, nodeId)) : null,
    };
  }

  private ha1Of(trunkId: string): Ha1 | undefined {
    const { directory, sealer, log } = this.options;
    const trunk = directory.trunkById(trunkId);
    const realm = trunk && this.domainOf(trunk);
    if (!trunk?.secretSealed || trunk.username === null || !realm) return undefined;
    try {
      const { secret } = openTrunkSecret(sealer, {
        id: trunk.id,
        secretSealed: trunk.secretSealed,
      });
      return trunkHa1({ username: trunk.username, realm }, secret);
    } catch (error) {
      log.error('trunk.unreadable', { trunkId, error });
      return undefined;
    }
  }
}

function placeOf({ transport, remote }: Flow): string {
  return `${transport} ${remote.address} ${remote.port}`;
}

/** A PBX as digest and registrar see it. */
function asExtension(trunk: ConfigTrunk | undefined): ExtensionRecord | undefined {
  if (trunk?.kind !== 'pbx' || trunk.tenantId === null || trunk.username === null) return undefined;
  return {
    id: trunk.id,
    tenantId: trunk.tenantId,
    number: trunk.username,
    name: trunk.name,
    status: trunk.status,
    limits: NO_LIMITS,
    callerNumber: null,
    callerNumberId: null,
    forwarding: NEVER_FORWARDS,
    mediaSecurity: trunk.mediaSecurity,
    secretSealed: trunk.secretSealed ?? Buffer.alloc(0),
    generation: trunk.generation,
  };
}

/** As it is kept in the trunk's state. */
function jsonOf(binding: Binding, nodeId: string) {
  const record = binding.toRecord(nodeId);
  return JSON.parse(JSON.stringify(record));
}

function readContacts(contacts: unknown): readonly Binding[] {
  if (!Array.isArray(contacts)) return [];
  return contacts.flatMap((record) => Binding.fromRecord(record) ?? []);
}

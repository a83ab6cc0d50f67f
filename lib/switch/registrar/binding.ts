import { flatText } from '@/lib/protocol/sip/text';
import type { Endpoint, Flow, TransportName } from '@/lib/protocol/sip/transport';
import type { BindingKey, BindingRecord } from '@/lib/services/registrations/types';

/** Our end of a flow: the same few objects for all bindings. */
interface NearEnd {
  readonly transport: TransportName;
  readonly local: Endpoint;
}

/** Listening sockets, and a few kinds of phone beside some thousand odd ones. */
const MAX_SHARED = 4_096;
const NO_PATH: readonly string[] = [];
const TRANSPORTS: readonly string[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

/** Gives equal values as one object; forgets all when it holds too many (they are only shared). */
class Shared<Value> {
  private readonly values = new Map<string, Value>();

  of(key: string, make: () => Value): Value {
    const known = this.values.get(key);
    if (known !== undefined) return known;
    if (this.values.size >= MAX_SHARED) this.values.clear();
    const made = make();
    this.values.set(key, made);
    return made;
  }
}

const nearEnds = new Shared<NearEnd>();
const userAgents = new Shared<string>();

function nearEndOf({ transport, local }: Flow): NearEnd {
  const { address, port } = local;
  return nearEnds.of(`${transport} ${address} ${port}`, () => ({
    transport,
    local: { address: flatText(address), port },
  }));
}

/** What a binding is made of. */
export interface BindingInit extends BindingKey {
  readonly callId: string;
  readonly cseq: number;
  readonly flow: Flow;
  readonly path: readonly string[];
  readonly userAgent: string;
  readonly registeredAtMs: number;
  readonly refreshedAtMs: number;
  readonly expiresAtMs: number;
}

/** What a refresh changes of a binding that stays what it is. */
export type Renewal = Pick<BindingInit, 'callId' | 'cseq' | 'refreshedAtMs' | 'expiresAtMs'>;

/**
 * Where an extension can be reached: the flow by which its phone registered (RFC 5626), never the
 * address in its Contact. Packed, since a node keeps 100,000 of them: what many have in common is
 * one object, times are whole seconds (which V8 keeps without a heap object each).
 */
export class Binding implements BindingKey {
  readonly extensionId: string;
  readonly contactUri: string;
  readonly instanceId: string;
  readonly regId: number;
  /** Until the phone comes again: see renew. */
  callId: string;
  cseq: number;
  readonly path: readonly string[];
  readonly userAgent: string;
  /** Where the phone is, as seen from here. */
  readonly address: string;
  readonly port: number;
  private readonly near: NearEnd;
  /** 0 where there is no connection (UDP). */
  private readonly connection: number;
  private readonly registeredAtSeconds: number;
  private refreshedAtSeconds: number;
  private expiresAtSeconds: number;
  /** Renewed since it was last written: its writer's note. */
  isRenewed = false;

  /** `before`: what it refreshes; texts that are the same are kept instead of copied. */
  constructor(init: BindingInit, before?: Binding) {
    const { flow } = init;
    this.extensionId = init.extensionId;
    this.contactUri = keptText(init.contactUri, before?.contactUri);
    this.instanceId = keptText(init.instanceId, before?.instanceId);
    this.regId = init.regId;
    this.callId = keptText(init.callId, before?.callId);
    this.cseq = init.cseq;
    this.path = init.path.length === 0 ? NO_PATH : init.path.map(flatText);
    this.userAgent = userAgents.of(init.userAgent, () => init.userAgent);
    this.address = keptText(flow.remote.address, before?.address);
    this.port = flow.remote.port;
    this.near = nearEndOf(flow);
    this.connection = flow.connectionId ?? 0;
    this.registeredAtSeconds = Math.floor(init.registeredAtMs / 1000);
    this.refreshedAtSeconds = Math.floor(init.refreshedAtMs / 1000);
    this.expiresAtSeconds = Math.ceil(init.expiresAtMs / 1000);
  }

  /** What was read back; undefined where it holds no flow that can be used. */
  static fromRecord(record: BindingRecord): Binding | undefined {
    const flow = asFlow(record.flow);
    return flow && new Binding({ ...record, flow });
  }

  get transport(): TransportName {
    return this.near.transport;
  }

  /** The connection it hangs on; undefined for UDP. */
  get connectionId(): number | undefined {
    return this.connection === 0 ? undefined : this.connection;
  }

  /** The way to the phone. */
  get flow(): Flow {
    return {
      transport: this.near.transport,
      local: this.near.local,
      remote: { address: this.address, port: this.port },
      connectionId: this.connectionId,
    };
  }

  get registeredAtMs(): number {
    return this.registeredAtSeconds * 1000;
  }

  get refreshedAtMs(): number {
    return this.refreshedAtSeconds * 1000;
  }

  get expiresAtMs(): number {
    return this.expiresAtSeconds * 1000;
  }

  /** Whether this is the way that it came by. */
  isAt(flow: Pick<Flow, 'transport' | 'local' | 'remote' | 'connectionId'>): boolean {
    const { transport, local } = this.near;
    return (
      transport === flow.transport &&
      this.port === flow.remote.port &&
      this.address === flow.remote.address &&
      local.port === flow.local.port &&
      local.address === flow.local.address &&
      this.connectionId === flow.connectionId
    );
  }

  /** Whether it says the same as an earlier one of the same key, but for what renew changes. */
  isRenewalOf(before: Binding): boolean {
    return (
      this.registeredAtSeconds === before.registeredAtSeconds &&
      this.userAgent === before.userAgent &&
      this.path.length === before.path.length &&
      this.path.every((hop, index) => hop === before.path[index]) &&
      this.isAt(before.flow)
    );
  }

  /** The phone came again, the same in everything but this; Location.renew says so to others. */
  renew({ callId, cseq, refreshedAtMs, expiresAtMs }: Renewal): void {
    if (callId !== this.callId) this.callId = flatText(callId);
    this.cseq = cseq;
    this.refreshedAtSeconds = Math.floor(refreshedAtMs / 1000);
    this.expiresAtSeconds = Math.ceil(expiresAtMs / 1000);
  }

  /** As the services write it. One object, spelt out: at full load it is made for each REGISTER. */
  toRecord(nodeId: string): BindingRecord {
    const { transport, local } = this.near;
    const remote = { address: this.address, port: this.port };
    const { connectionId } = this;
    return {
      extensionId: this.extensionId,
      contactUri: this.contactUri,
      instanceId: this.instanceId,
      regId: this.regId,
      nodeId,
      callId: this.callId,
      cseq: this.cseq,
      path: this.path,
      userAgent: this.userAgent,
      address: this.address,
      port: this.port,
      transport,
      flow: { transport, local, remote, connectionId },
      registeredAtMs: this.registeredAtMs,
      refreshedAtMs: this.refreshedAtMs,
      expiresAtMs: this.expiresAtMs,
    };
  }
}

function keptText(text: string, before: string | undefined): string {
  return before === text ? before : flatText(text);
}

/** A flow that was written as JSON; undefined where it is none. */
function asFlow(value: Readonly<Record<string, unknown>>): Flow | undefined {
  const { transport, local, remote, connectionId } = value;
  const near = asEndpoint(local);
  const far = asEndpoint(remote);
  if (!isTransport(transport) || !near || !far) return undefined;
  return {
    transport,
    local: near,
    remote: far,
    connectionId: typeof connectionId === 'number' ? connectionId : undefined,
  };
}

function isTransport(value: unknown): value is TransportName {
  return typeof value === 'string' && TRANSPORTS.includes(value);
}

function asEndpoint(value: unknown): Endpoint | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { address, port } = value as Record<string, unknown>;
  return typeof address === 'string' && typeof port === 'number' ? { address, port } : undefined;
}

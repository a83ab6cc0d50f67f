import { cidrContains, parseCidr } from '@/lib/core/cidr';
import { type LocateOptions, locate, type SipDestination } from '@/lib/protocol/dns/locate';
import type { TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { SipTarget } from '@/lib/protocol/dns/types';
import { parseHostPort } from '@/lib/protocol/sip/host-port';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { ConfigTrunk } from '@/lib/services/configuration/types';

/** Places of one trunk that a request is tried at; more would be heard as silence by a caller. */
const MAX_TRIED = 4;
/**
 * A request larger than this goes by a transport with congestion control, where it can (RFC 3261
 * §18.1.1).
 */
const MAX_UDP_BYTES = 1_300;
/** A peer that takes no TCP is not asked again for this long. */
const NO_TCP_MS = 15 * 60_000;

/** Broken connections whose reason is remembered. */
const MAX_BROKEN = 1_000;

export interface TrunkTargetsOptions extends LocateOptions {
  readonly memory: TargetMemory;
  /** The flow by which a place is reached; undefined where its transport is off. */
  flowTo(target: Pick<Flow, 'transport' | 'remote' | 'peerName'>): Flow | undefined;
}

/** A place to send to, and how it is reached. */
export interface TrunkTarget extends SipTarget {
  readonly flow: Flow;
  /** Chosen for the size of the request alone: where it fails, UDP follows. */
  readonly isTwin: boolean;
}

/** Where trunks are reached: by RFC 3263, those that failed lately last. */
export class TrunkTargets {
  private readonly options: TrunkTargetsOptions;
  private readonly broken = new Map<string, string>();

  constructor(options: TrunkTargetsOptions) {
    this.options = options;
  }

  /** Every place that a trunk's name stands for now; whoever sends from another is not it. */
  async places(trunk: ConfigTrunk): Promise<readonly SipTarget[]> {
    const places = await Promise.all(
      destinationsOf(trunk).map((each) => locate(each, this.options)),
    );
    return places.flat();
  }

  /**
   * The places for a request of a size, in the order in which to try. Throws where DNS failed, and
   * returns none where there is no such server.
   */
  async of(trunk: ConfigTrunk, requestBytes: number): Promise<readonly TrunkTarget[]> {
    const { memory } = this.options;
    const [destination] = destinationsOf(trunk);
    if (!destination) return [];
    const found = memory.arrange(await locate(destination, this.options));
    const targets = found.slice(0, MAX_TRIED).flatMap((target) => {
      const plain = this.withFlow(trunk, target, false);
      return [...this.twinOf(trunk, target, requestBytes), ...(plain ? [plain] : [])];
    });
    return targets;
  }

  /**
   * The place that a trunk itself names (a redirect), where it is one of its own: an address that
   * its name stands for or that it is matched by. Undefined for anybody else's, and for a transport
   * that is not the trunk's: what is to go by TLS goes by nothing else.
   */
  async ownPlace(trunk: ConfigTrunk, named: SipDestination): Promise<TrunkTarget | undefined> {
    const own = await this.places(trunk);
    const isSecret = own.length > 0 && own.every(({ transport }) => transport === 'tls');
    const wanted = named.secure ? 'tls' : named.transport;
    const transport = trunk.transport ?? (isSecret ? 'tls' : null);
    if (wanted !== null && transport !== null && wanted !== transport) return undefined;
    const found = await locate(
      { ...named, secure: false, transport: transport ?? wanted },
      this.options,
    );
    const target = found.find(
      ({ address }) =>
        own.some((place) => place.address === address) || isWithin(trunk.address, address),
    );
    return target && this.withFlow(trunk, target, false);
  }

  /** Why the last connection to a place broke, in words; undefined where none did. */
  whyBroken({ transport, address, port }: SipTarget): string | undefined {
    return this.broken.get(`${transport} ${address} ${port}`);
  }

  /** A connection ended; `why` where something broke it. */
  flowClosed({ transport, remote }: Flow, why: Error | undefined): void {
    const key = `${transport} ${remote.address} ${remote.port}`;
    this.broken.delete(key);
    if (!why) return;
    if (this.broken.size >= MAX_BROKEN) this.broken.clear();
    this.broken.set(key, wordsOf(why));
  }

  /** It did not answer, or said 503: it comes last for a while (RFC 3263 §4.3). */
  failed(target: TrunkTarget, retryAfterMs?: number): void {
    this.options.memory.failed(target, target.isTwin ? NO_TCP_MS : retryAfterMs);
  }

  worked(target: TrunkTarget): void {
    this.options.memory.worked(target);
  }

  /** The same place by TCP, where the request is large and nobody insisted on UDP. */
  private twinOf(
    trunk: ConfigTrunk,
    target: SipTarget,
    requestBytes: number,
  ): readonly TrunkTarget[] {
    const { memory, transports } = this.options;
    if (target.transport !== 'udp' || trunk.transport !== null) return [];
    if (requestBytes <= MAX_UDP_BYTES || !transports.includes('tcp')) return [];
    const twin: SipTarget = { ...target, transport: 'tcp' };
    const found = memory.isAvoided(twin) ? undefined : this.withFlow(trunk, twin, true);
    return found ? [found] : [];
  }

  private withFlow(
    trunk: ConfigTrunk,
    target: SipTarget,
    isTwin: boolean,
  ): TrunkTarget | undefined {
    const { transport, address, port } = target;
    const flow = this.options.flowTo({
      transport,
      remote: { address, port },
      ...(transport === 'tls' ? { peerName: peerNameOf(trunk) } : {}),
    });
    return flow && { ...target, flow, isTwin };
  }
}

/** The name that a trunk's certificate must bear: as configured, whatever DNS says (RFC 5922 §7). */
export function peerNameOf(trunk: ConfigTrunk): string {
  const proxy = trunk.proxy === null ? undefined : parseHostPort(trunk.proxy);
  return trunk.tlsName ?? proxy?.host ?? trunk.host ?? trunk.address ?? '';
}

/** Where requests to a trunk go first; then (proxy) whose name its calls may come from as well. */
function destinationsOf(trunk: ConfigTrunk): readonly SipDestination[] {
  const { host, address, port, transport } = trunk;
  const base = { secure: false, transport };
  const own = host ?? (address?.includes('/') ? null : address);
  const proxy = trunk.proxy === null ? undefined : parseHostPort(trunk.proxy);
  return [
    ...(proxy ? [{ ...base, host: proxy.host, port: proxy.port ?? null }] : []),
    ...(own === null ? [] : [{ ...base, host: own, port }]),
  ];
}

function isWithin(range: string | null, address: string): boolean {
  const parsed = range === null ? undefined : parseCidr(range);
  return parsed?.ok === true && cidrContains(parsed.cidr, address);
}

const WORDS_OF_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'It refuses the connection.',
  ECONNRESET: 'It broke the connection.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is signed by nobody that is trusted here.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its certificate is signed by nobody that is trusted here.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'Its certificate is signed by nobody that is trusted here.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Its certificate is signed by nobody that is trusted here.',
};

function wordsOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  return WORDS_OF_CODE[code] ?? error.message.slice(0, 300);
}

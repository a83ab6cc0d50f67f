import type { SipTarget } from '@/lib/protocol/dns/types';
import type { Flow } from '@/lib/protocol/sip/transport';

/** A trunk that registers: the token that its registrar was told, the places that it stands for. */
interface Registrar {
  readonly trunkId: string;
  readonly contactUser: string;
  readonly places: readonly SipTarget[];
}

/** Whether a trunk is registered by the very connection of a flow. */
export type RegisteredOver = (trunkId: string, flow: Flow) => boolean;

/**
 * Registrars by the addresses that their names stand for: whose call it is that comes from one. An
 * address alone says little, since phones may share it with a carrier (one NAT, one machine).
 */
export class Registrars {
  private readonly byTrunk = new Map<string, Registrar>();
  private readonly byAddress = new Map<string, readonly Registrar[]>();
  private readonly registeredOver: RegisteredOver;

  constructor(registeredOver: RegisteredOver) {
    this.registeredOver = registeredOver;
  }

  /** Every trunk that has places here. */
  trunkIds(): Iterable<string> {
    return this.byTrunk.keys();
  }

  /** The addresses that the name of a trunk's registrar stands for. */
  addressesOf(trunkId: string): readonly string[] {
    const registrar = this.byTrunk.get(trunkId);
    return registrar ? [...addressesOf(registrar)] : [];
  }

  /** Puts in, or replaces, the places of a trunk's registrar. */
  set(trunkId: string, contactUser: string, places: readonly SipTarget[]): void {
    this.delete(trunkId);
    const registrar: Registrar = { trunkId, contactUser, places };
    this.byTrunk.set(trunkId, registrar);
    for (const address of addressesOf(registrar)) {
      this.byAddress.set(address, [...(this.byAddress.get(address) ?? []), registrar]);
    }
  }

  delete(trunkId: string): void {
    const registrar = this.byTrunk.get(trunkId);
    if (!registrar) return;
    this.byTrunk.delete(trunkId);
    for (const address of addressesOf(registrar)) {
      const rest = (this.byAddress.get(address) ?? []).filter((each) => each !== registrar);
      if (rest.length > 0) this.byAddress.set(address, rest);
      else this.byAddress.delete(address);
    }
  }

  /**
   * The trunk whose registrar a call comes from. Where the Request-URI bears the trunk's token the
   * address is enough. Without it the place must be the registrar's to the port (UDP), or the
   * connection the one that we registered by; and no other trunk may have the same.
   */
  callerAt(flow: Flow, requestUser: string): string | undefined {
    const there = this.byAddress.get(flow.remote.address);
    if (!there) return undefined;
    const named = there.find(({ contactUser }) => contactUser === requestUser);
    if (named) return named.trunkId;
    const [only, ...others] = there.filter((registrar) => this.isPlaceOf(registrar, flow));
    return others.length === 0 ? only?.trunkId : undefined;
  }

  /** Whether a flow comes from an address of a trunk's registrar: enough inside a dialog. */
  hasAddress(trunkId: string, flow: Flow): boolean {
    const { address } = flow.remote;
    return this.byTrunk.get(trunkId)?.places.some((place) => place.address === address) === true;
  }

  private isPlaceOf({ trunkId, places }: Registrar, flow: Flow): boolean {
    if (flow.transport !== 'udp') return this.registeredOver(trunkId, flow);
    const { address, port } = flow.remote;
    return places.some(
      (place) => place.transport === 'udp' && place.address === address && place.port === port,
    );
  }
}

function addressesOf({ places }: Registrar): ReadonlySet<string> {
  return new Set(places.map(({ address }) => address));
}

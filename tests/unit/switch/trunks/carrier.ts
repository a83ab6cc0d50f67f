import { createHash } from 'node:crypto';
import { silentLogger } from '@/lib/infra/log';
import { createDigestServer, type DigestServer } from '@/lib/protocol/digest/server';
import type { DigestAlgorithm } from '@/lib/protocol/digest/types';
import type { SipRequest } from '@/lib/protocol/sip/message';
import type { ServerTransaction } from '@/lib/protocol/sip/transaction';
import type { DialogTable, SipStack } from '@/lib/switch/stack';
import type { VirtualNetwork } from '@/tests/unit/protocol/sip/virtual-network';

export const US = '192.0.2.1';
export const USERNAME = 'tollbridge';
export const REALM = 'sip.carrier.test';
export const SECRET = 'carrier-secret-1';

/** Our side of a virtual network: a stack as the switch has one. */
export function ourStack(network: VirtualNetwork): SipStack {
  const dialogs: DialogTable = new Map();
  let tokens = 0;
  return {
    layer: network.host(US, {}),
    timers: network.timers,
    clock: network.clock,
    log: silentLogger,
    dialogs,
    publicAddress: US,
    randomToken: () => {
      tokens += 1;
      return `ours${tokens}`;
    },
    contactOn: () => `<sip:${US}:5060>`,
  };
}

export interface CarrierBehaviour {
  /** 401 as a registrar, 407 as a proxy. */
  readonly status: 401 | 407;
  readonly realm: string;
  readonly algorithms?: readonly DigestAlgorithm[];
  /** A challenge in its own words, in place of a real one. */
  readonly challenge?: string;
  /** What happens to a request that proved itself. */
  admitted(transaction: ServerTransaction, request: SipRequest): void;
}

/** A carrier that wants to know who we are, at an address of the network. */
export class ChallengingCarrier {
  readonly requests: SipRequest[] = [];
  behaviour: CarrierBehaviour;
  private readonly digest: DigestServer;

  constructor(network: VirtualNetwork, address: string, behaviour: CarrierBehaviour) {
    this.behaviour = behaviour;
    this.digest = createDigestServer({ secret: Buffer.alloc(32, 1), clock: network.clock });
    network.host(address, { onRequest: (transaction, request) => this.take(transaction, request) });
  }

  /** What was sent to it to prove ourselves, in any request. */
  get proofs(): string[] {
    return this.requests.flatMap((request) => [
      ...request.headers('authorization'),
      ...request.headers('proxy-authorization'),
    ]);
  }

  private take(transaction: ServerTransaction, request: SipRequest): void {
    this.requests.push(request);
    const { status, realm, algorithms, challenge } = this.behaviour;
    const header = status === 401 ? 'authorization' : 'proxy-authorization';
    const verdict = this.digest.verify(
      { method: request.method, uri: request.uri, authorization: request.headers(header) },
      {
        realm,
        source: US,
        lookUp: (username) =>
          username === USERNAME
            ? { md5: ha1('md5', realm), sha256: ha1('sha256', realm) }
            : undefined,
      },
    );
    if (verdict.ok) {
      this.behaviour.admitted(transaction, request);
      return;
    }
    const stale = verdict.kind === 'stale';
    transaction.respond(status, undefined, {
      headers: {
        [status === 401 ? 'www-authenticate' : 'proxy-authenticate']:
          challenge ?? this.digest.challenge(realm, { source: US, algorithms, stale }),
      },
    });
  }
}

function ha1(hash: 'md5' | 'sha256', realm: string): string {
  return createHash(hash).update(`${USERNAME}:${realm}:${SECRET}`).digest('hex');
}

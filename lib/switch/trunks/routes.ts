import type { Flow } from '@/lib/protocol/sip/transport';
import { escapeUser } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk } from '@/lib/services/configuration/types';
import type { ChallengeAnswer } from '@/lib/switch/call/callee-leg';
import { writeNumber } from './numbers';
import type { PbxDesk } from './pbx';
import type { TrunkTarget, TrunkTargets } from './targets';
import { type Trunks, uriHostOf } from './trunks';

/** One way to call a number over a trunk. */
export interface TrunkRoute {
  readonly target: TrunkTarget;
  readonly uri: string;
  readonly to: string;
  /** Route values, as a PBX behind proxies asked for (RFC 3327). */
  readonly routes: readonly string[];
  readonly authenticate: ChallengeAnswer | undefined;
}

/** What the headers of our own add to a body and to those that cross, about. */
const HEADER_BYTES = 700;

/** How calls leave over trunks. */
export class TrunkRoutes {
  private readonly targets: TrunkTargets;
  private readonly trunks: Trunks;
  private readonly pbx: PbxDesk;

  constructor(options: {
    readonly targets: TrunkTargets;
    readonly trunks: Trunks;
    readonly pbx: PbxDesk;
  }) {
    this.targets = options.targets;
    this.trunks = options.trunks;
    this.pbx = options.pbx;
  }

  /**
   * The ways to call a number, in the order in which to try; `bytes` is what body and crossing
   * headers take. Throws where DNS failed.
   */
  async to(trunk: ConfigTrunk, number: string, bytes: number): Promise<readonly TrunkRoute[]> {
    const user = escapeUser(writeNumber(number, trunk.numbersOut));
    if (trunk.kind === 'pbx' && trunk.username !== null) {
      return this.pbx.targets(trunk, user).map(({ uri, flow, routes }) => {
        const { address, port } = flow.remote;
        const transport = flow.transport === 'udp' ? 'udp' : 'tcp';
        const target = { transport, address, port, flow, isTwin: false } as const;
        return { target, uri, to: `<${uri}>`, routes, authenticate: undefined };
      });
    }
    const answers = this.trunks.answersOf(trunk);
    const targets = await this.targets.of(trunk, bytes + HEADER_BYTES);
    return targets.map((target) => {
      const suffix = target.transport === 'udp' ? '' : `;transport=${target.transport}`;
      const uri = `sip:${user}@${uriHostOf(trunk, target)}${suffix}`;
      return {
        target,
        uri,
        to: `<${uri}>`,
        routes: [],
        authenticate: answers?.forRequest(),
      };
    });
  }

  /** Whether a flow comes from a trunk: inside a dialog any of a carrier's addresses may speak. */
  isOf(trunkId: string, flow: Flow): boolean {
    return this.trunks.isOf(trunkId, flow);
  }

  /** It did not answer, or said 503: it comes last for a while. */
  failed(route: TrunkRoute): void {
    this.targets.failed(route.target);
  }

  worked(route: TrunkRoute): void {
    this.targets.worked(route.target);
  }
}

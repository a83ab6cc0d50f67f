import { parseNameAddr } from '@/lib/protocol/sip/name-addr';
import type { Flow } from '@/lib/protocol/sip/transport';
import { escapeUser, parseSipUri } from '@/lib/protocol/sip/uri';
import type { ConfigTrunk, TrunkNumbers } from '@/lib/services/configuration/types';
import type { ChallengeAnswer } from '@/lib/switch/call/challenge-answer';
import { readNumber, writeNumber } from './numbers';
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

const TRANSPORTS = ['udp', 'tcp', 'tls'] as const;

/** Whether a user part is a number, written as the trunk wants it or as E.164. */
function namesNumber(user: string, number: string, numbers: TrunkNumbers): boolean {
  const [written = ''] = user.split(';');
  const plain = { ...numbers, strip: 0, prepend: '' };
  return written === writeNumber(number, numbers) || readNumber(written, plain) === number;
}

/** How calls leave over trunks. */
export class TrunkRoutes {
  private readonly targets: TrunkTargets;
  private readonly trunks: Pick<Trunks, 'answersOf' | 'isOf'>;
  private readonly pbx: Pick<PbxDesk, 'targets'>;

  constructor(options: {
    readonly targets: TrunkTargets;
    readonly trunks: Pick<Trunks, 'answersOf' | 'isOf'>;
    readonly pbx: Pick<PbxDesk, 'targets'>;
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

  /**
   * The way that a trunk sends a call by 3xx: to the same number, at a place of its own (what it
   * says of the number beside, as `rn` of a ported one, goes with it). Undefined where it sends it
   * elsewhere, or to another number: its price was pinned for this one.
   */
  async redirected(
    trunk: ConfigTrunk,
    number: string,
    contact: string,
  ): Promise<TrunkRoute | undefined> {
    const uri = parseSipUri(parseNameAddr(contact)?.uri ?? '');
    if (!uri || (trunk.kind === 'pbx' && trunk.username !== null)) return undefined;
    if (!namesNumber(uri.user, number, trunk.numbersOut)) return undefined;
    const named = uri.params.get('transport')?.toLowerCase() ?? null;
    const transport = TRANSPORTS.find((each) => each === named) ?? null;
    if (named !== transport) return undefined;
    const target = await this.targets.ownPlace(trunk, {
      ...{ secure: uri.scheme === 'sips', transport },
      host: uri.host.replace(/^\[|\]$/g, ''),
      port: uri.port ?? null,
    });
    if (!target) return undefined;
    const port = uri.port === undefined ? '' : `:${uri.port}`;
    const suffix = target.transport === 'udp' ? '' : `;transport=${target.transport}`;
    const asked = `sip:${escapeUser(uri.user)}@${uri.host}${port}${suffix}`;
    const authenticate = this.trunks.answersOf(trunk)?.forRequest();
    return { target, uri: asked, to: `<${asked}>`, routes: [], authenticate };
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

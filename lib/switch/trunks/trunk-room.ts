import { createSealer, deriveKey } from '@/lib/infra/crypto';
import type { Env } from '@/lib/infra/env';
import type { Logger } from '@/lib/infra/log';
import type { ChallengePolicy } from '@/lib/protocol/digest/challenge-policy';
import { createDigestServer } from '@/lib/protocol/digest/server';
import { CachedDns } from '@/lib/protocol/dns/cache';
import { TargetMemory } from '@/lib/protocol/dns/target-memory';
import type { TargetTransport } from '@/lib/protocol/dns/types';
import type { Flow } from '@/lib/protocol/sip/transport';
import type { ServicesDatabase } from '@/lib/services/database';
import {
  claimTrunks,
  loadTrunkContacts,
  releaseTrunks,
  writeTrunkStates,
} from '@/lib/services/trunks/trunk-states';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { Edge } from '@/lib/switch/edge/types';
import type { LiveEvents } from '@/lib/switch/live-events';
import type { SipStack } from '@/lib/switch/stack';
import { createNodeDns } from './node-dns';
import type { InboundTrunks } from './origin';
import { PbxDesk } from './pbx';
import { TrunkQuality } from './quality';
import { TrunkRoutes } from './routes';
import { TrunkTargets } from './targets';
import { Trunks } from './trunks';

/** How often the right to register trunks is renewed: three times within a lease. */
export const TRUNKS_MS = 10_000;
/** How long changed states of trunks wait to be written together. */
export const TRUNKS_WRITE_MS = 200;
/** Enough that nobody guesses whose calls a Contact of ours is for. */
const CONTACT_USER_BYTES = 12;
/** RFC 5626 §3.5.1. */
const PING = Buffer.from('\r\n\r\n');
const TRANSPORTS: readonly TargetTransport[] = ['udp', 'tcp', 'tls'];

export interface TrunkRoomOptions {
  readonly env: Env;
  readonly database: ServicesDatabase;
  readonly log: Logger;
  readonly stack: SipStack;
  readonly directory: SwitchDirectory;
  readonly edge: Edge;
  readonly events: Pick<LiveEvents, 'trunk'>;
  /** Of challenges: PBXs and phones are told apart only when they answer. */
  readonly policy: ChallengePolicy;
}

/** Everything about trunks, put together for the switch. */
export interface TrunkRoom {
  readonly trunks: Trunks;
  readonly pbx: PbxDesk;
  readonly routes: TrunkRoutes;
  readonly quality: TrunkQuality;
  readonly inbound: InboundTrunks;
  /** Reads where PBXs were, then registers and asks. */
  start(): Promise<void>;
  /** Something was configured. */
  configured(): void;
  /** Every ten seconds. */
  beat(): Promise<void>;
  /** A stream ended; `why` where something broke it. */
  flowClosed(flow: Flow, why: Error | undefined): void;
}

/** Puts together what trunks need: name servers, the edge, the database, credentials. */
export function createTrunkRoom(options: TrunkRoomOptions): TrunkRoom {
  const { env, database, log, stack, directory, edge, events, policy } = options;
  const sealer = createSealer(env.secretKey);
  const { nodeId } = env;
  const targets = new TrunkTargets({
    dns: new CachedDns(createNodeDns(), stack.clock),
    random: Math.random,
    memory: new TargetMemory(stack.clock),
    transports: TRANSPORTS,
    families: [env.bindAddress.includes(':') ? 6 : 4],
    flowTo: (target) => edge.flowTo(target),
  });
  const trunks = new Trunks({
    stack,
    directory,
    targets,
    sealer,
    log,
    random: Math.random,
    contactUserOf: (trunkId) =>
      deriveKey(env.secretKey, `trunk-contact:${trunkId}`, CONTACT_USER_BYTES).toString('hex'),
    store: {
      claim: (trunkIds, leaseMs) =>
        claimTrunks(database, { nodeId, trunkIds, nowMs: stack.clock.nowMs(), leaseMs }),
      release: () => releaseTrunks(database, nodeId),
      write: (states) => writeTrunkStates(database, states),
    },
    onChange: (state) => events.trunk(state),
    ping: (flow) => edge.send(PING, flow),
  });
  const quality = new TrunkQuality(stack.clock, (trunkId, demotion) => {
    directory.demoteTrunk(trunkId, demotion !== null);
    if (demotion) log.warn('trunk.demoted', { trunkId, why: demotion.why });
    if (!directory.trunkById(trunkId)) return;
    const { untilMs = null, why = null } = demotion ?? {};
    trunks.states.set(trunkId, { demotedUntilMs: untilMs, demotedWhy: why });
  });
  const pbx = new PbxDesk({
    ...{ stack, directory, sealer, log, nodeId },
    states: trunks.states,
    authentication: {
      digest: createDigestServer({
        secret: deriveKey(env.secretKey, 'sip-digest-nonce'),
        clock: stack.clock,
      }),
      bans: edge.bans,
      policy,
      isOurs: (host) => host === env.publicAddress || host === env.bindAddress,
    },
  });
  return {
    trunks,
    pbx,
    quality,
    routes: new TrunkRoutes({ targets, trunks, pbx }),
    inbound: {
      registeredTrunk: (flow, user) => trunks.registeredTrunk(flow, user),
      isContactOf: (trunk, user) => trunks.isContactOf(trunk, user),
      claimed: (request, flow) => pbx.claimed(request, flow),
      authenticate: (transaction, trunk) => pbx.authenticate(transaction, trunk),
    },
    async start() {
      pbx.restore(await loadTrunkContacts(database));
      trunks.configured();
    },
    configured() {
      pbx.configured();
      trunks.configured();
      quality.keepOnly((trunkId) => directory.trunkById(trunkId) !== undefined);
    },
    async beat() {
      pbx.sweep();
      quality.sweep();
      trunks.keepAlive();
      await trunks.renew();
    },
    flowClosed(flow, why) {
      targets.flowClosed(flow, why);
      trunks.flowClosed(flow);
      if (flow.connectionId !== undefined) pbx.flowClosed(flow.connectionId);
    },
  };
}

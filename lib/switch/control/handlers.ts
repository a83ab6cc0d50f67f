import type { CommandHandlers } from '@/lib/control/commands';
import type { RegistrationFact } from '@/lib/control/facts';
import type { Limits } from '@/lib/core/call-plan/views';
import type { Clock } from '@/lib/core/clock';
import { AppError } from '@/lib/core/errors';
import type { Table } from '@/lib/core/text-table.server';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { Call } from '@/lib/switch/call/call';
import { callFactOf, concernedPaths } from '@/lib/switch/call/live-facts';
import type { Capture } from '@/lib/switch/capture/capture';
import type { SwitchDecks } from '@/lib/switch/directory/decks';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { DirectorySync } from '@/lib/switch/directory/sync';
import type { BoundAddresses, Edge } from '@/lib/switch/edge/types';
import type { LiveEvents } from '@/lib/switch/live-events';
import type { MediaEngine } from '@/lib/switch/media/engine';
import type { SwitchMetrics } from '@/lib/switch/metrics';
import type { Location } from '@/lib/switch/registrar/location';
import type { SipStack } from '@/lib/switch/stack';
import type { MessagesWaiting } from '@/lib/switch/subscriptions/messages-waiting';
import { quote } from './quote';

/** What the portal may see and touch of a running switch. */
export interface CommandSubjects {
  readonly nodeId: string;
  readonly startedAtMs: number;
  readonly state: () => 'starting' | 'running' | 'draining';
  readonly edge: Edge;
  readonly calls: Table<Call>;
  readonly location: Location;
  readonly directory: SwitchDirectory;
  readonly events: LiveEvents;
  readonly sync: DirectorySync;
  readonly clock: Clock;
  readonly stack: SipStack;
  readonly media: MediaEngine;
  readonly waiting: MessagesWaiting;
  readonly capture: Capture;
  readonly metrics: SwitchMetrics;
  readonly decks: SwitchDecks;
  readonly usage: Limits;
}

/** The answers to the portal's commands. */
export function createCommandHandlers(subjects: CommandSubjects): CommandHandlers {
  const { calls, directory, edge, location } = subjects;
  const visibleFact = (call: Call, scopePath: string) => {
    const fact = callFactOf(call, directory);
    const paths = concernedPaths(fact, directory);
    return paths.some((path) => path.startsWith(scopePath)) ? fact : undefined;
  };
  return {
    status: async () => ({
      nodeId: subjects.nodeId,
      state: subjects.state(),
      startedAtMs: subjects.startedAtMs,
      liveCalls: calls.size,
      registrations: location.size,
      sip: boundAddresses(edge.addresses()),
      inUse: await inUse(subjects),
      configurationCheckedAtMs: subjects.sync.checkedAtMs,
    }),
    metrics: async () => ({ families: [...(await subjects.metrics.snapshot())] }),
    liveCalls: ({ scopePath, limit }) => {
      const visible = [...calls.values()].flatMap((call) => visibleFact(call, scopePath) ?? []);
      visible.sort((one, other) => other.startedAtMs - one.startedAtMs);
      return { calls: visible.slice(0, limit), total: visible.length };
    },
    quote: (asked) => quote(subjects, asked),
    hangUp: ({ scopePath, callId }) => {
      const call = calls.get(callId);
      if (!call || !visibleFact(call, scopePath)) {
        throw new AppError('NOT_FOUND', 'There is no such call in progress.');
      }
      call.hangUp({ q850: 16, text: 'ended from the portal' });
      return {};
    },
    trace: ({ scopePath, callId, accountId }) => {
      const call = calls.get(callId);
      const isLive = call !== undefined && visibleFact(call, scopePath) !== undefined;
      if (isLive) subjects.capture.follow(call.followed());
      const traces = subjects.capture
        .live(callId)
        .filter((trace) => accountId === null || trace.accountId === accountId);
      if (!isLive && traces.length === 0) {
        throw new AppError('NOT_FOUND', 'There is no such call in progress.');
      }
      const { facts, legs } = call?.followed() ?? { facts: null, legs: [] };
      return {
        isLive,
        tenantIds:
          isLive && facts ? [facts.tenantId, facts.peerTenantId].flatMap((id) => id ?? []) : [],
        isTruncated: traces.some((trace) => trace.isTruncated),
        legs: legs.map(({ seq, extensionId, trunkId }) => ({ seq, extensionId, trunkId })),
        messages: traces.flatMap((trace) => trace.messages),
      };
    },
    registrations: (asked) => {
      const nowMs = subjects.clock.nowMs();
      const registrations: RegistrationFact[] = [];
      for (const binding of location.all()) {
        if (registrations.length >= asked.limit) break;
        if (binding.expiresAtMs <= nowMs) continue;
        const fact = subjects.events.registrationFact(binding);
        if (!fact?.accountPath.startsWith(asked.scopePath)) continue;
        if (asked.tenantIds && !asked.tenantIds.includes(fact.tenantId)) continue;
        if (asked.extensionIds && !asked.extensionIds.includes(fact.extensionId)) continue;
        registrations.push(fact);
      }
      return { registrations };
    },
    evictRegistration: ({ scopePath, ...key }) => {
      requireInScope(subjects, key.extensionId, scopePath);
      if (!location.drop(key, 'evicted')) {
        throw new AppError('NOT_FOUND', 'There is no such registration.');
      }
      return {};
    },
    setMessagesWaiting: ({ scopePath, extensionId, unheard, heard }) => {
      requireInScope(subjects, extensionId, scopePath);
      subjects.waiting.set(extensionId, { unheard, heard });
      return {};
    },
  };
}

/** Throws NOT_FOUND for an extension that lies outside the asker's subtree, or nowhere. */
function requireInScope(
  { directory }: CommandSubjects,
  extensionId: string,
  scopePath: string,
): void {
  const extension = directory.extensionById(extensionId);
  const tenant = extension && directory.tenantById(extension.tenantId);
  const account = tenant && directory.accountById(tenant.accountId);
  if (!account?.path.startsWith(scopePath)) {
    throw new AppError('NOT_FOUND', 'There is no such extension.');
  }
}

async function inUse({ stack, media }: CommandSubjects) {
  const live = stack.layer.counters();
  const { sessions, portPairsInUse } = await media.usage();
  return {
    transactions:
      live.inviteServer + live.inviteClient + live.nonInviteServer + live.nonInviteClient,
    dialogs: stack.dialogs.size,
    mediaSessions: sessions,
    mediaPortPairs: portPairsInUse,
  };
}

function boundAddresses(bound: BoundAddresses) {
  const where = (transport: keyof BoundAddresses): string | null =>
    bound[transport].map(({ host, port }) => `${bracketed(host)}:${port}`).join(', ') || null;
  return {
    udp: where('udp'),
    tcp: where('tcp'),
    tls: where('tls'),
    ws: where('ws'),
    wss: where('wss'),
  };
}

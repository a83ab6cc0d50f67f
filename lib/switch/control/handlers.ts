import type { CommandHandlers, CommandRequest, CommandResult } from '@/lib/control/commands';
import type { CallFact, RegistrationFact } from '@/lib/control/facts';
import type { Limits } from '@/lib/core/call-plan/views';
import type { Clock } from '@/lib/core/clock';
import { AppError } from '@/lib/core/errors';
import type { Table } from '@/lib/core/text-table.server';
import { bracketed } from '@/lib/protocol/sip/host-port';
import type { Call } from '@/lib/switch/call/call';
import { callFactOf, concernedPaths } from '@/lib/switch/call/live-facts';
import type { Originator } from '@/lib/switch/call/originate';
import type { Capture } from '@/lib/switch/capture/capture';
import type { SwitchDecks } from '@/lib/switch/directory/decks';
import type { SwitchDirectory } from '@/lib/switch/directory/directory';
import type { DirectorySync } from '@/lib/switch/directory/sync';
import type { BoundAddresses, Edge } from '@/lib/switch/edge/types';
import type { LiveEvents } from '@/lib/switch/live-events';
import type { MediaEngine } from '@/lib/switch/media/engine';
import type { SwitchMetrics } from '@/lib/switch/metrics';
import type { Recorder } from '@/lib/switch/recording/recorder';
import type { Location } from '@/lib/switch/registrar/location';
import type { SipStack } from '@/lib/switch/stack';
import type { MessagesWaiting } from '@/lib/switch/subscriptions/messages-waiting';
import { quote } from './quote';
import { extensionInScope } from './scope';
import { simulate } from './simulate';

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
  readonly recorder?: Pick<Recorder, 'control'>;
  /** Throws UNAVAILABLE while the switch starts. */
  readonly originator: () => Originator;
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
      ...(await memoryAndMedia(subjects)),
      nodeId: subjects.nodeId,
      state: subjects.state(),
      startedAtMs: subjects.startedAtMs,
      liveCalls: calls.size,
      registrations: location.size,
      sip: boundAddresses(edge.addresses()),
      configurationCheckedAtMs: subjects.sync.checkedAtMs,
    }),
    metrics: async () => ({ families: [...(await subjects.metrics.snapshot())] }),
    liveCalls: ({ scopePath, limit }) => {
      const visible = [...calls.values()].flatMap((call) => visibleFact(call, scopePath) ?? []);
      visible.sort((one, other) => other.startedAtMs - one.startedAtMs);
      return { calls: visible.slice(0, limit), total: visible.length };
    },
    quote: (asked) => quote(subjects, asked),
    simulate: (asked) => simulate(subjects, asked),
    limitUsage: (asked) => limitUsage(subjects, asked),
    originate: ({ scopePath, extensionId, ...asked }) => {
      const extension = extensionInScope(directory, extensionId, scopePath);
      return { callId: subjects.originator().begin(extension, asked) };
    },
    record: ({ accountId, callId, action }) => {
      const call = calls.get(callId);
      if (!call || !subjects.recorder) {
        throw new AppError('NOT_FOUND', 'There is no such call in progress.');
      }
      return { state: subjects.recorder.control(call, accountId, action) };
    },
    hangUp: ({ scopePath, callId }) => {
      const ringsFor = subjects.originator().extensionOf(callId);
      if (ringsFor !== undefined) {
        extensionInScope(directory, ringsFor, scopePath);
        subjects.originator().cancel(callId);
        return {};
      }
      const call = calls.get(callId);
      if (!call || !visibleFact(call, scopePath)) {
        throw new AppError('NOT_FOUND', 'There is no such call in progress.');
      }
      call.hangUp({ q850: 16, text: 'ended from the portal' });
      return {};
    },
    trace: (asked) => trace(subjects, asked, visibleFact),
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
      extensionInScope(directory, key.extensionId, scopePath);
      if (!location.drop(key, 'evicted')) {
        throw new AppError('NOT_FOUND', 'There is no such registration.');
      }
      return {};
    },
    setMessagesWaiting: ({ scopePath, extensionId, unheard, heard }) => {
      extensionInScope(directory, extensionId, scopePath);
      subjects.waiting.set(extensionId, { unheard, heard });
      return {};
    },
  };
}

/** What is used of limits now, by whoever lies in the asker's subtree. */
function limitUsage(
  { directory, usage }: Pick<CommandSubjects, 'directory' | 'usage'>,
  { scopePath, subjects: asked }: CommandRequest<'limitUsage'>,
): CommandResult<'limitUsage'> {
  const mine = asked.filter(({ accountId }) =>
    directory.accountById(accountId)?.path.startsWith(scopePath),
  );
  return {
    usages: mine.map(({ kind, id }) => {
      const { spentTodayMicro, ...counts } = usage.usage(kind, id);
      return { kind, id, ...counts, spentTodayMicro: `${spentTodayMicro}` };
    }),
  };
}

/** The signalling that is kept of a call. Throws NOT_FOUND where no such call is in the subtree. */
function trace(
  { calls, capture }: Pick<CommandSubjects, 'calls' | 'capture'>,
  { scopePath, callId, accountId }: CommandRequest<'trace'>,
  visibleFact: (call: Call, scopePath: string) => CallFact | undefined,
): CommandResult<'trace'> {
  const call = calls.get(callId);
  const isLive = call !== undefined && visibleFact(call, scopePath) !== undefined;
  if (isLive) capture.follow(call.followed());
  const traces = capture
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
}

async function memoryAndMedia({ stack, media }: CommandSubjects) {
  const live = stack.layer.counters();
  const { sessions, portPairsInUse, nodes } = await media.usage();
  const engine: 'relay' | 'direct' | 'rtpengine' = nodes
    ? 'rtpengine'
    : media.hearsMedia
      ? 'relay'
      : 'direct';
  return {
    inUse: {
      transactions:
        live.inviteServer + live.inviteClient + live.nonInviteServer + live.nonInviteClient,
      dialogs: stack.dialogs.size,
      mediaSessions: sessions,
      mediaPortPairs: portPairsInUse,
    },
    media: { engine, nodes: (nodes ?? []).map(({ name, isUp }) => ({ name, isUp })) },
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

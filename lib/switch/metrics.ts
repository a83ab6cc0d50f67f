import {
  type Counter,
  createMetrics,
  type Gauge,
  type MetricFamily,
  type Metrics,
  type Observed,
} from '@/lib/infra/metrics';
import { addProcessMetrics } from '@/lib/infra/process-metrics';
import type { TransactionCounters } from '@/lib/protocol/sip/transaction';
import { resultOf } from '@/lib/services/calls/rules';
import type { CallResult, JsonValue } from '@/lib/services/charging/types';
import type { CallObserver } from './call/observed-charging';
import type { EdgeCounters } from './edge/types';
import type { EngineUsage } from './media/engine';

/** Set-up as people feel it: below half a second nobody waits, above ten they hang up. */
const SETUP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];
const DURATION_SECONDS = [1, 6, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];

/** What the switch knows of itself at any moment. */
export interface SwitchFigures {
  readonly transactions: () => TransactionCounters;
  readonly edge: () => EdgeCounters;
  readonly bans: () => number;
  readonly registrations: () => number;
  readonly bindingsWaiting: () => number;
  readonly calls: () => Iterable<{ readonly phase: string }>;
  readonly dialogs: () => number;
  readonly settlementsWaiting: () => number;
  readonly isDraining: () => boolean;
  readonly capture: () => { readonly bytes: number; readonly dropped: number };
  readonly media: () => Promise<
    Pick<EngineUsage, 'sessions' | 'portPairsInUse'> & Partial<Pick<EngineUsage, 'nodes'>>
  >;
}

/** The switch's metrics: what it holds now is read when asked, what ends is counted as it ends. */
export class SwitchMetrics implements CallObserver {
  private readonly metrics: Metrics = createMetrics();
  private readonly figures: SwitchFigures;
  private readonly sessions = this.gauge('media_sessions', 'Media sessions now.');
  private readonly ports = this.gauge('media_port_pairs', 'RTP and RTCP port pairs in use now.');
  private readonly nodesUp = this.gauge('media_node_up', '1 for an rtpengine that answers.');
  private readonly over = this.total(
    'calls_ended',
    'Calls that are over, by class and by how they came out.',
  );
  private readonly statuses = this.total(
    'call_status',
    'Calls that are over, by the SIP status that the caller got.',
  );
  private readonly causes = this.total('call_cause', 'Calls that are over, by Q.850 cause.');
  private readonly refusals = this.total(
    'call_refused',
    'Calls that the switch refused, by reason.',
  );
  private readonly packets = this.total(
    'rtp_packets',
    'RTP packets of calls that are over; lost as their receivers counted.',
  );
  private readonly setup = this.metrics.histogram(
    'tollbridge_call_setup_seconds',
    'From the INVITE until it rang, and until it was answered.',
    SETUP_SECONDS,
  );
  private readonly duration = this.metrics.histogram(
    'tollbridge_call_duration_seconds',
    'Talking time of answered calls.',
    DURATION_SECONDS,
  );

  constructor(figures: SwitchFigures) {
    this.figures = figures;
    for (const [name, help, read] of nowFigures(figures)) {
      this.metrics.observe({ name: `tollbridge_${name}`, help, read });
    }
    for (const [name, help, read] of totalFigures(figures)) {
      this.metrics.observe({ name: `tollbridge_${name}_total`, help, kind: 'counter', read });
    }
    addProcessMetrics(this.metrics);
  }

  /** A call is over. */
  ended(result: CallResult): void {
    const { facts, ringingAtMs, answeredAtMs, sipStatus } = result;
    const answeredAt = answeredAtMs === null ? null : new Date(answeredAtMs);
    const refusalCode = result.refusal?.code ?? null;
    const outcome = resultOf({ answeredAt, refusalCode, sipStatus });
    this.over.add({ class: facts.callClass, result: outcome });
    this.statuses.add({ status: String(sipStatus) });
    if (result.q850Cause !== null) this.causes.add({ cause: String(result.q850Cause & 127) });
    if (refusalCode !== null) this.refusals.add({ reason: refusalCode });
    if (ringingAtMs !== null) {
      this.setup.observe(seconds(ringingAtMs - facts.startedAtMs), { until: 'ringing' });
    }
    if (answeredAtMs !== null) {
      this.setup.observe(seconds(answeredAtMs - facts.startedAtMs), { until: 'answer' });
      this.duration.observe(seconds(result.durationMs));
    }
    this.countPackets(result.media);
  }

  /** Everything now; the media workers are asked, too. */
  async snapshot(): Promise<readonly MetricFamily[]> {
    const { sessions, portPairsInUse, nodes = [] } = await this.figures.media();
    this.sessions.set(sessions);
    this.ports.set(portPairsInUse);
    for (const { name, isUp } of nodes) this.nodesUp.set(Number(isUp), { node: name });
    return this.metrics.snapshot();
  }

  private total(name: string, help: string): Counter {
    return this.metrics.counter(`tollbridge_${name}_total`, help);
  }

  private gauge(name: string, help: string): Gauge {
    return this.metrics.gauge(`tollbridge_${name}`, help);
  }

  private countPackets(media: JsonValue): void {
    const legs = memberOf(media, 'legs');
    if (!Array.isArray(legs)) return;
    for (const leg of legs) {
      const received = memberOf(leg, 'received');
      this.packets.add(RECEIVED, countIn(received, 'packets'));
      this.packets.add(LOST, countIn(received, 'lost'));
      this.packets.add(SENT, countIn(memberOf(leg, 'sent'), 'packets'));
    }
  }
}

type Read = readonly [name: string, help: string, read: Observed['read']];

/** What is so now. */
function nowFigures(figures: SwitchFigures): readonly Read[] {
  const { edge, transactions, capture } = figures;
  return [
    ['registrations', 'Contacts that are registered now.', figures.registrations],
    ['bindings_waiting', 'Changed bindings that wait to be written.', figures.bindingsWaiting],
    ['sip_dialogs', 'Dialogs now.', figures.dialogs],
    ['settlements_waiting', 'Ended calls that wait for the database.', figures.settlementsWaiting],
    ['draining', '1 while no new calls are taken.', () => Number(figures.isDraining())],
    ['capture_bytes', 'Signalling kept in memory.', () => capture().bytes],
    ['calls', 'Calls in progress, by state.', () => byLabel('state', callsByState(figures))],
    [
      'sip_transactions',
      'Transactions now, by kind.',
      () => {
        const { inviteServer, inviteClient, nonInviteServer, nonInviteClient } = transactions();
        return byLabel('kind', {
          invite_server: inviteServer,
          invite_client: inviteClient,
          non_invite_server: nonInviteServer,
          non_invite_client: nonInviteClient,
        });
      },
    ],
    ['edge_connections', 'Open SIP connections.', () => edge().connections],
    ['edge_banned', 'Addresses that are banned now.', figures.bans],
  ];
}

function callsByState({ calls }: SwitchFigures): Record<string, number> {
  const states = { dialling: 0, ringing: 0, talking: 0 };
  for (const { phase } of calls()) {
    if (phase === 'dialling' || phase === 'ringing' || phase === 'talking') states[phase] += 1;
  }
  return states;
}

/** What was so far. */
function totalFigures(figures: SwitchFigures): readonly Read[] {
  const { edge, transactions, capture } = figures;
  const ways = (received: number, sent: number) => byLabel('way', { received, sent });
  return [
    ['capture_dropped', 'Messages of captured calls that found no room.', () => capture().dropped],
    [
      'sip_messages',
      'Messages parsed and sent.',
      () => ways(transactions().received, transactions().sent),
    ],
    [
      'sip_retransmits',
      'Messages that were sent again, by either side.',
      () => ways(transactions().retransmitsReceived, transactions().retransmitsSent),
    ],
    ['sip_parse_errors', 'Messages too broken to use.', () => transactions().malformed],
    ['sip_stray_responses', 'Responses nobody waited for.', () => transactions().strayResponses],
    ['sip_timeouts', 'Requests of ours that nobody answered.', () => transactions().timeouts],
    [
      'sip_overload',
      'Requests refused because of too many transactions.',
      () => transactions().refusedByLimit,
    ],
    [
      'edge_dropped',
      'Messages dropped before anything was done for them, by reason.',
      () => {
        const { droppedBanned, droppedRateLimited, droppedMalformed, droppedScanner } = edge();
        return byLabel('reason', {
          banned: droppedBanned,
          rate_limited: droppedRateLimited,
          malformed: droppedMalformed,
          scanner: droppedScanner,
        });
      },
    ],
    ['edge_bytes', 'Bytes of SIP.', () => ways(edge().bytesReceived, edge().bytesSent)],
    ['edge_send_failures', 'Messages that could not be sent.', () => edge().sendFailures],
    ['edge_connections_refused', 'Connections turned away.', () => edge().connectionsRefused],
    ['edge_bans', 'Bans that began.', () => edge().bans],
  ];
}

const RECEIVED = { way: 'received' };
const LOST = { way: 'lost' };
const SENT = { way: 'sent' };

// A call's media summary is ours, if not typed; a schema would cost more than all other counting.
function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return (value as Readonly<Record<string, JsonValue>>)[name];
}

/** A count of a summary; 0 where there is none, or more was heard than was sent. */
function countIn(value: JsonValue | undefined, name: string): number {
  const count = memberOf(value, name);
  return typeof count === 'number' && count > 0 ? count : 0;
}

const seconds = (ms: number): number => Math.max(0, ms) / 1_000;

function byLabel(label: string, values: Readonly<Record<string, number>>) {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

import { z } from 'zod';
import { createMetrics, type MetricFamily, type Metrics, type Observed } from '@/lib/infra/metrics';
import { addProcessMetrics } from '@/lib/infra/process-metrics';
import type { TransactionCounters } from '@/lib/protocol/sip/transaction';
import { resultOf } from '@/lib/services/calls/rules';
import type { CallResult, JsonValue } from '@/lib/services/charging/types';
import type { CallObserver } from './call/observed-charging';
import type { EdgeCounters } from './edge/types';

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
  readonly media: () => Promise<{ readonly sessions: number; readonly portPairsInUse: number }>;
}

/** The switch's metrics: what it holds now is read when asked, what ends is counted as it ends. */
export class SwitchMetrics implements CallObserver {
  private readonly metrics: Metrics = createMetrics();
  private readonly figures: SwitchFigures;
  private readonly mediaSessions = this.metrics.gauge(
    'tollbridge_media_sessions',
    'Media sessions now.',
  );
  private readonly mediaPorts = this.metrics.gauge(
    'tollbridge_media_port_pairs',
    'RTP and RTCP port pairs in use now.',
  );
  private readonly over = this.metrics.counter(
    'tollbridge_calls_ended_total',
    'Calls that are over, by class and by how they came out.',
  );
  private readonly statuses = this.metrics.counter(
    'tollbridge_call_status_total',
    'Calls that are over, by the SIP status that the caller got.',
  );
  private readonly causes = this.metrics.counter(
    'tollbridge_call_cause_total',
    'Calls that are over, by Q.850 cause.',
  );
  private readonly refusals = this.metrics.counter(
    'tollbridge_call_refused_total',
    'Calls that the switch refused, by reason.',
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
  private readonly packets = this.metrics.counter(
    'tollbridge_rtp_packets_total',
    'RTP packets of calls that are over; lost as their receivers counted.',
  );

  constructor(figures: SwitchFigures) {
    this.figures = figures;
    this.observeCalls();
    this.observeSignalling();
    this.observeEdge();
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
    const { sessions, portPairsInUse } = await this.figures.media();
    this.mediaSessions.set(sessions);
    this.mediaPorts.set(portPairsInUse);
    return this.metrics.snapshot();
  }

  private countPackets(media: JsonValue): void {
    const parsed = mediaSchema.safeParse(media);
    if (!parsed.success) return;
    for (const { received, sent } of parsed.data.legs) {
      this.packets.add({ way: 'received' }, received.packets);
      this.packets.add({ way: 'lost' }, Math.max(0, received.lost));
      this.packets.add({ way: 'sent' }, sent.packets);
    }
  }

  private observeCalls(): void {
    const { metrics, figures } = this;
    const gauge = (name: string, help: string, read: () => number): void =>
      metrics.observe({ name: `tollbridge_${name}`, help, read });
    gauge('registrations', 'Contacts that are registered now.', figures.registrations);
    gauge('bindings_waiting', 'Changed bindings that wait to be written.', figures.bindingsWaiting);
    gauge('sip_dialogs', 'Dialogs now.', figures.dialogs);
    gauge(
      'settlements_waiting',
      'Ended calls that wait for the database.',
      figures.settlementsWaiting,
    );
    gauge('draining', '1 while no new calls are taken.', () => Number(figures.isDraining()));
    gauge('capture_bytes', 'Signalling kept in memory.', () => figures.capture().bytes);
    metrics.observe({
      name: 'tollbridge_capture_dropped_total',
      help: 'Messages of captured calls that found no room.',
      kind: 'counter',
      read: () => figures.capture().dropped,
    });
    metrics.observe({
      name: 'tollbridge_calls',
      help: 'Calls in progress, by state.',
      read: () => {
        const states = { dialling: 0, ringing: 0, talking: 0 };
        for (const { phase } of figures.calls()) {
          if (phase === 'dialling' || phase === 'ringing' || phase === 'talking')
            states[phase] += 1;
        }
        return byLabel('state', states);
      },
    });
  }

  private observeSignalling(): void {
    const { metrics, figures } = this;
    metrics.observe({
      name: 'tollbridge_sip_transactions',
      help: 'Transactions now, by kind.',
      read: () => {
        const live = figures.transactions();
        return byLabel('kind', {
          invite_server: live.inviteServer,
          invite_client: live.inviteClient,
          non_invite_server: live.nonInviteServer,
          non_invite_client: live.nonInviteClient,
        });
      },
    });
    const total = (name: string, help: string, read: Observed['read']): void =>
      metrics.observe({ name: `tollbridge_sip_${name}_total`, help, kind: 'counter', read });
    total('messages', 'Messages parsed and sent.', () => {
      const { received, sent } = figures.transactions();
      return byLabel('way', { received, sent });
    });
    total('retransmits', 'Messages that were sent again, by either side.', () => {
      const { retransmitsReceived: received, retransmitsSent: sent } = figures.transactions();
      return byLabel('way', { received, sent });
    });
    total('parse_errors', 'Messages too broken to use.', () => figures.transactions().malformed);
    total(
      'stray_responses',
      'Responses nobody waited for.',
      () => figures.transactions().strayResponses,
    );
    total(
      'timeouts',
      'Requests of ours that nobody answered.',
      () => figures.transactions().timeouts,
    );
    total(
      'overload',
      'Requests refused because of too many transactions.',
      () => figures.transactions().refusedByLimit,
    );
  }

  private observeEdge(): void {
    const { metrics, figures } = this;
    const total = (name: string, help: string, read: Observed['read']): void =>
      metrics.observe({ name: `tollbridge_edge_${name}_total`, help, kind: 'counter', read });
    total('dropped', 'Messages dropped before anything was done for them, by reason.', () => {
      const edge = figures.edge();
      return byLabel('reason', {
        banned: edge.droppedBanned,
        rate_limited: edge.droppedRateLimited,
        malformed: edge.droppedMalformed,
        scanner: edge.droppedScanner,
      });
    });
    total('bytes', 'Bytes of SIP.', () => {
      const { bytesReceived: received, bytesSent: sent } = figures.edge();
      return byLabel('way', { received, sent });
    });
    total('send_failures', 'Messages that could not be sent.', () => figures.edge().sendFailures);
    total(
      'connections_refused',
      'Connections turned away.',
      () => figures.edge().connectionsRefused,
    );
    total('bans', 'Bans that began.', () => figures.edge().bans);
    metrics.observe({
      name: 'tollbridge_edge_connections',
      help: 'Open SIP connections.',
      read: () => figures.edge().connections,
    });
    metrics.observe({
      name: 'tollbridge_edge_banned',
      help: 'Addresses that are banned now.',
      read: figures.bans,
    });
  }
}

const counted = z.object({ packets: z.number() });
const mediaSchema = z.object({
  legs: z.array(z.object({ received: counted.extend({ lost: z.number() }), sent: counted })),
});

const seconds = (ms: number): number => Math.max(0, ms) / 1_000;

function byLabel(label: string, values: Readonly<Record<string, number>>) {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}

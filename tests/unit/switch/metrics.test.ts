import { describe, expect, it } from 'vitest';
import { renderMetrics } from '@/lib/infra/metrics';
import type { CallResult } from '@/lib/services/charging/types';
import { SwitchMetrics } from '@/lib/switch/metrics';
import { readPrometheus } from '@/tests/support/prometheus';

const transactions = {
  inviteServer: 1,
  inviteClient: 2,
  nonInviteServer: 3,
  nonInviteClient: 4,
  answered: 0,
  received: 50,
  sent: 40,
  retransmitsReceived: 5,
  retransmitsSent: 6,
  malformed: 7,
  strayResponses: 8,
  timeouts: 9,
  refusedByLimit: 10,
  refusedBySource: 0,
};
const edge = {
  received: 60,
  sent: 40,
  bytesReceived: 6_000,
  bytesSent: 4_000,
  droppedBanned: 11,
  droppedRateLimited: 12,
  droppedMalformed: 13,
  droppedScanner: 14,
  sendFailures: 15,
  connections: 16,
  connectionsRefused: 17,
  bans: 18,
};

function metrics(): SwitchMetrics {
  return new SwitchMetrics({
    transactions: () => transactions,
    edge: () => edge,
    bans: () => 3,
    registrations: () => 1_284,
    bindingsWaiting: () => 2,
    calls: () => [{ phase: 'talking' }, { phase: 'talking' }, { phase: 'ringing' }],
    dialogs: () => 6,
    settlementsWaiting: () => 1,
    isDraining: () => true,
    capture: () => ({ bytes: 512, dropped: 1 }),
    media: async () => ({ sessions: 3, portPairsInUse: 6 }),
  });
}

const call = (more: Partial<CallResult> = {}): CallResult =>
  ({
    facts: { callClass: 'outbound', startedAtMs: 1_000 },
    ringingAtMs: 1_200,
    answeredAtMs: 4_000,
    durationMs: 61_000,
    sipStatus: 200,
    q850Cause: 16,
    refusal: null,
    media: {
      legs: [{ received: { packets: 100, lost: 2 }, sent: { packets: 90 } }],
    },
    ...more,
  }) as unknown as CallResult;

async function read(from: SwitchMetrics) {
  return readPrometheus(renderMetrics(await from.snapshot()));
}

describe('the metrics of the switch', () => {
  it('are text that Prometheus reads, and say what the switch holds now', async () => {
    const figures = await read(metrics());
    expect(figures.value('tollbridge_registrations')).toBe(1_284);
    expect(figures.value('tollbridge_calls', { state: 'talking' })).toBe(2);
    expect(figures.value('tollbridge_calls', { state: 'dialling' })).toBe(0);
    expect(figures.value('tollbridge_sip_transactions', { kind: 'invite_client' })).toBe(2);
    expect(figures.value('tollbridge_sip_retransmits_total', { way: 'sent' })).toBe(6);
    expect(figures.value('tollbridge_sip_parse_errors_total')).toBe(7);
    expect(figures.value('tollbridge_edge_dropped_total', { reason: 'banned' })).toBe(11);
    expect(figures.value('tollbridge_edge_banned')).toBe(3);
    expect(figures.value('tollbridge_media_port_pairs')).toBe(6);
    expect(figures.value('tollbridge_draining')).toBe(1);
    expect(figures.value('tollbridge_bindings_waiting')).toBe(2);
    expect(figures.value('tollbridge_event_loop_delay_seconds', { quantile: '0.99' })).toBe(0);
    expect(figures.value('tollbridge_process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('count every call that ends: how, why, how quickly, how long', async () => {
    const all = metrics();
    all.ended(call());
    all.ended(call({ answeredAtMs: null, sipStatus: 486, q850Cause: 17, media: null }));
    all.ended(
      call({
        ringingAtMs: null,
        answeredAtMs: null,
        sipStatus: 402,
        q850Cause: 50,
        refusal: { code: 'INSUFFICIENT_FUNDS', hopAccountId: null, text: '' },
        media: null,
      }),
    );
    const figures = await read(all);
    const ended = (result: string) =>
      figures.value('tollbridge_calls_ended_total', { class: 'outbound', result });
    expect([ended('answered'), ended('busy'), ended('refused')]).toEqual([1, 1, 1]);
    expect(figures.value('tollbridge_call_cause_total', { cause: '17' })).toBe(1);
    expect(figures.value('tollbridge_call_status_total', { status: '486' })).toBe(1);
    expect(figures.value('tollbridge_call_refused_total', { reason: 'INSUFFICIENT_FUNDS' })).toBe(
      1,
    );
    const setup = 'tollbridge_call_setup_seconds';
    expect(figures.value(`${setup}_count`, { until: 'ringing' })).toBe(2);
    expect(figures.value(`${setup}_sum`, { until: 'answer' })).toBe(3);
    expect(figures.value(`${setup}_bucket`, { until: 'answer', le: '2.5' })).toBe(0);
    expect(figures.value(`${setup}_bucket`, { until: 'answer', le: '5' })).toBe(1);
    expect(figures.value('tollbridge_rtp_packets_total', { way: 'lost' })).toBe(2);
  });

  it('stay bounded whatever far sides make up', async () => {
    const all = metrics();
    for (let at = 0; at < 5_000; at += 1) {
      all.ended(call({ sipStatus: at, q850Cause: at, media: null }));
    }
    expect((await read(all)).size).toBeLessThan(1_400);
  });
});

import { newId } from '@/lib/core/ids.server';
import type { PricedCall, PricedHop } from '@/lib/services/charging/rules';
import type { CallResult, LegResult } from '@/lib/services/charging/types';
import { isoTime } from './outbox';

/** A row as JSON, its keys the columns. */
export type JsonRow = Readonly<Record<string, unknown>>;

function timeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoTime(atMs);
}

/** A call as the table has it. */
export function callRow(result: CallResult, priced: PricedCall, nodeId: string): JsonRow {
  const { facts } = result;
  return {
    id: result.callId,
    node_id: nodeId,
    class: facts.callClass,
    account_id: facts.accountId,
    tenant_id: facts.tenantId,
    payer_account_id: facts.payerAccountId,
    from_extension_id: facts.fromExtensionId,
    to_extension_id: facts.toExtensionId,
    peer_account_id: facts.peerAccountId,
    peer_tenant_id: facts.peerTenantId,
    from_number: facts.fromNumber,
    dialled: facts.dialled,
    to_number: facts.toNumber,
    destination: facts.destination,
    started_at: isoTime(facts.startedAtMs),
    ringing_at: timeOrNull(result.ringingAtMs),
    answered_at: timeOrNull(result.answeredAtMs),
    ended_at: isoTime(result.endedAtMs),
    duration_ms: result.durationMs,
    rated_seconds: priced.ratedSeconds,
    hung_up_by: result.hungUpBy,
    sip_status: result.sipStatus,
    q850_cause: result.q850Cause,
    refusal_code: result.refusal?.code ?? null,
    refusal_hop_id: result.refusal?.hopAccountId ?? null,
    refusal_text: result.refusal?.text ?? null,
    trunk_id: result.trunkId,
    attempts: result.attempts,
    codec: result.codec,
    media: result.media,
    caller_id: facts.callerId ?? null,
    linked_call_id: facts.link?.callId ?? null,
    link_kind: facts.link?.kind ?? null,
  };
}

/** A leg as the table has it. */
export function legRow(result: CallResult, leg: LegResult): JsonRow {
  return {
    id: newId(leg.startedAtMs),
    call_id: result.callId,
    seq: leg.seq,
    sip_call_id: leg.sipCallId,
    extension_id: leg.extensionId,
    trunk_id: leg.trunkId,
    target: leg.target,
    address: leg.address,
    transport: leg.transport,
    started_at: isoTime(leg.startedAtMs),
    ringing_at: timeOrNull(leg.ringingAtMs),
    answered_at: timeOrNull(leg.answeredAtMs),
    ended_at: isoTime(leg.endedAtMs),
    sip_status: leg.sipStatus,
    q850_cause: leg.q850Cause,
    codec: leg.codec,
    media: leg.media,
  };
}

/** A charge as the table has it, with its snapshot, or what stands for it in the statement. */
export function chargeRow(
  hop: PricedHop,
  of: {
    readonly id: string;
    readonly callId: string;
    readonly ratedSeconds: number;
    readonly transactionId: string | null;
    readonly snapshot: unknown;
  },
): JsonRow {
  return {
    id: of.id,
    call_id: of.callId,
    hop: hop.hop,
    seller_account_id: hop.sellerAccountId,
    carrier_id: hop.carrierId,
    buyer_account_id: hop.buyerAccountId,
    currency: hop.currency,
    amount_micro: hop.amountMicro.toString(),
    rated_seconds: of.ratedSeconds,
    billed_seconds: hop.billedSeconds,
    snapshot: of.snapshot,
    transaction_id: of.transactionId,
  };
}

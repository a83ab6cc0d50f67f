import { newId } from '@/lib/core/ids.server';
import { toWireMoney } from '@/lib/core/money';
import type { PricedCall, PricedHop } from '@/lib/services/charging/rules';
import type { CallResult } from '@/lib/services/charging/types';
import { FIND_SUBSCRIBERS, WRITE_OUTBOX } from './settle-sql';
import type { GroupTransaction } from './transaction';

interface Subscriber {
  readonly call_id: string;
  readonly subscription_id: string;
  readonly account_id: string;
  readonly viewer_kind: string;
}

/** A call that was settled just now. */
export interface EndedCall {
  readonly result: CallResult;
  readonly priced: PricedCall;
}

/** Writes "call.ended" for whoever subscribed to it, each with the hops that it may see. */
export async function writeCallEvents(
  tx: GroupTransaction,
  ended: readonly EndedCall[],
  nowMs: number,
): Promise<void> {
  const calls = new Map(ended.map((each) => [each.result.callId, each]));
  const { rows } = await tx.query<Subscriber>(FIND_SUBSCRIBERS, [
    [...calls.keys()],
    ended.map((each) => each.result.facts.accountId),
    ended.map((each) => each.result.facts.peerAccountId),
  ]);
  const messages = rows.flatMap((row) => {
    const call = calls.get(row.call_id);
    if (!call) return [];
    return [
      {
        id: newId(nowMs),
        account_id: row.account_id,
        subscription: row.subscription_id,
        payload: payloadFor(call, row),
      },
    ];
  });
  if (messages.length === 0) return;
  await tx.query(WRITE_OUTBOX, [JSON.stringify(messages)]);
}

function payloadFor({ result, priced }: EndedCall, viewer: Subscriber): Record<string, unknown> {
  const { facts } = result;
  return {
    id: result.callId,
    accountId: facts.accountId,
    tenantId: facts.tenantId,
    class: facts.callClass,
    from: facts.fromNumber,
    to: facts.toNumber,
    startedAt: isoTime(facts.startedAtMs),
    answeredAt: result.answeredAtMs === null ? null : isoTime(result.answeredAtMs),
    endedAt: isoTime(result.endedAtMs),
    durationMs: result.durationMs,
    ratedSeconds: priced.ratedSeconds,
    hungUpBy: result.hungUpBy,
    sipStatus: result.sipStatus,
    q850Cause: result.q850Cause,
    refusalCode: result.refusal?.code ?? null,
    charges: priced.hops.filter((hop) => maySee(hop, viewer)).map(wireCharge),
  };
}

/** The operator sees every hop; everyone else those they pay or are paid at. */
function maySee(hop: PricedHop, viewer: Subscriber): boolean {
  return (
    viewer.viewer_kind === 'operator' ||
    hop.buyerAccountId === viewer.account_id ||
    hop.sellerAccountId === viewer.account_id
  );
}

function wireCharge(hop: PricedHop): Record<string, unknown> {
  return {
    hop: hop.hop,
    buyerAccountId: hop.buyerAccountId,
    sellerAccountId: hop.sellerAccountId,
    price: toWireMoney(hop.amountMicro, hop.currency),
    billedSeconds: hop.billedSeconds,
  };
}

/** The second that was written last: the times of a call, and of the calls beside it, share it. */
let known = { second: Number.NaN, text: '' };

/** ISO 8601 in UTC, to the millisecond. */
export function isoTime(atMs: number): string {
  const second = Math.floor(atMs / 1_000);
  if (second !== known.second) {
    known = { second, text: new Date(second * 1_000).toISOString().slice(0, -'000Z'.length) };
  }
  const ms = Math.floor(atMs - second * 1_000);
  return `${known.text}${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}Z`;
}

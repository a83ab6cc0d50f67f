import type { Clock } from '@/lib/core/clock';
import type { ServicesDatabase } from '@/lib/services/database';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { type SettleContext, settleGroup } from './internal/settlements';
import { decodeFacts } from './internal/stored-facts';
import { recoveredSeconds } from './rules';
import type { CallResult, JsonValue, LegFacts, LegResult, NodeLease, RecoveredCall } from './types';

/** Calls settled in one transaction. */
const GROUP = 64;
/** Q.850 41, temporary failure. */
const TEMPORARY_FAILURE = 41;

export interface RecoverOptions {
  readonly database: ServicesDatabase;
  readonly clock: Clock;
  /** The lease that fenced the calls: those that the same node began under an earlier epoch. */
  readonly lease: NodeLease;
  /** A call whose stored facts can't be read or written; it stays. */
  onError(error: unknown, callId: string): void;
}

interface FencedRow {
  readonly id: string;
  readonly answered_at: Date | null;
  readonly fenced_at: Date;
  readonly granted_seconds: number;
  readonly facts: unknown;
  readonly dialogs: JsonValue;
}

/**
 * $1 node, $2 epoch, $3 the call after which to go on. Calls of earlier epochs; and those that were
 * settled and yet live, because a hold whose connection broke was committed after the call's end.
 */
const LEFT_BEHIND = `
  SELECT id, answered_at, coalesce(fenced_at, started_at) AS fenced_at, granted_seconds, facts, dialogs
    FROM live_call l
   WHERE node_id = $1 AND id > $3
     AND ((lease_epoch < $2::bigint AND fenced_at IS NOT NULL)
          OR EXISTS (SELECT 1 FROM settled_call s WHERE s.call_id = l.id))
   ORDER BY id LIMIT ${GROUP}`;

interface Fenced {
  readonly row: FencedRow;
  readonly result: CallResult;
}

/**
 * Settles, once, what this node's earlier lives left: each call to the shorter of its node's last
 * heartbeat and what was granted, the rest of its holds freed, `hungUpBy` node_failure. Returns
 * them with their dialogs, to send the BYEs. Repeating it does nothing more; called now and then it
 * also frees what a broken connection left held by calls that have ended.
 */
export async function recoverCalls(options: RecoverOptions): Promise<readonly RecoveredCall[]> {
  const { database, clock, lease } = options;
  const { pool } = database;
  const context = { pool, chart: new ChartOfAccounts(), clock, nodeId: lease.nodeId };
  const recovered: RecoveredCall[] = [];
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await pool.query<FencedRow>(LEFT_BEHIND, [lease.nodeId, lease.epoch, after]);
    const last = rows.at(-1);
    if (!last) return recovered;
    after = last.id;
    const calls = rows.flatMap((row) => readFenced(row, options));
    recovered.push(...(await settleFenced(context, calls, options)));
  }
}

function readFenced(row: FencedRow, { onError }: RecoverOptions): readonly Fenced[] {
  try {
    return [{ row, result: resultOf(row) }];
  } catch (error) {
    onError(error, row.id);
    return [];
  }
}

/** All together, or where that fails each alone: one that can't be written stays, and is told of. */
async function settleFenced(
  context: SettleContext,
  calls: readonly Fenced[],
  options: RecoverOptions,
): Promise<readonly RecoveredCall[]> {
  if (calls.length === 0) return [];
  try {
    const results = calls.map((call) => call.result);
    const settlements = await settleGroup(context, results);
    return calls.flatMap(({ row, result }, index): readonly RecoveredCall[] => {
      const settlement = settlements[index];
      if (!settlement || settlement.alreadySettled) return [];
      const { ratedSeconds } = settlement;
      const answered = result.answeredAtMs !== null;
      return [{ callId: row.id, answered, ratedSeconds, dialogs: row.dialogs }];
    });
  } catch (error) {
    const [only, ...others] = calls;
    if (only && others.length === 0) {
      options.onError(error, only.row.id);
      return [];
    }
    const recovered: RecoveredCall[] = [];
    for (const call of calls) recovered.push(...(await settleFenced(context, [call], options)));
    return recovered;
  }
}

function resultOf(row: FencedRow): CallResult {
  const { facts, legs, answer } = decodeFacts(row.facts);
  const answeredAtMs = row.answered_at?.getTime() ?? null;
  const ratedSeconds = recoveredSeconds({
    answeredAtMs,
    lastHeartbeatMs: row.fenced_at.getTime(),
    grantedSeconds: row.granted_seconds,
  });
  const endedAtMs =
    answeredAtMs === null
      ? Math.max(row.fenced_at.getTime(), facts.startedAtMs)
      : answeredAtMs + ratedSeconds * 1000;
  return {
    callId: row.id,
    facts,
    ringingAtMs: legs.find((leg) => leg.ringingAtMs !== null)?.ringingAtMs ?? null,
    answeredAtMs,
    endedAtMs,
    durationMs: ratedSeconds * 1000,
    ratedSeconds,
    hungUpBy: 'node_failure',
    sipStatus: answeredAtMs === null ? 500 : 200,
    q850Cause: TEMPORARY_FAILURE,
    refusal: null,
    trunkId: answer?.trunkId ?? null,
    buy: answer?.buy ?? null,
    attempts: answer?.attempts ?? 0,
    codec: null,
    media: null,
    legs: legs.map((leg) => endLeg(leg, endedAtMs)),
  };
}

function endLeg(leg: LegFacts, endedAtMs: number): LegResult {
  return {
    ...leg,
    endedAtMs,
    sipStatus: leg.answeredAtMs === null ? 500 : 200,
    q850Cause: TEMPORARY_FAILURE,
    codec: null,
    media: null,
  };
}

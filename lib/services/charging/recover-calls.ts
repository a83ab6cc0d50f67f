import type { Clock } from '@/lib/core/clock';
import type { ServicesDatabase } from '@/lib/services/database';
import { ChartOfAccounts } from '@/lib/services/ledger/chart';
import { settleGroup } from './internal/settlements';
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
 * Settles, once, what this node's earlier lives left: each call to the shorter of its node's last
 * heartbeat and what was granted, the rest of its holds freed, `hungUpBy` node_failure. Returns
 * them with their dialogs, to send the BYEs. Repeating it does nothing more.
 */
export async function recoverCalls(options: RecoverOptions): Promise<readonly RecoveredCall[]> {
  const { database, clock, lease, onError } = options;
  const chart = new ChartOfAccounts();
  const context = { pool: database.pool, chart, clock, nodeId: lease.nodeId };
  const recovered: RecoveredCall[] = [];
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await database.pool.query<FencedRow>(
      `SELECT id, answered_at, fenced_at, granted_seconds, facts, dialogs FROM live_call
        WHERE node_id = $1 AND lease_epoch < $2::bigint AND fenced_at IS NOT NULL AND id > $3
        ORDER BY id LIMIT ${GROUP}`,
      [lease.nodeId, lease.epoch, after],
    );
    const last = rows.at(-1);
    if (!last) return recovered;
    after = last.id;
    const results = rows.flatMap((row) => {
      try {
        return [{ row, result: resultOf(row) }];
      } catch (error) {
        onError(error, row.id);
        return [];
      }
    });
    const settle = async (some: typeof results): Promise<void> => {
      try {
        const settlements = await settleGroup(
          context,
          some.map((each) => each.result),
        );
        for (const [index, { row, result }] of some.entries()) {
          recovered.push({
            callId: row.id,
            answered: result.answeredAtMs !== null,
            ratedSeconds: settlements[index]?.ratedSeconds ?? 0,
            dialogs: row.dialogs,
          });
        }
      } catch (error) {
        if (some.length === 1 && some[0]) onError(error, some[0].row.id);
        else for (const one of some) await settle([one]);
      }
    };
    if (results.length > 0) await settle(results);
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

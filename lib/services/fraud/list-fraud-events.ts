import type { DestinationClass } from '@/lib/core/destinations/classes';
import { toWireMoney } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { eventsSql } from './internal/events-sql';
import {
  fraudRuleSchema,
  type ListFraudEventsInput,
  listFraudEventsSchema,
  type WireFraudEvent,
} from './schemas';

interface EventRow {
  readonly id: string;
  readonly at: Date;
  readonly accountId: string;
  readonly accountName: string;
  readonly currency: string;
  readonly callerAccountId: string;
  readonly callerName: string;
  readonly extensionId: string | null;
  readonly extension: string | null;
  readonly callId: string;
  readonly rule: string;
  readonly shadow: boolean;
  readonly class: DestinationClass;
  readonly country: string | null;
  readonly prefix: string;
  readonly costMicro: bigint | null;
}

/** What the profiles of the caller's subtree found, the latest first. */
export async function listFraudEvents(
  context: ServiceContext,
  input: ListFraudEventsInput = {},
): Promise<Page<WireFraudEvent>> {
  authorize(context, 'fraud.read');
  const { cursor, limit, rule, outcome } = parseInput(listFraudEventsSchema, input);
  const { rows } = await context.database.pool.query<EventRow>(eventsSql, [
    context.actor.accountPath,
    rule ?? null,
    outcome ? outcome === 'would_have_blocked' : null,
    cursor ? decodeCursor(cursor, 1)[0] : null,
    limit + 1,
  ]);
  return toPage(rows, limit, { keyOf: (row) => [row.id], toItem });
}

function toItem({ costMicro, currency, at, ...row }: EventRow): WireFraudEvent {
  return {
    ...row,
    at: at.toISOString(),
    rule: fraudRuleSchema.parse(row.rule),
    cost: costMicro === null ? null : toWireMoney(costMicro, currency),
  };
}

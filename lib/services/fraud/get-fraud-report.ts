import { AppError } from '@/lib/core/errors';
import { toWireMoney } from '@/lib/core/money';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import { reportSql } from './internal/events-sql';
import { FRAUD_EVENT_DAYS } from './purge-fraud';
import {
  type FraudReportQuery,
  fraudReportQuerySchema,
  fraudRuleSchema,
  type WireFraudReport,
} from './schemas';

const DAY_MS = 86_400_000;
/** Unless told otherwise. */
const DEFAULT_DAYS = 30;

interface ReportRow {
  readonly rule: string | null;
  readonly currency: string;
  readonly blocked: number;
  readonly wouldHaveBlocked: number;
  readonly savedMicro: bigint;
}

/**
 * What the profiles of the caller's subtree refused and would have refused, and what the latter cost:
 * by rule and in all. Throws INVALID_INPUT for a period that is none, or too long.
 */
export async function getFraudReport(
  context: ServiceContext,
  input: FraudReportQuery = {},
): Promise<WireFraudReport> {
  authorize(context, 'fraud.read');
  const query = parseInput(fraudReportQuerySchema, input);
  const toMs = query.to ? Date.parse(query.to) : context.clock.nowMs();
  const fromMs = query.from ? Date.parse(query.from) : toMs - DEFAULT_DAYS * DAY_MS;
  if (fromMs >= toMs || toMs - fromMs > FRAUD_EVENT_DAYS * DAY_MS) {
    throw new AppError(
      'INVALID_INPUT',
      `from: must lie before "to", ${FRAUD_EVENT_DAYS} days at most.`,
    );
  }
  const [from, to] = [new Date(fromMs), new Date(toMs)];
  const { rows } = await context.database.pool.query<ReportRow>(reportSql, [
    context.actor.accountPath,
    from,
    to,
  ]);
  const lines = rows.map(({ rule, savedMicro, ...line }) => ({
    rule,
    line: { ...line, wouldHaveSaved: toWireMoney(savedMicro, line.currency) },
  }));
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    totals: lines.flatMap(({ rule, line }) => (rule === null ? [line] : [])),
    rules: lines.flatMap(({ rule, line }) =>
      rule === null ? [] : [{ ...line, rule: fraudRuleSchema.parse(rule) }],
    ),
  };
}

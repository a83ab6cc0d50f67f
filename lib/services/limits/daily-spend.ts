import type { Database } from '@/lib/infra/db/client';
import { othersSpendSql, settledSpendSql, shareSpendSql } from './internal/spend-sql';
import type { NodeSpend, SpendQuestion } from './types';

/**
 * What a node's settled calls cost each of these subjects on its day: the truth after a start, and
 * for whoever is limited only from now on. Subjects that spent nothing are absent.
 */
export async function loadSettledSpend(
  database: Database,
  nodeId: string,
  questions: readonly SpendQuestion[],
): Promise<readonly NodeSpend[]> {
  const spends: NodeSpend[] = [];
  for (const kind of new Set(questions.map((question) => question.kind))) {
    const asked = questions.filter((question) => question.kind === kind);
    const { rows } = await database.pool.query<{ id: string; amountMicro: bigint }>(
      settledSpendSql(kind),
      [
        nodeId,
        asked.map(({ id }) => id),
        asked.map(({ accountId }) => accountId),
        asked.map(({ timeZone }) => timeZone),
        asked.map(({ day }) => day),
        asked.map(({ beforeMs }) => new Date(beforeMs)),
      ],
    );
    for (const { id, amountMicro } of rows) {
      const day = asked.find((question) => question.id === id)?.day;
      if (day !== undefined) spends.push({ kind, id, day, amountMicro });
    }
  }
  return spends;
}

/**
 * Tells the other nodes what a node's calls have cost, and learns of theirs what they told within so
 * many milliseconds; null = all of it.
 */
export async function exchangeSpend(
  database: Database,
  nodeId: string,
  { changed, withinMs }: { changed: readonly NodeSpend[]; withinMs: number | null },
): Promise<readonly NodeSpend[]> {
  if (changed.length > 0) {
    const rows = changed.map((spend) => ({ ...spend, amountMicro: `${spend.amountMicro}` }));
    await database.pool.query(shareSpendSql, [nodeId, JSON.stringify(rows)]);
  }
  const { rows } = await database.pool.query<NodeSpend>(othersSpendSql, [nodeId, withinMs]);
  return rows;
}

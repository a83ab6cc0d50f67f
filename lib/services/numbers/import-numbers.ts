import { AppError } from '@/lib/core/errors';
import { newId } from '@/lib/core/ids.server';
import type { Tx } from '@/lib/infra/db/client';
import { authorize } from '@/lib/services/access/authorize';
import { recordAudit } from '@/lib/services/audit/record';
import type { ServiceContext } from '@/lib/services/context';
import { parseInput } from '@/lib/services/parse';
import {
  NumberSheet,
  type SheetColumn,
  type SheetIssue,
  type SheetNumber,
} from './internal/number-sheet';
import { requireOperator } from './internal/stock';
import {
  type ImportedNumbers,
  type ImportNumbersInput,
  importNumbersSchema,
  MAX_IMPORT_ISSUES,
} from './schemas';

/** Rows of one statement. */
const CHUNK = 2_000;
/** 200,000 rows with their triggers take about half a minute on a small machine. */
const TIMEOUT_MS = 180_000;

/** Columns of the table by those of a file. What a file does not speak of stays as it is. */
const COLUMNS = {
  country: 'country',
  area: 'area',
  kind: 'kind',
  group: 'number_group',
  carrier: 'carrier_id',
} as const;

/** $1: JSON array of rows, $2: owner. What is known keeps its owner and its state. */
function upsertSql(columns: readonly SheetColumn[]): string {
  const told = Object.entries(COLUMNS).flatMap(([name, column]) =>
    columns.some((one) => one === name) ? [column] : [],
  );
  const known = told.map((column) => `phone_number.${column}`).join(', ');
  const fresh = told.map((column) => `excluded.${column}`).join(', ');
  const change =
    told.length === 0
      ? 'DO NOTHING'
      : `DO UPDATE SET (${told.join(', ')}, updated_at) = ROW (${fresh}, now())
         WHERE (${known}) IS DISTINCT FROM (${fresh})`;
  return `
INSERT INTO phone_number (id, account_id, e164, state, country, area, kind, number_group, carrier_id,
       updated_at)
SELECT r.id, $2::uuid, r.e164, r.state::"NumberState", r.country, r.area, r.kind::"NumberKind",
       r."group", r."carrierId", now()
  FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, e164 text, state text, country text, area text,
       kind text, "group" text, "carrierId" uuid)
ON CONFLICT (e164) ${change}
RETURNING (xmax = 0) AS added`;
}

/** Undoes a try. */
class DryRunOver extends Error {}

/**
 * Imports numbers into the operator's stock from CSV with a line of headings: number, and where
 * wanted country, area, kind, group, carrier, state. All of it or nothing: a file with wrong cells
 * is refused with line, column and reason of each (the first MAX_IMPORT_ISSUES of them, and how many
 * there are). Known numbers keep owner, state and what the file does not speak of; the same file
 * again changes nothing.
 */
export async function importNumbers(
  context: ServiceContext,
  input: ImportNumbersInput,
  file: AsyncIterable<Uint8Array>,
): Promise<ImportedNumbers> {
  authorize(context, 'numbers.write');
  requireOperator(context);
  const dryRun = parseInput(importNumbersSchema, input).dryRun === 'true';
  const { prisma } = context.database;
  const carriers = await prisma.carrier.findMany({ select: { id: true, name: true } });
  const sheet = new NumberSheet(carriers);
  for await (const piece of file) sheet.push(piece);
  const { numbers, issues, issueCount, columns } = sheet.end();
  if (issueCount > 0) throw refusal(issues, issueCount);
  const counts = { added: 0, changed: 0 };
  try {
    await prisma.$transaction(
      async (tx) => {
        Object.assign(counts, await upsert(tx, context, { numbers, sql: upsertSql(columns) }));
        if (dryRun) throw new DryRunOver();
        const detail = { rows: numbers.length, ...counts };
        await recordAudit(tx, context, {
          verb: 'numbers.import',
          objectKind: 'account',
          objectId: context.actor.accountId,
          accountId: context.actor.accountId,
          detail,
        });
      },
      { timeout: TIMEOUT_MS },
    );
  } catch (error) {
    if (!(error instanceof DryRunOver)) throw error;
  }
  const { added, changed } = counts;
  const unchanged = numbers.length - added - changed;
  return { rows: numbers.length, added, changed, unchanged, dryRun };
}

async function upsert(
  tx: Tx,
  { actor, clock }: ServiceContext,
  { numbers, sql }: { readonly numbers: readonly SheetNumber[]; readonly sql: string },
): Promise<{ readonly added: number; readonly changed: number }> {
  let added = 0;
  let changed = 0;
  for (let at = 0; at < numbers.length; at += CHUNK) {
    const rows = numbers.slice(at, at + CHUNK).map((number) => {
      return { id: newId(clock.nowMs()), ...number };
    });
    const written = await tx.$queryRawUnsafe<{ added: boolean }[]>(
      sql,
      JSON.stringify(rows),
      actor.accountId,
    );
    const fresh = written.filter((row) => row.added).length;
    added += fresh;
    changed += written.length - fresh;
  }
  return { added, changed };
}

function refusal(issues: readonly SheetIssue[], count: number): AppError {
  const first = issues[0];
  const where = first ? `line ${first.line}, ${first.column}: ${first.message}` : '';
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  return new AppError('INVALID_INPUT', `Nothing was imported: ${where}${more}.`, {
    meta: {
      count,
      issues: issues.slice(0, MAX_IMPORT_ISSUES).map(({ line, column, message }) => {
        return { path: `line ${line}, ${column}`, message };
      }),
    },
  });
}

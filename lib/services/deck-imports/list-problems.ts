import { authorize } from '@/lib/services/access/authorize';
import { csvCell } from '@/lib/services/calls/rules';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import type { Prisma } from '@/prisma/generated/client';
import { findImport } from './internal/view';
import { type ListProblemsInput, listProblemsSchema, type WireProblem } from './schemas';

type ProblemRow = Prisma.DeckImportProblemGetPayload<object>;

/** What is wrong with an import's file, in the order of its lines. */
export async function listProblems(
  context: ServiceContext,
  importId: string,
  input: ListProblemsInput = {},
): Promise<Page<WireProblem>> {
  authorize(context, 'decks.read');
  const { cursor, limit } = parseInput(listProblemsSchema, input);
  const { prisma } = context.database;
  const { id } = await findImport(prisma, context, importId);
  const [text = ''] = cursor ? decodeCursor(cursor, 1) : [];
  const after = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  const rows = await prisma.deckImportProblem.findMany({
    where: { importId: id, seq: { gt: after } },
    orderBy: { seq: 'asc' },
    take: limit + 1,
  });
  return toPage(rows, limit, { keyOf: (row) => [String(row.seq)], toItem: toWireProblem });
}

function toWireProblem({ line, column, heading, value, message }: ProblemRow): WireProblem {
  return { line, column, heading, value, message };
}

/** All of them as CSV with a header line: there are 10,000 at most. */
export async function exportProblems(context: ServiceContext, importId: string): Promise<string> {
  authorize(context, 'decks.read');
  const { prisma } = context.database;
  const { id } = await findImport(prisma, context, importId);
  const rows = await prisma.deckImportProblem.findMany({
    where: { importId: id },
    orderBy: { seq: 'asc' },
  });
  const lines = rows.map((row) =>
    [row.line, row.column, row.heading, row.value, row.message].map(csvCell).join(','),
  );
  return ['line,column,heading,value,problem', ...lines, ''].join('\r\n');
}

import { AppError } from '@/lib/core/errors';
import { isUuid } from '@/lib/core/ids';
import { authorize } from '@/lib/services/access/authorize';
import type { ServiceContext } from '@/lib/services/context';
import { decodeCursor, toPage } from '@/lib/services/paging';
import { parseInput } from '@/lib/services/parse';
import type { Page } from '@/lib/services/wire/schemas';
import { readCalls } from './internal/read';
import { toWireCall } from './internal/view';
import { type ListCallsInput, listCallsSchema, type WireCall } from './schemas';

/** Calls that somebody in the caller's subtree made or took, the newest first. */
export async function listCalls(
  context: ServiceContext,
  input: ListCallsInput = {},
): Promise<Page<WireCall>> {
  authorize(context, 'calls.read');
  const { cursor, limit, ...filter } = parseInput(listCallsSchema, input);
  const before = cursor === undefined ? null : (decodeCursor(cursor, 1)[0] ?? '');
  if (before !== null && !isUuid(before)) {
    throw new AppError('INVALID_INPUT', 'The cursor is not one of this list.');
  }
  const calls = await readCalls(context, filter, { before, limit: limit + 1 });
  return toPage(calls, limit, {
    keyOf: ({ row }) => [row.id],
    toItem: ({ row, charges }) => toWireCall(row, charges, context.actor),
  });
}

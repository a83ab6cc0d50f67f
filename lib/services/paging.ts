import { AppError } from '@/lib/core/errors';
import type { Page } from '@/lib/services/wire/schemas';

/** Hides a list's sort key in an opaque cursor. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');
}

const foreignCursor = (cause?: unknown): AppError =>
  new AppError('INVALID_INPUT', 'The cursor is not one of this list.', { cause });

/** The `count` parts of a cursor. Throws INVALID_INPUT when it is none of ours. */
export function decodeCursor(cursor: string, count: number): readonly string[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw foreignCursor(cause);
  }
  if (
    !Array.isArray(parts) ||
    parts.length !== count ||
    !parts.every((part) => typeof part === 'string')
  ) {
    throw foreignCursor();
  }
  return parts;
}

/**
 * Makes a page of rows that were read one more than wanted: `keyOf` gives the sort key of a row,
 * `toItem` its wire form.
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  shape: { keyOf(row: Row): readonly string[]; toItem(row: Row): Item },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    items: shown.map(shape.toItem),
    nextCursor: more ? encodeCursor(shape.keyOf(last)) : null,
  };
}

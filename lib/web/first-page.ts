import type { z } from 'zod';
import { isAppError } from '@/lib/core/errors';

/**
 * Reads what a page shows first. null where the address asks for what a list does not know (a
 * filter typed by hand, a cursor of another list) or the caller may not read: the browser then asks
 * the API, whose refusal the list tells.
 */
export async function firstPage<Schema extends z.ZodType, Result>(
  schema: Schema,
  query: Readonly<Record<string, unknown>>,
  read: (input: z.input<Schema>) => Promise<Result>,
): Promise<Result | null> {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const input = Object.fromEntries(given);
  if (!schema.safeParse(input).success) return null;
  try {
    return await read(input as z.input<Schema>);
  } catch (error) {
    if (isAppError(error) && (error.code === 'INVALID_INPUT' || error.code === 'FORBIDDEN')) {
      return null;
    }
    throw error;
  }
}

/** What a page shows, or null for what is not there, or not theirs: it looks the same. */
export async function orNull<Result>(read: () => Promise<Result>): Promise<Result | null> {
  try {
    return await read();
  } catch (error) {
    if (isAppError(error) && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

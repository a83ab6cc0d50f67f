import type { z } from 'zod';
import { AppError } from '@/lib/core/errors';

/** Reads input by its schema. Throws INVALID_INPUT with an issue for each wrong field. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: z.input<Schema>,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) {
    if (holdsNul(result.data)) {
      throw new AppError('INVALID_INPUT', 'A text may not contain the character U+0000.');
    }
    return result.data;
  }
  const issues = result.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }));
  const first = issues[0];
  const where = first?.path ? `${first.path}: ` : '';
  throw new AppError('INVALID_INPUT', `${where}${first?.message ?? 'The input is not valid.'}`, {
    cause: result.error,
    meta: { issues },
  });
}

/** PostgreSQL has no place for U+0000 in a text: refused here, once for every verb. */
function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some(holdsNul);
}

import type { z } from 'zod';
import { AppError } from '@/lib/core/errors';

/** Reads input by its schema. Throws INVALID_INPUT with an issue for each wrong field. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: z.input<Schema>,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
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

import { describe, expect, test } from 'vitest';
import { AppError, ERROR_CODES } from '@/lib/core/errors';
import { PROBLEMS, toProblem } from '@/lib/web/problem';

describe('problems', () => {
  test('every code has a status and a title', () => {
    for (const code of ERROR_CODES) {
      expect(PROBLEMS[code].status).toBeGreaterThanOrEqual(400);
      expect(PROBLEMS[code].title).not.toBe('');
    }
  });

  test('show what their reader may know and keep the rest', () => {
    const error = new AppError('FORBIDDEN', 'No.', { meta: { role: 'support', internal: 'x' } });
    const problem = toProblem(error, 'r1');
    expect(problem).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      detail: 'No.',
      role: 'support',
    });
    expect(problem).not.toHaveProperty('internal');
    expect(JSON.stringify(toProblem(new Error('password=1'), 'r1'))).not.toContain('password');
    const internal = new AppError('INTERNAL', 'assertion failed: secret');
    expect(JSON.stringify(toProblem(internal, 'r1'))).not.toContain('secret');
  });
});

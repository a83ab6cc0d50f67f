import { describe, expect, it } from 'vitest';
import { isLogLine, restartDelayMs } from '@/lib/server/child';

describe('restarting', () => {
  it('waits twice as long after each death in a row, half a minute at most', () => {
    expect([1, 2, 3, 4, 20, 2_000].map(restartDelayMs)).toEqual([
      500, 1_000, 2_000, 4_000, 30_000, 30_000,
    ]);
  });
});

describe('lines of a process', () => {
  it("are passed on where our logger wrote them, and taken as somebody's words otherwise", () => {
    expect(isLogLine('{"event":"x","level":"info"}')).toBe(true);
    expect(isLogLine('03:00:00.123 WARN  web        x')).toBe(true);
    expect(isLogLine('    at Object.<anonymous> (file.ts:1:1)')).toBe(true);
    expect(isLogLine(' ▲ Next.js 16.4.6')).toBe(false);
    expect(isLogLine('boom')).toBe(false);
  });
});

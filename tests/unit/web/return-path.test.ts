import { describe, expect, test } from 'vitest';
import { safeReturnPath } from '@/lib/web/return-path';

describe('a path to return to', () => {
  test('stays on this host', () => {
    expect(safeReturnPath('/calls?from=1#top')).toBe('/calls?from=1#top');
    for (const text of [
      'https://evil.test/',
      '//evil.test/',
      '/\\evil.test/',
      '/\t/evil.test/',
      '/.//evil.test/',
      'javascript:alert(1)',
      'calls',
      '',
      null,
    ]) {
      expect(safeReturnPath(text), String(text)).toBeNull();
    }
  });
});

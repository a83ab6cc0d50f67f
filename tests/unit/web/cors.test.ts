import { describe, expect, test } from 'vitest';
import { preflight } from '@/lib/web/cors';

describe('preflights', () => {
  const ask = (origin: string) =>
    preflight(
      new Request('https://portal.test/api/v1/me', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PUT' },
      }),
      ['https://shop.example'],
    );

  test('are granted to listed origins, never with cookies', () => {
    const granted = ask('https://shop.example');
    expect(granted?.status).toBe(204);
    expect(granted?.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(granted?.headers.get('access-control-allow-headers')).not.toContain('csrf');
    expect(granted?.headers.get('access-control-allow-credentials')).toBeNull();
    expect(ask('https://evil.test')).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { pagePolicy, securityHeaders } from '@/lib/web/security-headers';

describe('security headers', () => {
  test('scripts run by nonce alone, and nobody frames a page', () => {
    const policy = pagePolicy({ nonce: 'abc', secure: true, isDevelopment: false });
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain("style-src 'self' 'nonce-abc';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.replace("style-src-attr 'unsafe-inline'", '')).not.toMatch(/unsafe/);
  });

  test('HSTS is said over https only', () => {
    expect(securityHeaders(true)).toHaveProperty('strict-transport-security');
    expect(securityHeaders(false)).not.toHaveProperty('strict-transport-security');
  });
});

import { describe, expect, test } from 'vitest';
import { pagePolicy, securityHeaders } from '@/lib/web/security-headers';

describe('security headers', () => {
  test('scripts run by nonce alone, and nobody frames a page', () => {
    const policy = pagePolicy({
      nonce: 'abc',
      secure: true,
      isDevelopment: false,
      connectTo: ['wss://192.0.2.1:7443'],
    });
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain("style-src 'self' 'nonce-abc';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("connect-src 'self' wss://192.0.2.1:7443;");
    expect(policy.replace("style-src-attr 'unsafe-inline'", '')).not.toMatch(/unsafe/);
  });

  test('HSTS is said over https only', () => {
    expect(securityHeaders(true)).toHaveProperty('strict-transport-security');
    expect(securityHeaders(false)).not.toHaveProperty('strict-transport-security');
  });
});

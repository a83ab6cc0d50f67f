import { expect, test } from 'vitest';
import { type Answer, ask, signIn } from '@/tests/support/browser-http';
import { describeLab, sharedProduct } from '@/tests/support/browser-product';
import { pageRoutes } from '@/tests/support/pages';

const get = async (path: string, person?: 'acme'): Promise<Answer> => {
  const { web } = sharedProduct().ready;
  return ask(`${web}${path}`, person === undefined ? {} : { cookie: await signIn(person) });
};

const policyOf = ({ headers }: Answer): Map<string, string[]> => {
  const text = headers['content-security-policy'];
  const rules = (typeof text === 'string' ? text : '').split(';').map((rule) => rule.trim());
  return new Map(
    rules.map((rule) => {
      const [name = '', ...sources] = rule.split(/\s+/);
      return [name, sources];
    }),
  );
};

const nonceOf = (answer: Answer): string | undefined =>
  /'nonce-([^']+)'/.exec(policyOf(answer).get('script-src')?.join(' ') ?? '')?.[1];

const COMMON = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

describeLab('security headers', () => {
  test('every page carries them, and runs only scripts with the nonce of this very answer', async () => {
    for (const { route } of pageRoutes()) {
      if (route.includes('[')) continue;
      for (const answer of [await get(route), await get(route, 'acme')]) {
        expect(answer.headers, route).toMatchObject(COMMON);
        expect(answer.headers['x-powered-by'], route).toBeUndefined();
        const policy = policyOf(answer);
        const nonce = nonceOf(answer);
        expect(nonce?.length, route).toBeGreaterThan(20);
        expect(policy.get('script-src'), route).not.toContain("'unsafe-inline'");
        expect(policy.get('script-src'), route).not.toContain("'unsafe-eval'");
        expect(policy.get('object-src'), route).toEqual(["'none'"]);
        expect(policy.get('base-uri'), route).toEqual(["'none'"]);
        expect(policy.get('frame-ancestors'), route).toEqual(["'none'"]);
        const scripts = answer.text.match(/<script\b[^>]*>/g) ?? [];
        for (const script of scripts) expect(script, route).toContain(`nonce="${nonce}"`);
      }
    }
  });

  test('no two answers share a nonce, and none is taken from the request', async () => {
    const { web } = sharedProduct().ready;
    const nonces = await Promise.all([1, 2, 3].map(async () => nonceOf(await get('/sign-in'))));
    expect(new Set(nonces).size).toBe(3);
    const forged = await ask(`${web}/sign-in`, { headers: { 'x-nonce': 'chosen-by-a-stranger' } });
    expect(forged.text).not.toContain('chosen-by-a-stranger');
  });

  test('the API and its refusals carry them, and nothing in an answer may run', async () => {
    const paths = ['/api/v1/me', '/api/v1/extensions', '/api/v1/no-such-thing', '/api/health'];
    for (const path of paths) {
      for (const answer of [await get(path), await get(path, 'acme')]) {
        expect(answer.headers, path).toMatchObject(COMMON);
        expect(policyOf(answer).get('default-src'), path).toEqual(["'none'"]);
        expect(policyOf(answer).has('sandbox'), path).toBe(true);
      }
    }
  });

  test('what belongs to a person is kept in no cache', async () => {
    for (const path of ['/overview', '/calls', '/api/v1/me', '/api/v1/wallets']) {
      const { headers } = await get(path, 'acme');
      expect(headers['cache-control'], path).toMatch(/no-store|private/);
    }
  });

  test("the session's cookie is out of reach for scripts and other sites", async () => {
    const { web } = sharedProduct().ready;
    const csrf = await ask(`${web}/api/auth/csrf`);
    for (const line of csrf.headers['set-cookie'] ?? []) {
      expect(line).toMatch(/HttpOnly/i);
      expect(line).toMatch(/SameSite=Lax/i);
      expect(line).toMatch(/Path=\//i);
    }
  });
});

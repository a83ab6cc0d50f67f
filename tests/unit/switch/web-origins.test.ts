import { expect, it } from 'vitest';
import { WebOrigins } from '@/lib/switch/web-origins';

async function originsOf(bindAddress: string): Promise<WebOrigins> {
  const origins = new WebOrigins({
    env: {
      publicUrl: 'https://portal.test',
      corsOrigins: ['https://shop.test:8443'],
      bindAddress,
    },
    isTenantDomain: (host) => host === 'acme.test',
    loadPortalHosts: async () => ['voice.reseller.test'],
  });
  await origins.refresh();
  return origins;
}

it.each([
  [undefined, true],
  ['https://portal.test', true],
  ['https://shop.test:8443', true],
  ['https://voice.reseller.test', true],
  ['https://acme.test', true],
  ['https://evil.test', false],
  ['https://portal.test.evil.test', false],
  ['https://shop.test', false],
  ['https://evil.test/https://portal.test', false],
  ['null', false],
  ['', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['http://localhost:3000', false],
])('a page of %s may connect: %s', async (origin, allowed) => {
  expect((await originsOf('192.0.2.1')).isAllowed(origin)).toBe(allowed);
});

it('an installation on loopback trusts pages of its own machine, and no others', async () => {
  const origins = await originsOf('127.0.0.1');
  expect(origins.isAllowed('http://localhost:8080')).toBe(true);
  expect(origins.isAllowed('http://127.0.0.1:3000')).toBe(true);
  expect(origins.isAllowed('http://127.0.0.1.evil.test')).toBe(false);
  expect(origins.isAllowed('https://evil.test')).toBe(false);
});

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { API_ROUTES } from '@/app/api/v1/openapi.json/routes';
import { buildOpenApi, METHODS } from '@/lib/web/openapi';

describe('the API’s description', () => {
  const root = path.resolve('app/api/v1');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'route.ts')
    .map((file) => `/api/v1/${path.dirname(file).split(path.sep).join('/')}`)
    .filter((route) => route !== '/api/v1/openapi.json');

  test('lists every route that there is', () => {
    expect(Object.keys(API_ROUTES).toSorted()).toEqual(files.toSorted());
  });

  test('every handler has a definition, and operations have names of their own', () => {
    const names: string[] = [];
    const document = buildOpenApi(API_ROUTES, 'https://portal.test') as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    for (const [route, module] of Object.entries(API_ROUTES)) {
      const methods = METHODS.filter((method) => method in module);
      expect(methods.length, route).toBeGreaterThan(0);
      for (const method of methods) {
        const name = document.paths[route.replace(/\[([^\]]+)\]/g, '{$1}')]?.[method.toLowerCase()];
        expect(name, `${method} ${route}`).toBeDefined();
        names.push(name?.operationId ?? '');
      }
    }
    expect(new Set(names).size).toBe(names.length);
  });

  test('money is nowhere a number', () => {
    const text = JSON.stringify(buildOpenApi(API_ROUTES, 'https://portal.test'));
    expect(text).not.toMatch(/"(amount|perMinute|price|fee)":\{"type":"(number|integer)"/);
  });
});

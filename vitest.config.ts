import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Suites by what they need: nothing, PostgreSQL, a running switch with real peers, a browser. */
const suite = (name: string, extra: Record<string, unknown> = {}) => ({
  resolve: { alias: { '@': root } },
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: 'node' as const,
    setupFiles: ['tests/support/seed.ts'],
    ...extra,
  },
});

const serial = {
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  resolve: { alias: { '@': root } },
  test: {
    projects: [
      // A time-out finds what hangs; how fast things are is the benches' business.
      suite('unit', { pool: 'threads', isolate: false, testTimeout: 60_000 }),
      suite('integration', {
        ...serial,
        // Where a file's tests run side by side; most of them wait for processes.
        maxConcurrency: 3,
        globalSetup: ['tests/support/database-setup.ts'],
      }),
      suite('switch', { ...serial, globalSetup: ['tests/support/database-setup.ts'] }),
      suite('e2e', { ...serial, globalSetup: ['tests/support/browser-setup.ts'] }),
    ],
  },
});

import { defineConfig } from 'vitest/config';

/** The suites that take longer than a minute: `npm run test:crash`. */
export default defineConfig({
  test: {
    include: [
      'test/crash/**/*.crash.ts',
      'test/engine/fault-matrix.test.ts',
      'test/engine/model.test.ts',
      'test/e2e/restarts.test.ts',
    ],
    env: { THOROUGH: '1' },
    setupFiles: ['test/support/loopback-only.ts'],
    testTimeout: 60 * 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});

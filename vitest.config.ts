import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/no-credentials.ts', 'test/support/record-calls.ts', 'test/support/law-seed.ts'],
    // Only for what hangs: how fast a test is depends on what else the machine does, so no test may rest on it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The AWS SDK is loaded once per worker, not once per file: no test leaves anything behind in a module.
    isolate: false,
    // Little is waited for, and each worker loads the AWS SDK anew.
    maxWorkers: '100%',
  },
});

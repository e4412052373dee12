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
    // Many tests wait for processes that they have started, so a worker for each core leaves cores idle.
    maxWorkers: 4,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    testTimeout: 30_000,
    // The AWS SDK is loaded once per worker, not once per file: no test leaves anything behind in a module.
    isolate: false,
    // Many tests wait for processes that they have started, so a worker for each core leaves cores idle.
    maxWorkers: 4,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/moto/*.judge.ts'],
    root: new URL('../..', import.meta.url).pathname,
    testTimeout: 30_000,
    // One server, emptied before each test.
    fileParallelism: false,
  },
});

import { defineConfig } from 'vitest/config'

// The tests of the page in a browser, and of its rules: `npm run test:page`.
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['web/test/**/*.test.ts'],
    globalSetup: 'web/test/support/setup.ts',
    // A busy machine is many times slower. What hangs is still found.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // All files share a server and its demo data, so they run one after the other.
    maxWorkers: 1,
    fileParallelism: false,
    isolate: false,
  },
})

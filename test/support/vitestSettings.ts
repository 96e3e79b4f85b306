import type { ViteUserConfig } from 'vitest/config'

/** The settings of all suites: this one, and those of test/faults/, tools/ and interop/. */
export const vitestSettings = {
  resolve: {
    // graphql 16 comes as CommonJS and as a module; two copies of it do not know each other's errors.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    root: `${import.meta.dirname}/../..`,
    globalSetup: 'test/support/globalSetup.ts',
    // A busy machine is many times slower. What hangs is still found.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // An embedded database takes half a gigabyte.
    maxWorkers: 2,
    // Test files share the modules of the service: loading them anew for each file took half of the time. Each file has its own database.
    isolate: false,
  },
} satisfies ViteUserConfig

import type { ViteUserConfig } from 'vitest/config'

/** The settings of all suites: this one, and those of test/faults/, tools/ and interop/. */
export const vitestSettings = {
  test: {
    root: `${import.meta.dirname}/../..`,
    globalSetup: 'test/support/globalSetup.ts',
    setupFiles: 'test/support/setup.ts',
    // A busy machine is many times slower. What hangs is still found.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // On two cores, because some tests wait for time limits and programs. Each takes about a gigabyte.
    maxWorkers: 3,
    // Test files share the modules of the service: loading them anew for each file took half of the time. Each file has its own database.
    isolate: false,
    // Node loads the code, as it does for users. Vite's own loader takes longer, and hides what it does differently.
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
} satisfies ViteUserConfig

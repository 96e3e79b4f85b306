import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    // graphql 16 comes as CommonJS and as a module; two copies of it do not know each other's errors.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    globalSetup: 'test/support/globalSetup.ts',
    include: ['test/**/*.test.ts'],
    // They start programs, break them and wait for time-outs: `npm run test:faults`.
    exclude: [...configDefaults.exclude, 'test/faults/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // An embedded database takes half a gigabyte.
    maxWorkers: 2,
    // Test files share the modules of the service: loading them anew for each file took half of the time. Each file has its own database.
    isolate: false,
  },
})

import { defineConfig } from 'vitest/config'
import { vitestSettings } from '../test/support/vitestSettings.ts'

// The tests of the tools: `npm run test:tools`.
export default defineConfig({
  ...vitestSettings,
  // graphql 16 comes as CommonJS and as a module; two copies of it do not know each other's errors.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    ...vitestSettings.test,
    include: ['tools/test/**/*.test.ts'],
    // Stryker brings a second Vitest into this package. Vite's loader takes the one that runs.
    experimental: {},
  },
})

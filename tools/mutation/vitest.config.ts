import { defineConfig } from 'vitest/config'
import { vitestSettings } from '../../test/support/vitestSettings.ts'

// The tests of one area: areas.ts names them.
export default defineConfig({
  ...vitestSettings,
  test: {
    ...vitestSettings.test,
    include: (process.env.MUTATION_TESTS ?? '').split(' '),
    // The embedded database takes seconds to start.
    globalSetup: process.env.MUTATION_DATABASE === undefined ? [] : vitestSettings.test.globalSetup,
  },
})

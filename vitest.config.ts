import { configDefaults, defineConfig } from 'vitest/config'
import { embeddedTests, slowTests } from './test/support/slowTests.ts'
import { vitestSettings } from './test/support/vitestSettings.ts'

export default defineConfig({
  ...vitestSettings,
  test: {
    ...vitestSettings.test,
    include: ['test/**/*.test.ts'],
    // They start programs, break them and wait for time-outs: `npm run test:faults`.
    exclude: [
      ...configDefaults.exclude,
      'test/faults/**',
      ...slowTests,
      ...(process.env.TEST_DATABASE_URL === undefined ? [] : embeddedTests),
    ],
  },
})

import { defineConfig } from 'vitest/config'
import { programTests, slowTests } from './slowTests.ts'
import { vitestSettings } from './vitestSettings.ts'

export default defineConfig({
  ...vitestSettings,
  test: {
    ...vitestSettings.test,
    include: slowTests.filter((file) => process.env.TEST_DATABASE_URL === undefined || !programTests.includes(file)),
    isolate: true,
  },
})

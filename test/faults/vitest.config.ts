import { defineConfig } from 'vitest/config'
import { vitestSettings } from '../support/vitestSettings.ts'

export default defineConfig({
  ...vitestSettings,
  // One file after the other, because each keeps the machine busy.
  test: { ...vitestSettings.test, include: ['test/faults/**/*.test.ts'], maxWorkers: 1 },
})

import { configDefaults, defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

export default defineConfig({
  ...base,
  // One file after the other, because each keeps the machine busy.
  test: { ...base.test, include: ['test/faults/**/*.test.ts'], exclude: configDefaults.exclude, maxWorkers: 1 },
})

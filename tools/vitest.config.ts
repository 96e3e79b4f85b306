import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'

// The tests of the tools: `npm run test:tools`.
export default defineConfig({
  ...base,
  test: { ...base.test, root: `${import.meta.dirname}/..`, include: ['tools/test/**/*.test.ts'] },
})

import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'

// The tests with other people's clients and gateways: `npm run test:interop`.
export default defineConfig({
  ...base,
  test: { ...base.test, root: `${import.meta.dirname}/..`, include: ['interop/**/*.test.ts'], exclude: ['**/node_modules/**'] },
})

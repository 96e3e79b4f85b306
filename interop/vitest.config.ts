import { defineConfig } from 'vitest/config'
import base from '../vitest.config.ts'

// The tests with clients and gateways of others: `npm run test:interop`.
export default defineConfig({
  ...base,
  test: { ...base.test, root: `${import.meta.dirname}/..`, include: ['interop/**/*.test.ts'], exclude: ['**/node_modules/**'] },
})

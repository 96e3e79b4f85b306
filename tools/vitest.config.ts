import { defineConfig } from 'vitest/config'
import { vitestSettings } from '../test/support/vitestSettings.ts'

// The tests of the tools: `npm run test:tools`.
export default defineConfig({ ...vitestSettings, test: { ...vitestSettings.test, include: ['tools/test/**/*.test.ts'] } })

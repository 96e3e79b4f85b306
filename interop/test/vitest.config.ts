import { defineConfig } from 'vitest/config'
import { vitestSettings } from '../../test/support/vitestSettings.ts'

// The tests with other people's clients and gateways, and of the programs of examples/: `npm run test:interop`.
export default defineConfig({ ...vitestSettings, test: { ...vitestSettings.test, include: ['interop/test/**/*.test.ts'] } })

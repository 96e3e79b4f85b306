import { defineConfig } from 'vitest/config'
import { vitestSettings } from '../../test/support/vitestSettings.ts'

// Events in ClickHouse, on its real engine: `npm run test:clickhouse`. The engine crashes in a thread, and takes one folder in a process: each test file
// is a process of its own.
export default defineConfig({
  ...vitestSettings,
  test: { ...vitestSettings.test, include: ['clickhouse/test/**/*.test.ts'], pool: 'forks', isolate: true, maxWorkers: 1 },
})

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createLogger } from '../../../src/platform/logger.ts'
import { createTelemetry } from '../../../src/server/telemetry/telemetry.ts'

// interop/test/telemetry/traces.test.ts looks at the traces, with the packages installed.

it('stops the start where the packages for traces are not installed, with the command that installs them', async () => {
  const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { peerDependencies: Record<string, string> }
  const packages = Object.entries(peerDependencies).filter(([name]) => name.startsWith('@opentelemetry/'))
  const settings = { accessLog: false, metricsHost: '127.0.0.1', metricsPort: null, otlpEndpoint: 'http://127.0.0.1:4318' }
  await expect(createTelemetry(settings, createLogger({ logLevel: 'silent' }), () => new Date())).rejects.toThrow(
    `npm install --no-save --save-prod ${packages.map(([name, version]) => `${name}@${version}`).join(' ')}`,
  )
})

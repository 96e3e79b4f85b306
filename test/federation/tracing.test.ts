import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { testServer } from '../support/testServer.ts'

// interop/test/federation/tracing.test.ts looks at the traces, with the package installed.

it('stops the start where the package for traces is not installed, with the command that installs it', async () => {
  const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { peerDependencies: Record<string, string> }
  const [[name, version] = []] = Object.entries(peerDependencies)
  await expect(testServer({ federatedTracing: true })).rejects.toThrow(`npm install --no-save --save-prod ${name}@${version}`)
})

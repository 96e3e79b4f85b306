import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { install } from '../tools/install.ts'

// `npm run test:interop`: tests other people's clients and gateways, and the programs of examples/, with the service. The first run installs them.
const examples = ['apollo-client', 'graphql-request', 'supergraph', 'typed-client', 'urql']
for (const folder of ['interop', ...examples.map((name) => `examples/${name}`)]) install(folder)

const root = fileURLToPath(new URL('..', import.meta.url))
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'interop/vitest.config.ts']
const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exitCode = status ?? 1

import { install } from '../tools/install.ts'

// The first run installs the packages of the benchmark, because `npm ci` of the service does not. This file may not import them.
install('bench')
const { runCommands } = await import('./commands.ts')
await runCommands()

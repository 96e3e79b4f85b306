import { install } from '../scripts/install.ts'

// Nothing here may need what the benchmark needs before it is installed.
install('bench')
const { runCommands } = await import('./commands.ts')
await runCommands()

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openDatabase } from '../../src/database/open.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { systemTiming } from '../../src/posthog/client/retries.ts'
import { createLinkClients } from '../../src/posthog/link/connect/linkClients.ts'
import { createLinks } from '../../src/posthog/link/createLinks.ts'
import { createFollower } from '../../src/posthog/link/follower.ts'
import { ownCpu } from './program.ts'

// The first copy of a project: `DATABASE_URL=… node run.mjs bench/link/firstCopy.ts 200000`. The server is a process of its own, so
// the memory is that of the copy alone.

const count = Number(process.argv[2] ?? 10_000)
const server = spawn(process.execPath, [new URL('manyFlags.ts', import.meta.url).pathname, String(count), process.argv[3] ?? '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [port] = (await once(server.stdout, 'data')) as [Buffer]
const host = `http://127.0.0.1:${String(port).trim()}`

const config = {
  ...readConfig(),
  ...{ linkEncryptionKey: '0f'.repeat(32), linkAllowPrivateHosts: true, linkRequestsPerMinute: 1_000_000, linkRequestsPerHour: 10_000_000 },
}
const log = createLogger({ logLevel: 'warn' })
const database = await openDatabase({ ...config, statementTimeoutMs: 0, transactionTimeoutMs: 3_600_000 }, log)
const organization = await database.db.organization.create({ data: { name: 'Bench' } })
const project = await database.db.project.create({ data: { name: `Copy ${Date.now()}`, organizationId: organization.id } })
const clients = createLinkClients(database.db, config, { ...systemTiming, clock: systemClock })
const links = createLinks({ database, clients, publicUrl: null, log })

let staged = 0
const cpuBefore = ownCpu()
let peak = 0
const begin = performance.now()
const seconds = () => (performance.now() - begin) / 1_000
const sampler = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss())
}, 50)
const follower = createFollower({
  ...{ database, clients, log, settings: config },
  onProgress: () => {
    staged = seconds()
  },
})
await links.link({ projectId: project.id, host, upstreamProjectId: 7, key: 'phx_bench_key_1234567890', mode: 'mirror' })
await follower.runDue()
const copied = seconds()
clearInterval(sampler)
const cpu = ownCpu() - cpuBefore
const link = await database.db.projectLink.findUniqueOrThrow({ where: { projectId: project.id } })
const flags = await database.db.featureFlag.count({ where: { projectId: project.id } })
const { requests } = (await (await fetch(`${host}/requests`)).json()) as { requests: number }
console.log(
  JSON.stringify({
    ...{ state: link.state, error: link.lastError, flags, requests, stagedSeconds: Math.round(staged), seconds: Math.round(copied) },
    ...{ rowsPerSecond: Math.round(flags / copied), peakMegabytes: Math.round(peak / 1e6), cpuPerRow: Number((cpu / flags).toFixed(3)) },
  }),
)
await links.unlink(project.id)
await clients.close()
await database.close()
server.kill()

import { openDatabase } from '../../src/database/open.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { seedKey, seedOrganization, seedProject, seedUser } from '../../test/support/seed.ts'
import { type RunningServer, startServer } from '../servers/start.ts'
import type { StandInReady } from './standIn.ts'

// The service with linked projects, as its users run it.

const settings = { LINK_ENCRYPTION_KEY: '0f'.repeat(32), LINK_ALLOW_PRIVATE_HOSTS: 'true' }
const unlimited = { LINK_REQUESTS_PER_MINUTE: '1000000', LINK_REQUESTS_PER_HOUR: '10000000' }

export interface LinkedService {
  server: RunningServer
  key: string
  /** The numbers of the projects here, in the order of the stand-in's. */
  projects: number[]
  ask(query: string, variables?: object): Promise<Answer>
  stop(): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: The answer is what the query asks for.
export type Answer = { data?: any; errors?: { message: string }[] }

/** Links all projects of a stand-in, waits for their first copies, and starts the service anew with the limits that it has by default. */
export async function linkedService(
  databaseUrl: string,
  standIn: StandInReady,
  { mode, limits, log }: { mode: 'MIRROR' | 'WRITE_THROUGH'; limits: boolean; log: (line: string) => void },
): Promise<LinkedService> {
  const database = await openDatabase({ ...readConfig({}), databaseUrl }, createLogger({ logLevel: 'fatal' }))
  const { db } = database
  const organization = await seedOrganization(db)
  const admin = await seedUser(db, organization, { level: 15, email: standIn.email })
  const key = await seedKey(db, admin)
  const projects: number[] = []
  for (const _ of standIn.projects) projects.push((await seedProject(db, organization)).id)

  let server = await startServer('ours', databaseUrl, { ...settings, ...unlimited, LINK_POLL_SECONDS: '3600' })
  const ask = async (query: string, variables: object = {}): Promise<Answer> => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as Answer
  }
  for (const [index, { id, key: upstreamKey }] of standIn.projects.entries()) {
    const input = { projectId: String(projects[index]), host: standIn.origin, upstreamProjectId: id, key: upstreamKey, mode }
    const linked = await ask(
      'mutation ($input: LinkProjectInput!) { linkProject(input: $input) { __typename ... on Error { message } } }',
      { input },
    )
    if (linked.data?.linkProject?.__typename !== 'LinkProjectSuccess') throw new Error(JSON.stringify(linked))
  }
  const began = performance.now()
  while ((await db.projectLink.count({ where: { copiedAt: null } })) > 0) {
    if (performance.now() - began > 600_000) throw new Error('The first copies took more than ten minutes.')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  log(`${projects.length} projects are linked and copied`)
  await server.stop()
  await db.upstreamBudget.deleteMany()
  const soon = new Date()
  await db.projectLink.updateMany({ data: { nextRoundAt: soon, leaseHolder: null, leaseExpiresAt: null } })
  await database.close()
  server = await startServer('ours', databaseUrl, { ...settings, ...(limits ? {} : unlimited) })
  return { server, key, projects, ask, stop: () => server.stop() }
}

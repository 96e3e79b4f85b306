import type { GraphQLUnionType } from 'graphql'
import type { Db } from '../../src/database/client.ts'
import { withTransaction } from '../../src/database/transaction.ts'
import type { Config } from '../../src/platform/config.ts'
import { isObject, type JsonObject } from '../../src/platform/json.ts'
import type { Logger } from '../../src/platform/logger.ts'
import { systemTiming } from '../../src/posthog/client/retries.ts'
import { projectNumbering } from '../../src/posthog/import/numbering.ts'
import { createLinkClients } from '../../src/posthog/link/connect/linkClients.ts'
import { createFollower } from '../../src/posthog/link/follower.ts'
import { type KindName, kindOf } from '../../src/posthog/link/store/kinds.ts'
import { storeRows } from '../../src/posthog/link/store/storeRows.ts'
import { schema } from '../../src/schema/schema.ts'
import { afterFile } from './cleanUp.ts'
import type { PostHog, PostHogOptions } from './posthog/startPostHog.ts'
import { startPostHog } from './posthog/startPostHog.ts'
import { seedKey, seedOrganization, seedProject, seedUser } from './seed.ts'
import { globalId, testServer } from './testServer.ts'

export const linkSettings: Partial<Config> = {
  linkEncryptionKey: '00'.repeat(32),
  linkAllowPrivateHosts: true,
  // The clock of a test stands still, so that all its requests are in one minute.
  ...{ linkRequestsPerMinute: 100_000, linkRequestsPerHour: 1_000_000, linkQueriesPerHour: 100_000 },
}

interface LinkedOptions {
  mode?: 'MIRROR' | 'WRITE_THROUGH'
  localApprovals?: boolean
  /** LINK_TIMEOUT_SECONDS. */
  timeoutSeconds?: number
  log?: Logger
  posthog?: PostHogOptions
  /** What PostHog has before it is linked. */
  fill?: (posthog: PostHog) => void
  /** What this service has before it is linked. */
  before?: (db: Db, organization: { id: string }) => Promise<void>
}

/** A server with a project that is linked to a stand-in of PostHog, whose first copy is complete. */
export async function linkedServer({
  mode = 'WRITE_THROUGH',
  localApprovals = false,
  timeoutSeconds = 5,
  log,
  posthog: options = {},
  fill,
  before,
}: LinkedOptions = {}) {
  // A little before the time of the server, and never twice the same.
  let ticks = 0
  const clock = () => new Date(Date.parse('2026-11-20T11:00:00Z') + 20 * ++ticks)
  const posthog = await startPostHog({ clock, ...options, settings: { hosted: false, throttling: false, ...options.settings } })
  afterFile(() => posthog.close())
  fill?.(posthog)
  const server = await testServer({ ...linkSettings, linkTimeoutSeconds: timeoutSeconds }, log)
  const { db } = server
  const organization = await seedOrganization(db)
  await before?.(db, organization)
  const admin = await seedUser(db, organization, { level: 15, email: posthog.owner.email })
  const member = await seedUser(db, organization)
  const [key, memberKey] = [await seedKey(db, admin), await seedKey(db, member)]
  const project = await seedProject(db, organization)
  afterFile(() => server.server.stopListening())

  /** Sends a mutation, and returns the member of its union with the errors of the operation. */
  async function mutate(name: string, input: object, { as = key, fields = '' }: { as?: string; fields?: string } = {}) {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
    const possible = schema.getPossibleTypes(schema.getType(`${type}Result`) as GraphQLUnionType)
    const has = (typename: string) =>
      possible.some((each) => each.name === typename || each.getInterfaces().some((of) => of.name === typename))
    const fragments = [
      ['Node', 'id'],
      ['ValidationError', 'fieldErrors { path code message }'],
      ['LinkedReadOnlyError', 'reason url remedy'],
      ['VersionConflictError', 'expectedVersion currentVersion'],
      ['InvalidStateError', 'state'],
      ['ChangeRequestError', 'changeRequest { id state }'],
    ].flatMap(([on = '', selection]) => (has(on) ? [`... on ${on} { ${selection} }`] : []))
    const { data, errors } = await server.run(
      as,
      `mutation ($input: ${type}Input!) { result: ${name}(input: $input) {
        __typename ... on Error { code message } ${fragments.join(' ')} ${fields}
      } }`,
      { input },
    )
    return { ...data?.result, errors }
  }

  const timing = { ...systemTiming, clock: () => server.time.now }
  const clients = createLinkClients(db, { ...linkClientSettings, ...linkSettings, linkTimeoutSeconds: timeoutSeconds } as never, timing)
  afterFile(() => clients.close())
  const follower = createFollower({
    ...{
      database: server,
      clients,
      settings: {
        linkPollSeconds: 10,
        linkTimeoutSeconds: timeoutSeconds,
        linkRequestsPerMinute: 480,
        linkRequestsPerHour: 4_800,
      },
    },
    log: log ?? silent,
  })
  afterFile(() => follower.stop())

  /** Follows until the first copy is complete, and once more. */
  async function follow(): Promise<void> {
    await db.projectLink.updateMany({ data: { nextRoundAt: new Date(0) } })
    await follower.runDue()
  }

  async function link(localProject: { id: number }, upstream: { id: number }) {
    const linked = await mutate('linkProject', {
      ...{ projectId: globalId('Project', localProject.id), host: posthog.origin, upstreamProjectId: upstream.id },
      ...{ key: posthog.key.token, mode, localApprovals },
    })
    if (linked.__typename !== 'LinkProjectSuccess') throw new Error(JSON.stringify(linked))
    for (let rounds = 0; rounds < 5; rounds++) {
      await follow()
      const { copiedAt } = await db.projectLink.findUniqueOrThrow({ where: { projectId: localProject.id } })
      if (copiedAt !== null) return
    }
    throw new Error(JSON.stringify(await db.projectLink.findUnique({ where: { projectId: localProject.id } })))
  }
  await link(project, posthog.project)

  /** Reads one row as PostHog answers it. */
  async function upstream(kind: KindName, id: number | string): Promise<JsonObject | null> {
    const url = `${posthog.origin}/api/projects/${posthog.project.id}/${kindOf(kind).path}/${id}/`
    const response = await fetch(url, { headers: { authorization: `Bearer ${posthog.key.token}` } })
    const body: unknown = response.ok ? await response.json() : null
    return isObject(body) ? body : null
  }

  /** What differs between PostHog and the rows here, as the mirror would mend it. Nothing is written. */
  async function differences(): Promise<Partial<Record<KindName, string[]>>> {
    const { state } = posthog
    const ids: Partial<Record<KindName, number[]>> = {
      holdouts: state.holdouts.where(() => true).map(({ id }) => id),
      saved_metrics: state.savedMetrics.where(() => true).map(({ id }) => id),
      feature_flags: state.flags.where(({ internal }) => internal === null).map(({ id }) => id),
      experiments: state.experiments.where(({ deleted }) => deleted !== true).map(({ id }) => id),
    }
    const rows: [KindName, JsonObject[]][] = []
    for (const [kind, list] of Object.entries(ids) as [KindName, number[]][]) {
      const found = await Promise.all(list.map((id) => upstream(kind, id)))
      rows.push([kind, found.filter((row) => row !== null)])
    }
    const found: Partial<Record<KindName, string[]>> = {}
    const undo = new Error('Undo')
    await withTransaction(server, async (unit) => {
      const row = await unit.tx.project.findUniqueOrThrow({ where: { id: project.id } })
      const numbering = await projectNumbering(unit.tx, project.id)
      for (const [kind, list] of rows) {
        const context = { unit, project: row, numbering, now: server.time.now, announces: false, mends: true }
        const { mended, skipped } = await storeRows(context, kindOf(kind), list)
        if (mended.length + skipped.size > 0) found[kind] = [...mended, ...skipped.keys()]
      }
      throw undo
    }).catch((error: unknown) => {
      if (error !== undo) throw error
    })
    return found
  }

  const flagOf = (importedId: number) => db.featureFlag.findFirstOrThrow({ where: { projectId: project.id, importedId } })
  const experimentOf = (importedId: number) => db.experiment.findFirstOrThrow({ where: { projectId: project.id, importedId } })
  const flagId = async (importedId: number) => globalId('FeatureFlag', (await flagOf(importedId)).id)
  const experimentId = async (importedId: number) => globalId('Experiment', (await experimentOf(importedId)).id)
  const people = { admin, member, key, memberKey }
  return {
    ...{ ...server, ...people, posthog, project, organization, mutate, follow, link, upstream, differences },
    ...{ flagOf, experimentOf, flagId, experimentId },
  }
}

const linkClientSettings = {
  previousLinkEncryptionKeys: null,
  linkPollSeconds: 10,
  linkRequestsPerMinute: 100_000,
  linkRequestsPerHour: 1_000_000,
  linkQueriesPerHour: 100_000,
  publicUrl: null,
}

const nothing = () => {}
const silent = { info: nothing, warn: nothing, error: nothing, debug: nothing } as unknown as Logger

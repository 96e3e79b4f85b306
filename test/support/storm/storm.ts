import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import type { Db } from '../../../src/database/client.ts'
import { openDatabase } from '../../../src/database/open.ts'
import { readConfig } from '../../../src/platform/config.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { parseCopyState } from '../../../src/posthog/link/copy/copyState.ts'
import { seedKey, seedOrganization, seedProject, seedUser } from '../seed.ts'
import { createRandom } from './random.ts'
import { type Difference, findDifferences } from './sameRows.ts'
import { type Service, startService } from './serviceProcess.ts'
import type { StandInDone, StandInOrder, StandInReady } from './standIn.ts'
import { type WriteFigures, writers } from './writers.ts'

export interface StormOptions {
  /** `DATABASE_URL` or `DATA_DIR`, of a database without rows. */
  place: Record<string, string>
  /** Changes in PostHog. */
  changes: number
  kills: number
  /** The kills of them during the first copy. */
  killsOfCopy: number
  seed: number
  flags: number
  experiments: number
  /** Whether a killed server's lease is waited for, as in real life, or ended by hand. */
  waitsForLease: boolean
  say?(line: string): void
}

export interface StormResult {
  changes: number
  kills: number
  /** Rows that were shown before the first copy was complete. */
  halfMade: number
  /** The rows that the first copy had when the service was killed during it. It went on from there. -1 if it was complete. */
  keptRows: number[]
  /** After the storm, without a full comparison: flags and experiments. */
  followed: { rows: number; fields: number; differences: Difference[] }
  /** After a full comparison: everything. */
  compared: { rows: number; fields: number; differences: Difference[] }
  writes: WriteFigures
  /** What the link says in the end. */
  lastError: string | null
  requests: number
  seconds: number
}

const silentChanges = 10
const timeoutSeconds = 3
/** Whatever takes longer hangs. A request of the service may take ten seconds. */
const maxAnswerMs = 60_000
const jobSeconds = 2
/** A job clears up the writes of a killed server, after four time-outs. Following leaves their rows alone until then. */
const clearedUpAfterMs = (4 * timeoutSeconds + 2 * jobSeconds) * 1_000

/**
 * A storm: PostHog changes and misbehaves, mutations are sent through, and the service is killed and started again and again. In the end both
 * sides are compared.
 */
export async function storm(options: StormOptions): Promise<StormResult> {
  const { place, kills, killsOfCopy, seed } = options
  const began = performance.now()
  const story: string[] = []
  const say = (line: string) => {
    story.push(`${((performance.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`)
    options.say?.(story.at(-1) ?? '')
  }
  const random = createRandom(seed)
  const standIn = await startStandIn(options)
  const { upstream } = standIn
  const withDatabase = async <Result>(work: (db: Db) => Promise<Result>): Promise<Result> => {
    const { db, close } = await openDatabase(readConfig(place), createLogger({ logLevel: 'fatal' }))
    return work(db).finally(close)
  }
  const { project, key } = await withDatabase(async (db) => {
    const organization = await seedOrganization(db)
    const admin = await seedUser(db, organization, { level: 15, email: upstream.email })
    return { project: await seedProject(db, organization), key: await seedKey(db, admin) }
  })
  const settings = {
    ...place,
    ...{
      LINK_ENCRYPTION_KEY: '0f'.repeat(32),
      LINK_ALLOW_PRIVATE_HOSTS: 'true',
      LINK_POLL_SECONDS: '1',
      LINK_TIMEOUT_SECONDS: `${timeoutSeconds}`,
    },
    ...{
      LINK_REQUESTS_PER_MINUTE: '1000000',
      LINK_REQUESTS_PER_HOUR: '10000000',
      JOBS_INTERVAL_SECONDS: `${jobSeconds}`,
      LOG_LEVEL: 'error',
    },
    ...{ RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_PER_HOUR: '0', COST_LIMIT_PER_MINUTE: '0', MUTATION_LIMIT_PER_MINUTE: '0' },
  }
  let service: Service | null = null
  const start = async () => {
    service = await startService(settings)
    return service
  }
  const ask = (query: string, variables: object = {}) => askService(service?.url ?? '', key, query, variables)
  const projectState = `query { project(id: ${project.id}) { featureFlags(first: 1) { totalCount } link { state lastSyncAt lastError reconciledAt } } }`
  let killed = 0
  const kill = async () => {
    await service?.kill()
    killed++
    if (!options.waitsForLease) await withDatabase((db) => db.projectLink.updateMany({ data: { leaseExpiresAt: new Date(0) } }))
  }
  let halfMade = 0
  const keptRows: number[] = []
  try {
    await start()
    const input = { projectId: String(project.id), host: upstream.origin, upstreamProjectId: upstream.project, key: upstream.key }
    const linked = await ask(
      `mutation ($input: LinkProjectInput!) { linkProject(input: $input) { __typename ... on Error { message } } }`,
      {
        input: { ...input, mode: 'WRITE_THROUGH' },
      },
    )
    if (JSON.stringify(linked).includes('LinkProjectSuccess') === false) throw new Error(`Not linked: ${JSON.stringify(linked)}`)

    // The first copy.
    await standIn.order({ do: 'misbehave' })
    for (let life = 0; life < killsOfCopy; life++) {
      if (life > 0) await start()
      // It has begun, or goes on.
      const rowsBefore = Math.max(0, keptRows.at(-1) ?? 0)
      const progress = () =>
        ask(`{ project(id: ${project.id}) { link { lastSyncAt progress { rows } } } }`).then(({ data }) => data?.project?.link)
      const isFurther = (link: { lastSyncAt: unknown; progress: { rows: number } | null } | null) =>
        link?.lastSyncAt != null || (link?.progress?.rows ?? 0) > rowsBefore
      await until('the first copy to go on', async () => isFurther(await progress()), 60)
      await sleep(random.below(300))
      await kill()
      halfMade += await withDatabase(async (db) => {
        const { copiedAt, copy } = await db.projectLink.findUniqueOrThrow({ where: { projectId: project.id } })
        keptRows.push(copiedAt === null ? parseCopyState(copy).rows : -1)
        return copiedAt === null ? (await db.featureFlag.count()) + (await db.experiment.count()) + (await db.holdout.count()) : 0
      })
      say(`killed during the first copy (${killed})`)
    }
    await start()
    const isCopied = () => ask(projectState).then(({ data }) => data?.project?.link?.lastSyncAt != null)
    await until('the first copy', isCopied, 300)
    say('copied')

    // Following, and writing through.
    const { send, inspect: inspectWrites, done } = writers(project.id, key, seed)
    const lives = kills - killsOfCopy + 1
    const each = Math.ceil(options.changes / lives)
    let changed = 0
    for (let life = 1; life <= lives; life++) {
      if (life > 1) await start()
      const { url, isRunning } = service as unknown as Service
      const writing = [0, 1, 2, 3].map(async () => {
        while (isRunning()) await send(url)
      })
      for (const goal = Math.min(options.changes, changed + each); changed < goal; ) {
        const some = Math.min(goal - changed, 1 + random.below(12))
        await standIn.order({ do: 'change', count: some })
        changed += some
        await sleep(50 + random.below(300))
      }
      const doneBefore = done()
      await until('writes', async () => done() >= doneBefore + 3, 15).catch(() => say('few writes'))
      // At any point of a round, of a store, or of a write.
      await sleep(random.below(2_000))
      if (life < lives) await kill()
      else await sleep(2_000).then(() => service?.kill())
      await Promise.all(writing)
      say(`${changed} changes, killed ${killed} times`)
    }

    // It is calm again.
    await standIn.order({ do: 'behave' })
    const unsettled = await withDatabase(async (db) => {
      if (!options.waitsForLease) await db.projectLink.updateMany({ data: { leaseExpiresAt: new Date(0), nextRoundAt: new Date(0) } })
      return db.linkOperation.findFirst({ where: { state: { in: ['sent', 'unknown'] } }, orderBy: { createdAt: 'desc' } })
    })
    await start()
    const inStep = async (name: string) => {
      const since = new Date(Math.max(Date.now(), (unsettled?.createdAt.getTime() ?? 0) + clearedUpAfterMs))
      // The round that began before does not count.
      for (let rounds = 0, last: string | null = null; rounds < 2; ) {
        let now: string | null = null
        await until(
          name,
          async () => {
            const link = (await ask(projectState)).data?.project?.link
            now = link?.lastSyncAt ?? null
            return now !== null && now !== last && new Date(now) > since
          },
          120,
        )
        last = now
        rounds++
      }
    }
    await inStep('following')
    await (service as Service | null)?.kill()
    const followed = await withDatabase((db) => findDifferences(db, project.id, upstream, ['feature_flags', 'experiments']))
    say(`followed: ${followed.differences.length} differences`)

    await standIn.order({ do: 'changeSilently', count: silentChanges })
    await withDatabase((db) => db.projectLink.updateMany({ data: { leaseExpiresAt: new Date(0), nextRoundAt: new Date(0) } }))
    await start()
    await ask(`mutation { resyncProject(input: { projectId: "${project.id}" }) { __typename } }`)
    await inStep('the full comparison')
    await (service as Service | null)?.kill()
    const { compared, lastError, open } = await withDatabase(async (db) => ({
      compared: await findDifferences(db, project.id, upstream),
      lastError: (await db.projectLink.findUniqueOrThrow({ where: { projectId: project.id } })).lastError,
      open: await db.linkOperation.count({ where: { state: { in: ['sent', 'unknown'] } } }),
    }))
    if (open > 0) say(`${open} operations are still open`)
    const writes = await inspectWrites(upstream)
    const { requests } = await standIn.order({ do: 'count' })
    const seconds = Math.round((performance.now() - began) / 1_000)
    return { changes: changed, kills: killed, halfMade, keptRows, followed, compared, writes, lastError, requests, seconds }
  } catch (error) {
    say(String(error))
    const link = await withDatabase((db) => db.projectLink.findFirst({ omit: { encryptedKey: true } }))
    const open = await withDatabase((db) => db.linkOperation.findMany({ where: { state: { in: ['sent', 'unknown'] } }, take: 3 }))
    const output = (service as Service | null)?.output() ?? ''
    throw new Error([...story, inspect({ link, open }, { depth: 4 }), output].join('\n'), { cause: error })
  } finally {
    await (service as Service | null)?.kill()
    standIn.stop()
  }
}

async function startStandIn({ seed, flags, experiments }: StormOptions) {
  const child = fork(fileURLToPath(new URL('standIn.ts', import.meta.url)), [seed, flags, experiments].map(String))
  const ended = new AbortController()
  child.once('exit', (code) => ended.abort(new Error(`The stand-in of PostHog ended with ${code}.`)))
  const answer = () => once(child, 'message', { signal: AbortSignal.any([ended.signal, AbortSignal.timeout(maxAnswerMs)]) })
  const [ready] = (await answer()) as [StandInReady]
  return {
    upstream: ready,
    async order(order: StandInOrder): Promise<StandInDone> {
      const done = answer()
      child.send(order)
      return ((await done) as [StandInDone])[0]
    },
    stop: () => child.disconnect(),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: The answer is what the query asks for.
async function askService(url: string, key: string, query: string, variables: object): Promise<{ data?: any; errors?: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(maxAnswerMs),
  })
  return (await response.json()) as object
}

async function until(what: string, isSo: () => Promise<boolean>, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Waited ${seconds} seconds for ${what}.`)
    await sleep(200)
  }
}

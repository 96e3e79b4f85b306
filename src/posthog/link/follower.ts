import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Database } from '../../database/database.ts'
import type { ProjectLink } from '../../database/generated/client.ts'
import type { Observer } from '../../platform/activity.ts'
import type { Logger } from '../../platform/logger.ts'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import { UpstreamError } from '../../platform/upstreamError.ts'
import { leftForFollowing } from './connect/budget.ts'
import { LeaseLostError, type LeftOut, leaseMs, releaseLease, renewLease, takeDueLink, withLease } from './connect/lease.ts'
import type { LinkClients, LinkSettings } from './connect/linkClients.ts'
import type { CopyState } from './copy/copyState.ts'
import { importStaged } from './copy/importStaged.ts'
import { stageProject } from './copy/stageRows.ts'
import { type Marks, parseMarks } from './follow/marks.ts'
import { busySeconds, type Demand, nextRound, paceOf } from './follow/pace.ts'
import { followOnce, isStop } from './follow/round.ts'
import type { RoundContext } from './follow/roundContext.ts'
import { failureSeconds } from './follow/rules.ts'

const noRows = { stored: 0, deleted: 0, skipped: 0 }
/** Links that one server works on at a time. Each mostly waits for PostHog. */
const parallelLinks = 16
/** Those of them with one key. More would only wait for its limits. */
const parallelOfKey = 4
/** Those of them whose last round failed. If PostHog does not answer, each takes until the time-out. */
const parallelFailing = 4
/** Rows whose last content one server remembers, of all its links. */
const maxSeenRows = 50_000
/** A link whose key was revoked, or that lost a scope, tries again now and then: somebody may have mended it. */
const stoppedSeconds = 600

export interface FollowerOptions {
  database: Database
  clients: LinkClients
  settings: Pick<LinkSettings, 'linkPollSeconds' | 'linkTimeoutSeconds' | 'linkRequestsPerMinute' | 'linkRequestsPerHour'>
  log: Logger
  observer?: Observer | undefined
  onProgress?(projectId: number, state: CopyState): void
}

/** Does the work of links: the first copy, and following. */
export interface Follower {
  holder: string
  /** Works on all links that are due and that no other server has. Returns how many. */
  runDue(): Promise<number>
  /** Works on a link whose lease this follower has. */
  run(link: ProjectLink): Promise<void>
  /** Ends requests and waits that are under way. Nothing is half written. */
  stop(): Promise<void>
}

export function createFollower({ database, clients, settings, log, observer, onProgress }: FollowerOptions): Follower {
  const { db } = database
  const { timing } = clients
  const holder = randomUUID()
  // A size instead of `max`, which takes the memory of all entries at once.
  const seen = new LRUCache<string, string>({ maxSize: maxSeenRows, sizeCalculation: () => 1 })
  const running = new Map<Promise<void>, ProjectLink>()
  const stopping = new AbortController()

  async function run(link: ProjectLink): Promise<void> {
    const { projectId } = link
    const startedAt = timing.clock()
    // Renewed by the real time, because a request that hangs does not stop it.
    const lost = new AbortController()
    const heartbeat = setInterval(() => {
      renewLease(database, projectId, holder, timing.clock()).then(
        (held) => held || lost.abort(new LeaseLostError()),
        () => {},
      )
    }, leaseMs / 3)
    heartbeat.unref()
    const signal = AbortSignal.any([stopping.signal, lost.signal])
    const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1_000)
    let next = after(settings.linkPollSeconds)
    let gotFurther = false
    try {
      next = await workOn(link, signal, () => {
        gotFurther = true
      })
    } catch (error) {
      if (signal.aborted || error instanceof LeaseLostError) return
      observer?.onLinkRound?.({ result: 'failed', ...noRows })
      next = after(await keepFailure(link, error, gotFurther))
    } finally {
      clearInterval(heartbeat)
      if (!lost.signal.aborted) await giveBack(projectId, next).catch(() => {})
    }
  }

  /** Returns when the next round is due. */
  async function workOn(link: ProjectLink, signal: AbortSignal, onStaged: () => void): Promise<Date> {
    const { projectId } = link
    // After a failure, one attempt shows whether it is over.
    const client = clients.ofLink(link, signal).with({ signal, ...(link.failures > 0 ? { attempts: 1 } : {}) })
    if (link.copiedAt === null) {
      const copying = {
        ...{ database, link, holder, now: timing.clock, client: client.with({ purpose: 'copy', signal }) },
        wait: (ms: number) => timing.wait(ms, signal),
        onProgress: (state: CopyState) => onProgress?.(projectId, state),
        onStaged,
      }
      const state = await stageProject(copying)
      const written = await importStaged(copying, state)
      observer?.onLinkRound?.({ result: 'ok', ...noRows, stored: written })
      log.info({ projectId, rows: written }, 'Link: the first copy is done.')
      return timing.clock()
    }
    const marks = parseMarks(link.marks)
    const startedAt = timing.clock()
    const pace = paceOf(await demandOf(link, marks, startedAt))
    const context: RoundContext = {
      ...{ database, client, link, holder, log, now: timing.clock, marks, startedAt, pace },
      timeoutSeconds: settings.linkTimeoutSeconds,
      seen: prefixed(seen, projectId),
      changedBy: new Map(),
      counts: { stored: 0, deleted: 0, skipped: 0 },
    }
    try {
      const { repairs, problem } = await followOnce(context)
      if (context.counts.stored + context.counts.deleted > 0) marks.changedAt = startedAt.toISOString()
      await keepSuccess(context, repairs, problem)
      observer?.onLinkRound?.({ result: 'ok', ...context.counts })
      if (repairs !== null) log.info({ projectId, repairs }, 'Link: all rows were compared with PostHog.')
    } catch (error) {
      // What was read before the failure is stored, and need not be read again.
      if (!signal.aborted) await keepMarks(context)
      throw error
    }
    return nextRound(marks, pace, startedAt)
  }

  /** What the links with the same key need, and what its limits leave them. */
  async function demandOf({ keyHash }: ProjectLink, { changedAt, log: activityLog }: Marks, now: Date): Promise<Demand> {
    const since = new Date(now.getTime() - busySeconds * 1_000).toISOString()
    const [row = { links: 1, busy: 0, copying: 0 }] = await db.$queryRaw<Pick<Demand, 'links' | 'busy' | 'copying'>[]>`
      SELECT (count(*) FILTER (WHERE state = 'following'))::int AS links, (count(*) FILTER (WHERE state = 'copying'))::int AS copying,
        (count(*) FILTER (WHERE state = 'following' AND marks ->> 'changedAt' > ${since}))::int AS busy
      FROM project_links WHERE key_hash = ${keyHash} AND state IN ('following', 'copying')`
    const { linkPollSeconds: pollSeconds, linkRequestsPerHour: perHour, linkRequestsPerMinute: perMinute } = settings
    const left = await leftForFollowing(db, keyHash, { perMinute, perHour }, now)
    const requestsPerHour = Math.min(perHour, perMinute * 60)
    return { ...row, isBusy: changedAt !== null && changedAt > since, hasLog: !activityLog.off, pollSeconds, requestsPerHour, left }
  }

  /** What may not be taken now, because too much like it is under way. */
  function leftOut(): LeftOut {
    const links = [...running.values()]
    const ofKeys = Map.groupBy(links, ({ keyHash }) => keyHash)
    return {
      keyHashes: [...ofKeys].flatMap(([keyHash, ofKey]) => (ofKey.length >= parallelOfKey ? [keyHash] : [])),
      failing: links.filter(({ failures }) => failures > 0).length >= parallelFailing,
    }
  }

  const keepMarks = ({ link: { projectId }, marks }: RoundContext) =>
    withLease(database, projectId, holder, ({ tx }) => tx.projectLink.update({ where: { projectId }, data: { marks } }))

  async function keepSuccess(context: RoundContext, repairs: number | null, problem: string | null): Promise<void> {
    const { link, marks } = context
    const { projectId } = link
    const now = timing.clock()
    await withLease(database, projectId, holder, async ({ tx }) => {
      const behindBy = await tx.linkHint.count({ where: { projectId } })
      await tx.projectLink.update({
        where: { projectId },
        data: {
          ...{ marks, behindBy, state: 'following', failures: 0, lastSyncAt: now, updatedAt: now },
          ...{ lastError: problem, lastErrorAt: problem === null ? null : now },
          ...(repairs === null ? {} : { reconciledAt: now, lastRepairs: repairs }),
        },
      })
      // A request that came meanwhile stays.
      if (repairs !== null && link.resyncRequestedAt !== null) {
        const where = { projectId, resyncRequestedAt: { lte: link.resyncRequestedAt } }
        await tx.projectLink.updateMany({ where, data: { resyncRequestedAt: null } })
      }
    })
  }

  /** Keeps what went wrong, for people. Returns the seconds until the next attempt. */
  async function keepFailure(link: ProjectLink, error: unknown, gotFurther: boolean): Promise<number> {
    const { projectId } = link
    const isKnown = error instanceof UpstreamError || error instanceof OperatorError
    // A first copy that gets on between its failures would else wait longer and longer.
    const failures = gotFurther ? 1 : link.failures + 1
    const stops = isStop(error) || error instanceof OperatorError
    const message = isKnown ? error.message.slice(0, 1_000) : 'The round failed. The log of the server says why.'
    if (isKnown) log.warn({ projectId, failures, reason: message }, 'Link: the round failed. It is tried again.')
    else log.error({ err: error, projectId, failures }, 'Link: the round failed. It is tried again.')
    const now = timing.clock()
    const state = stops ? 'stopped' : link.copiedAt === null ? 'copying' : 'failing'
    await db.projectLink
      .updateMany({
        where: { projectId, leaseHolder: holder },
        data: { state, failures, lastError: message, lastErrorAt: now, updatedAt: now },
      })
      .catch((reason: unknown) => log.warn({ projectId, reason: errorMessage(reason) }, 'Link: the failure could not be stored.'))
    if (stops) return stoppedSeconds
    return failureSeconds(failures, settings.linkPollSeconds, error instanceof UpstreamError ? error.retryAfter : null, timing.random())
  }

  async function giveBack(projectId: number, next: Date): Promise<void> {
    const [hint] = await db.linkHint.findMany({ where: { projectId }, orderBy: { dueAt: 'asc' }, take: 1, select: { dueAt: true } })
    const soonest = hint !== undefined && hint.dueAt < next ? new Date(Math.max(hint.dueAt.getTime(), timing.clock().getTime())) : next
    const link = await db.projectLink.findUnique({ where: { projectId }, select: { resyncRequestedAt: true, failures: true } })
    const isAsked = link !== null && link.resyncRequestedAt !== null && link.failures === 0
    const now = timing.clock().getTime()
    // Later than now, so that the run that is under way is not the one that takes it again.
    await releaseLease(database, projectId, holder, new Date(Math.max(isAsked ? now : soonest.getTime(), now + 1)))
  }

  return {
    holder,
    run,
    runDue: async () => {
      let count = 0
      const workers: Promise<void>[] = []
      // A link that is due again meanwhile is for the next run.
      const dueBy = timing.clock()
      const work = async () => {
        while (!stopping.signal.aborted && running.size < parallelLinks) {
          const link = await takeDueLink(database, holder, timing.clock(), { ...leftOut(), dueBy })
          if (link === null) return
          count++
          const round = run(link).finally(() => running.delete(round))
          running.set(round, link)
          workers.push(work())
          await round
        }
      }
      workers.push(work())
      // Each worker starts another one, as long as there is something to do.
      for (const worker of workers) await worker
      return count
    },
    stop: async () => {
      stopping.abort(new Error('The server stops.'))
      await Promise.allSettled(running.keys())
    },
  }
}

/** One cache for all links, so that many links together remember no more than a few would. */
function prefixed(cache: LRUCache<string, string>, projectId: number): RoundContext['seen'] {
  return {
    get: (key) => cache.get(`${projectId}:${key}`),
    set: (key, value) => void cache.set(`${projectId}:${key}`, value),
    delete: (key) => void cache.delete(`${projectId}:${key}`),
  }
}

/** How often a server looks for links that are due, in milliseconds. */
const lookMs = 1_000

/** Runs a follower until it is stopped. Nothing is done if LINK_POLL_SECONDS is 0. */
export function startFollower(options: FollowerOptions): () => Promise<void> {
  const follower = createFollower(options)
  if (options.settings.linkPollSeconds === 0) return follower.stop
  let failing = false
  const look = () => {
    // Not awaited: a link that takes long does not keep others waiting.
    follower.runDue().then(
      () => {
        failing = false
      },
      (err: unknown) => {
        if (!failing) options.log.error({ err }, 'Links: the database cannot be asked which are due.')
        failing = true
      },
    )
  }
  const timer = setInterval(look, lookMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await follower.stop()
  }
}

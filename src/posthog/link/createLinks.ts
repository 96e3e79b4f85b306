import type { LinkCheck, LinkRequest, Upstream } from '../../commands/upstream.ts'
import type { UpstreamWriter } from '../../commands/upstreamWriter.ts'
import type { ReadClient } from '../../database/client.ts'
import type { Database } from '../../database/database.ts'
import type { EventSource, ProjectLink } from '../../database/generated/client.ts'
import { isWriteConflict, withTransaction } from '../../database/transaction.ts'
import type { Logger } from '../../platform/logger.ts'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import { typedCommand } from '../../platform/program/typedCommand.ts'
import { hashSecret } from '../../platform/secrets/secretBox.ts'
import { UpstreamError } from '../../platform/upstreamError.ts'
import { assertReadsEvents, checkTarget, eventPermission, mayReadEvents, missingForLink, unreadableKinds } from './connect/check.ts'
import { refuseForeignRows } from './connect/foreignRows.ts'
import { removeHook, setUpHook } from './connect/hooks.ts'
import { leaseMs } from './connect/lease.ts'
import type { LinkClients } from './connect/linkClients.ts'

/** Links, without the writes to PostHog. */
export type Links = Omit<Upstream, keyof UpstreamWriter | 'keyMask' | 'link'> & {
  /** @param leaseHolder who makes the first copy; by default, the next server that looks */
  link(request: LinkRequest, leaseHolder?: string): ReturnType<Upstream['link']>
  /** Encrypts all stored keys with the current key. Returns how many there were. */
  rotateKeys(): Promise<number>
}

interface LinksOptions {
  database: Database
  clients: LinkClients
  publicUrl: string | null
  log: Logger
}

export function createLinks({ database, clients, publicUrl, log }: LinksOptions): Links {
  const { db } = database
  const { secretBox, timing } = clients
  const links: Links = {
    modeOf: async (tx, projectId) => (await tx.projectLink.findUnique({ where: { projectId }, select: { mode: true } }))?.mode ?? null,
    check: async ({ host, upstreamProjectId, key }) =>
      checkTarget(clients.ofKey(host, key.trim()), clients.queriesOfKey(host, key.trim()), { upstreamProjectId }),
    anotherKey: async ({ projectId, host, upstreamProjectId }, text, events) => {
      const key = text.trim()
      const encryptedKey = secretBox.seal(projectId, key)
      const check = await links.check({ host, upstreamProjectId, key })
      const missing = missingForLink(check)
      if (missing !== null) throw new UpstreamError(missing, { kind: 'forbidden', status: 403 })
      if (events === 'posthog') assertReadsEvents(check)
      const now = timing.clock()
      const unreadable = unreadableKinds(check)
      return { encryptedKey, keyHash: hashSecret(key), unreadable, failures: 0, nextRoundAt: now, resyncRequestedAt: now }
    },
    assertReadsEvents: async (link) => {
      const permission = await eventPermission(clients.queriesOfLink(link), link)
      assertReadsEvents({ permissions: [permission] })
    },
    encryptKey: (projectId, key) => secretBox.seal(projectId, key.trim()),

    link: async (request, leaseHolder) => {
      const { projectId, upstreamProjectId, mode, localApprovals = false, userId = null } = request
      const key = request.key.trim()
      // First, so that nobody waits for PostHog to be told of a missing setting.
      const encryptedKey = secretBox.seal(projectId, key)
      const host = clients.originOf(request.host)
      await refuseSecondLink(db, projectId, host, upstreamProjectId)
      const check = await links.check({ host, upstreamProjectId, key })
      const missing = missingForLink(check)
      if (missing !== null) throw new UpstreamError(missing, { kind: 'forbidden', status: 403 })
      await refuseForeignRows(db, clients.ofKey(host, key), { projectId, upstreamProjectId })
      const eventSource = await chooseEvents(database, projectId, request.events ?? null, check)
      const now = timing.clock()
      const lease = leaseHolder === undefined ? {} : { leaseHolder, leaseExpiresAt: new Date(now.getTime() + leaseMs) }
      const data = {
        ...{ projectId, mode, host, upstreamProjectId, encryptedKey, keyHash: hashSecret(key), localApprovals, createdById: userId },
        ...{ upstreamOrganizationId: check.upstreamProject.organizationId, unreadable: unreadableKinds(check) },
        ...{ createdAt: now, updatedAt: now, nextRoundAt: now, ...lease },
      }
      let link = await db
        .$transaction(async (tx) => {
          // Two who link projects of theirs to the same one at once: one is told so.
          await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`link ${host} ${upstreamProjectId}`}::text))`
          await refuseSecondLink(tx, projectId, host, upstreamProjectId)
          await tx.project.update({ where: { id: projectId }, data: { eventSource }, select: { id: true } })
          return tx.projectLink.create({ data })
        })
        .catch((error: unknown) => {
          throw isWriteConflict(error) ? alreadyLinked(projectId) : error
        })
      const mayHook = check.permissions.some(({ kind, canWrite }) => kind === 'webhook' && canWrite === true)
      if (publicUrl !== null && mayHook) link = await addHook(link, publicUrl)
      return { link, check }
    },

    unlink: async (projectId) => {
      const link = await db.projectLink.findUnique({ where: { projectId } })
      if (link === null) return false
      // A key that was revoked cannot remove it any more. The webhook then calls an address that knows it no more.
      await Promise.resolve()
        .then(() => removeHook(clients.ofLink(link), link))
        .catch((error: unknown) => log.warn({ projectId, reason: errorMessage(error) }, 'Link: the webhook in PostHog was not removed.'))
      await withTransaction(database, async ({ tx }) => {
        const now = timing.clock()
        // Open requests can be decided in PostHog only. Policies guard the project here from now on.
        await tx.changeRequest.updateMany({
          where: { projectId, importedId: { not: null }, state: { in: ['PENDING', 'APPROVED'] } },
          data: { state: 'EXPIRED', updatedAt: now },
        })
        await tx.approvalPolicy.updateMany({ where: { projectId, importedId: { not: null } }, data: { importedId: null } })
        await tx.projectLink.deleteMany({ where: { projectId } })
        await tx.project.update({ where: { id: projectId }, data: { eventSource: 'stored' }, select: { id: true } })
      })
      return true
    },

    resync: async (projectId) => {
      const now = timing.clock()
      const { count } = await db.projectLink.updateMany({
        where: { projectId },
        data: { resyncRequestedAt: now, nextRoundAt: now, failures: 0, updatedAt: now },
      })
      return count === 0 ? null : db.projectLink.findUnique({ where: { projectId } })
    },

    rotateKeys: async () => {
      let rotated = 0
      for (const { projectId, encryptedKey } of await db.projectLink.findMany({ select: { projectId: true, encryptedKey: true } })) {
        if (secretBox.isCurrent(encryptedKey)) continue
        const sealed = secretBox.seal(projectId, secretBox.open(projectId, encryptedKey))
        await db.projectLink.updateMany({ where: { projectId, encryptedKey }, data: { encryptedKey: sealed } })
        rotated++
      }
      for (const { userId, projectId, encryptedKey } of await db.upstreamKey.findMany()) {
        if (secretBox.isCurrent(encryptedKey)) continue
        const sealed = secretBox.seal(projectId, secretBox.open(projectId, encryptedKey))
        await db.upstreamKey.updateMany({ where: { userId, projectId, encryptedKey }, data: { encryptedKey: sealed } })
        rotated++
      }
      return rotated
    },
  }

  /** Without it, changes come by polling: a little later, and as surely. */
  async function addHook(link: ProjectLink, url: string): Promise<ProjectLink> {
    try {
      const hook = await setUpHook(clients.ofLink(link), link, url)
      return await db.projectLink.update({ where: { projectId: link.projectId }, data: hook })
    } catch (error) {
      log.warn({ projectId: link.projectId, reason: errorMessage(error) }, 'Link: no webhook was set up in PostHog. Polling goes on.')
      return link
    }
  }

  return links
}

/** Where events are read: as asked, else here if there are any, or if the key may not ask for those of PostHog. */
async function chooseEvents(database: Database, projectId: number, asked: EventSource | null, check: LinkCheck): Promise<EventSource> {
  if (asked === 'posthog') assertReadsEvents(check)
  if (asked !== null) return asked
  return mayReadEvents(check) && !(await hasOwnEvents(database, projectId)) ? 'posthog' : 'stored'
}

async function hasOwnEvents({ db, eventsElsewhere }: Database, projectId: number): Promise<boolean> {
  const store = eventsElsewhere?.storeOf(projectId) ?? null
  if (store !== null) return (await store.findNames('', 1)).length > 0
  return (await db.event.findFirst({ where: { projectId }, select: { id: true } })) !== null
}

const alreadyLinked = (projectId: number) =>
  new OperatorError(`Project ${projectId} is linked already. \`${typedCommand(`link unlink --project ${projectId}`)}\` ends that.`)

async function refuseSecondLink(db: ReadClient, projectId: number, host: string, upstreamProjectId: number): Promise<void> {
  const project = await db.project.findUnique({ where: { id: projectId }, include: { link: { select: { projectId: true } } } })
  if (project === null) throw new OperatorError(`There is no project ${projectId}.`)
  if (project.link !== null) throw alreadyLinked(projectId)
  const other = await db.projectLink.findFirst({ where: { host, upstreamProjectId, project: { organizationId: project.organizationId } } })
  if (other !== null) {
    throw new OperatorError(
      `Project ${upstreamProjectId} of ${new URL(host).host} is linked already, with project ${other.projectId} here.`,
    )
  }
}

import pLimit from 'p-limit'
import type { z } from 'zod'
import type { LinkCheck, LinkPermission, LinkTarget } from '../../../commands/upstream.ts'
import { asObject, isObject } from '../../../platform/json.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { PostHogClient } from '../../client/postHogClient.ts'
import { anotherShape, timedOut } from '../../client/retries.ts'
import { pageShape, projectShape, userShape } from '../../client/shapes.ts'
import { type Kind, kinds } from '../store/kinds.ts'
import { listPath, projectPath, type UpstreamPlace } from './upstreamPaths.ts'

/** A person waits for the answer, whose request has a time limit of its own: a host that is silent is told of before that. */
const hurry = { attempts: 2, timeoutSeconds: 4 } as const
/** One after the other, thirty questions would take too long. */
const parallelQuestions = 6

/**
 * Asks PostHog what a key may do. Reads only, and writes to rows that cannot exist.
 *
 * @param queryClient the client for the query endpoint, which has limits of its own
 */
export async function checkTarget(
  patientClient: PostHogClient,
  queryClient: PostHogClient,
  { upstreamProjectId }: Pick<LinkTarget, 'upstreamProjectId'>,
): Promise<LinkCheck> {
  const client = patientClient.with(hurry)
  const owner = await ownerOf(client)
  const project = await readProject(client, upstreamProjectId)
  const organizationId = project.organization ?? null
  const place = { upstreamProjectId, upstreamOrganizationId: organizationId }
  const limit = pLimit(parallelQuestions)
  const ofKind = async (kind: Kind): Promise<LinkPermission> => ({
    ...(await readPermission(client, kind, place)),
    ...(await writePermission(client, kind, place)),
  })
  const permissions = await Promise.all([
    ...kinds.map((kind) => limit(() => ofKind(kind))),
    limit(() => eventPermission(queryClient, place)),
    limit(() => hookPermission(client, place)),
  ]).finally(() => limit.clearQueue())
  return {
    upstreamProject: { id: project.id, name: project.name, organizationId, timezone: project.timezone ?? null },
    keyOwner: owner,
    permissions,
  }
}

/** The e-mail address of the key's owner. A key without the scope for it can be of use all the same. */
async function ownerOf(client: PostHogClient): Promise<string | null> {
  try {
    const { body } = await client.get('/api/users/@me/', userShape)
    return body.email ?? null
  } catch (error) {
    if (error instanceof UpstreamError && ['forbidden', 'not_found', 'no_endpoint'].includes(error.kind)) return null
    if (error instanceof UpstreamError && error.kind === 'unauthenticated') {
      throw new UpstreamError('PostHog does not know the key. Make a personal API key there, and give that.', {
        kind: 'unauthenticated',
        status: 401,
      })
    }
    throw error
  }
}

async function readProject(client: PostHogClient, id: number): Promise<z.infer<typeof projectShape>> {
  try {
    return (await client.get(projectPath(id), projectShape)).body
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const { kind, status, missingScope } = error
    if (kind === 'forbidden' && missingScope !== null) {
      throw new UpstreamError(`The key lacks the scope ${missingScope}, which reads the project.`, { kind, status })
    }
    if (kind === 'not_found' || kind === 'forbidden') {
      throw new UpstreamError(`PostHog has no project ${id} that the key may see. Use the number in the address of the project.`, {
        kind,
        status,
      })
    }
    if (kind === 'no_endpoint' || kind === 'malformed') {
      throw new UpstreamError('The host does not answer as PostHog does. Is it right?', { kind, status })
    }
    throw error
  }
}

async function readPermission(
  client: PostHogClient,
  kind: Kind,
  place: UpstreamPlace,
): Promise<Pick<LinkPermission, 'kind' | 'canRead' | 'missingReadScope' | 'readProblem'>> {
  const path = listPath(kind, place)
  const refused = (missingReadScope: string | null, readProblem: string | null) => ({
    ...{ kind: kind.label, canRead: false, missingReadScope, readProblem },
  })
  if (path === null) return refused(null, 'PostHog does not say which organization the project belongs to')
  try {
    await client.get(path, pageShape, kind.paged ? { limit: 1 } : {})
    return { kind: kind.label, canRead: true, missingReadScope: null, readProblem: null }
  } catch (error) {
    if (!(error instanceof UpstreamError) || saysNothing(error) || (kind.required && error.kind === 'malformed')) throw error
    if (error.kind === 'forbidden') return refused(error.missingScope ?? kind.readScope, null)
    return refused(null, problemOf(error))
  }
}

/** Whether an error says nothing about the key: it passes. PostHog's own answer of another shape does not. */
function saysNothing({ kind, code }: UpstreamError): boolean {
  return kind === 'unavailable' || kind === 'throttled' || (kind === 'malformed' && code !== anotherShape)
}

function problemOf({ kind, status }: UpstreamError): string {
  if (kind === 'payment_required') return 'the plan of the organization does not have it'
  if (kind === 'not_found' || kind === 'no_endpoint') return 'this PostHog does not have it'
  return `PostHog answered ${status ?? 'in another form'}`
}

/** Nothing has these ids, so the requests change nothing. Permission is checked before the row is looked for. */
const noRow: Readonly<Record<string, string>> = {
  policies: '00000000-0000-0000-0000-000000000000',
  change_requests: '00000000-0000-0000-0000-000000000000',
}

async function writePermission(
  client: PostHogClient,
  kind: Kind,
  place: UpstreamPlace,
): Promise<Pick<LinkPermission, 'canWrite' | 'missingWriteScope'>> {
  const path = listPath(kind, place)
  if (kind.writeScope === null || path === null) return { canWrite: null, missingWriteScope: null }
  const id = noRow[kind.name] ?? '0'
  const call =
    kind.name === 'change_requests'
      ? ({ method: 'POST', path: `${path}${id}/cancel/`, body: {} } as const)
      : ({ method: 'PATCH', path: `${path}${id}/`, body: {} } as const)
  return probeWrite(client, call, kind.writeScope)
}

/** As people call the events that PostHog's query endpoint answers. */
const eventsLabel = 'events'

/** Whether a key may ask for events. */
export async function eventPermission(
  patientClient: PostHogClient,
  { upstreamProjectId }: Pick<UpstreamPlace, 'upstreamProjectId'>,
): Promise<LinkPermission> {
  const client = patientClient.with(hurry)
  const known = (canRead: boolean, missingReadScope: string | null = null, readProblem: string | null = null) => ({
    ...{ kind: eventsLabel, canRead, missingReadScope, readProblem, canWrite: null, missingWriteScope: null },
  })
  try {
    const body = { query: { kind: 'HogQLQuery', query: "select event from events where event = '$feature_flag_called' limit 1" } }
    const answer = await client.send({ method: 'POST', path: projectPath(upstreamProjectId, 'query/'), body, repeatable: true })
    const { results, query_status: status } = asObject(answer.body) ?? {}
    if (results !== undefined || status !== undefined) return known(true)
    throw new UpstreamError('PostHog did not answer a query as it does.', { kind: 'malformed', status: answer.status })
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    if (error.kind === 'forbidden') return known(false, error.missingScope ?? 'query:read')
    if (mayAskNow(error)) return known(true)
    // Where events are read is decided once. What passes must not decide it.
    if (saysNothing(error)) throw error
    return known(false, null, problemOf(error))
  }
}

/** Whether a query failed that the key may ask: others with the key have asked too much, or the query itself failed or took long. */
function mayAskNow({ kind, code, body }: UpstreamError): boolean {
  return kind === 'throttled' || (kind === 'unavailable' && (code === timedOut || isObject(body)))
}

/** Whether the key may ask for events. */
export const mayReadEvents = ({ permissions }: LinkCheck) => permissions.some(({ kind, canRead }) => kind === eventsLabel && canRead)

/** @throws UpstreamError if the key may not ask for events. */
export function assertReadsEvents(check: Pick<LinkCheck, 'permissions'>): void {
  const { canRead, missingReadScope, readProblem } = check.permissions.find(({ kind }) => kind === eventsLabel) ?? { canRead: false }
  if (canRead) return
  const why = missingReadScope == null ? (readProblem ?? 'unknown') : `it needs the scope ${missingReadScope}`
  throw new UpstreamError(`The key may not ask PostHog for events: ${why}.`, { kind: 'forbidden', status: 403 })
}

async function hookPermission(client: PostHogClient, { upstreamProjectId }: UpstreamPlace): Promise<LinkPermission> {
  const path = projectPath(upstreamProjectId, 'hog_functions/00000000-0000-0000-0000-000000000000/')
  const write = await probeWrite(client, { method: 'PATCH', path, body: {} }, 'hog_function:write')
  return { kind: 'webhook', canRead: false, missingReadScope: null, readProblem: 'it is only set up', ...write }
}

async function probeWrite(
  client: PostHogClient,
  call: Parameters<PostHogClient['send']>[0],
  scope: string,
): Promise<Pick<LinkPermission, 'canWrite' | 'missingWriteScope'>> {
  try {
    await client.send({ ...call, repeatable: true })
    return { canWrite: true, missingWriteScope: null }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    if (error.kind === 'forbidden') return { canWrite: false, missingWriteScope: error.missingScope ?? scope }
    return { canWrite: error.kind === 'not_found' ? true : null, missingWriteScope: null }
  }
}

/** The kinds that the key may not read. */
export function unreadableKinds({ permissions }: LinkCheck): string[] {
  const refused = new Set(permissions.flatMap(({ kind, canRead }) => (canRead ? [] : [kind])))
  return kinds.filter(({ label }) => refused.has(label)).map(({ name }) => name)
}

/** The first list that a link cannot do without and that the key may not read. Null if it may read all. */
export function missingForLink({ permissions }: LinkCheck): string | null {
  for (const { label, required, readScope } of kinds) {
    const permission = permissions.find(({ kind }) => kind === label)
    if (required && permission?.canRead !== true)
      return `The key may not read ${label}: it needs the scope ${permission?.missingReadScope ?? readScope}.`
  }
  return null
}

/** The table of a check, for the command line: what can be read and written, and what is missing. */
export function checkTable({ permissions }: LinkCheck): string[][] {
  const rows = permissions.map(({ kind, canRead, missingReadScope, readProblem, canWrite, missingWriteScope }) => [
    kind,
    canRead ? 'yes' : missingReadScope === null ? `no: ${readProblem ?? 'unknown'}` : `no: the key lacks ${missingReadScope}`,
    canWrite === null ? '' : canWrite ? 'yes' : `no: the key lacks ${missingWriteScope ?? 'a scope'}`,
  ])
  return [['', 'can be read', 'can be written'], ...rows]
}

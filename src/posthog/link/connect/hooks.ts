import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Db } from '../../../database/client.ts'
import type { ProjectLink } from '../../../database/generated/client.ts'
import { asObject } from '../../../platform/json.ts'
import { hashSecret } from '../../../platform/secrets/secretBox.ts'
import type { PostHogClient } from '../../client/postHogClient.ts'
import type { KindName } from '../store/kinds.ts'
import { projectPath } from './upstreamPaths.ts'

/** PostHog writes its log after the change, and may read from a replica a moment later. */
const hintDelayMs = 1_500
/** Hints of a link that nobody has read yet. More are not kept: polling finds the rows too. */
const maxWaiting = 10_000

/** The header with the secret of a webhook. */
export const hookHeader = 'x-hook-token'

const scopes: Readonly<Record<string, KindName>> = {
  FeatureFlag: 'feature_flags',
  Experiment: 'experiments',
  ExperimentHoldout: 'holdouts',
  ExperimentSavedMetric: 'saved_metrics',
  Survey: 'surveys',
  Action: 'actions',
}
/** Older servers log holdouts and shared metrics under the scope of experiments, with ids of their own. */
const detailTypes: Readonly<Record<string, KindName>> = {
  holdout: 'holdouts',
  saved_metric: 'saved_metrics',
  shared_metric: 'saved_metrics',
}

/** The kind of the row that an entry of the activity log, or a webhook, is about. Null for others. */
export function kindOfEntry(scope: string, detailType: string | null | undefined): KindName | null {
  const kind = scopes[scope] ?? null
  return kind === 'experiments' ? (detailTypes[detailType ?? ''] ?? kind) : kind
}

/**
 * Takes a webhook: it only says which row to look at. So a repeated, wrong or forged one does no harm.
 *
 * @param parseBody reads the body, once it is known that PostHog sent it
 * @returns whether the secret is right
 */
export async function acceptHook(
  db: Db,
  hookId: string,
  token: string | null,
  parseBody: () => Promise<unknown>,
  now: Date,
): Promise<boolean> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(hookId)
  const link = isId ? await db.projectLink.findUnique({ where: { hookId }, select: { projectId: true, hookSecretHash: true } }) : null
  // Compared in the same time, also where there is no such webhook.
  const expected = Buffer.from(link?.hookSecretHash ?? hashSecret(randomUUID()))
  const isRight = timingSafeEqual(Buffer.from(hashSecret(token ?? '')), expected)
  if (link === null || !isRight) return false
  const hint = toHint(await parseBody())
  if (hint === null) return true
  const { projectId } = link
  const dueAt = new Date(now.getTime() + hintDelayMs)
  // Hints of one row become one. The last decides when it is read.
  await db.$executeRaw`
    INSERT INTO link_hints (project_id, kind, upstream_id, due_at)
    SELECT ${projectId}::int, ${hint.kind}, ${hint.id}, ${dueAt}
    WHERE (SELECT count(*) FROM (SELECT FROM link_hints WHERE project_id = ${projectId}::int LIMIT ${maxWaiting}::int) AS waiting) < ${maxWaiting}::int
    ON CONFLICT (project_id, kind, upstream_id) DO UPDATE SET due_at = excluded.due_at`
  await db.projectLink.updateMany({
    where: { projectId, state: 'following', nextRoundAt: { gt: dueAt } },
    data: { nextRoundAt: dueAt },
  })
  return true
}

/** The row that a webhook names. Null if it is about something else. */
export function toHint(body: unknown): { kind: KindName; id: string } | null {
  const { scope, item_id: itemId, type } = asObject(body) ?? {}
  const kind = typeof scope === 'string' ? kindOfEntry(scope, typeof type === 'string' ? type : null) : null
  const id = typeof itemId === 'number' || typeof itemId === 'string' ? String(itemId) : ''
  return kind === null || !/^[\w-]{1,64}$/.test(id) ? null : { kind, id }
}

/** Makes a webhook in PostHog that calls this service with each entry of the activity log. Returns what the link must keep of it. */
export async function setUpHook(
  client: PostHogClient,
  { upstreamProjectId }: Pick<ProjectLink, 'upstreamProjectId'>,
  publicUrl: string,
): Promise<Pick<ProjectLink, 'hookId' | 'hookSecretHash' | 'hookFunctionId'>> {
  const hookId = randomUUID()
  const secret = randomBytes(32).toString('base64url')
  const url = new URL(`hooks/posthog/${hookId}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href
  const text = (name: string) => `{event.properties.${name}}`
  const { body } = await client.send({
    method: 'POST',
    path: projectPath(upstreamProjectId, 'hog_functions/'),
    body: {
      type: 'internal_destination',
      name: 'Experiments graph',
      enabled: true,
      template_id: 'template-webhook',
      filters: {
        source: 'internal-events',
        events: [{ id: '$activity_log_entry_created', type: 'events' }],
        properties: [{ key: 'scope', type: 'event', operator: 'exact', value: Object.keys(scopes) }],
      },
      inputs: {
        url: { value: url },
        method: { value: 'POST' },
        headers: { value: { 'Content-Type': 'application/json', 'X-Hook-Token': secret } },
        body: {
          value: { id: text('id'), scope: text('scope'), item_id: text('item_id'), activity: text('activity'), type: text('detail.type') },
        },
      },
    },
  })
  const id = asObject(body)?.id
  return { hookId, hookSecretHash: hashSecret(secret), hookFunctionId: id == null ? null : String(id) }
}

/** Removes a webhook from PostHog, which deletes none but marks it. */
export async function removeHook(client: PostHogClient, { upstreamProjectId, hookFunctionId }: ProjectLink): Promise<void> {
  if (hookFunctionId === null || !/^[\w-]{1,64}$/.test(hookFunctionId)) return
  const path = projectPath(upstreamProjectId, `hog_functions/${hookFunctionId}/`)
  await client.send({ method: 'PATCH', path, body: { deleted: true }, repeatable: true })
}

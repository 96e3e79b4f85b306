import { z } from 'zod'
import type { Db } from '../../../database/client.ts'
import { OperatorError } from '../../../platform/operatorError.ts'
import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { PostHogClient } from '../../client/postHogClient.ts'
import { projectPath } from './upstreamPaths.ts'

/** How many of the newest flags are looked at. */
const looked = 5
const flagShape = z.looseObject({ key: z.string(), created_at: z.iso.datetime({ offset: true }) })

/**
 * Refuses to link a project whose rows come from another PostHog: by an import, or by a link that was ended. Numbers would mean other rows there,
 * and the first copy would write over them. When a flag was created never changes, and so it tells whether a number means the same flag.
 *
 * @throws OperatorError if it does not.
 */
export async function refuseForeignRows(
  db: Db,
  client: PostHogClient,
  { projectId, upstreamProjectId }: { projectId: number; upstreamProjectId: number },
): Promise<void> {
  const flags = await db.featureFlag.findMany({
    where: { projectId, importedId: { not: null } },
    select: { key: true, importedId: true, createdAt: true },
    orderBy: { importedId: 'desc' },
    take: looked,
  })
  const there = await Promise.all(flags.map(({ importedId }) => readFlag(client, upstreamProjectId, importedId ?? 0)))
  const place = flags.findIndex(({ createdAt }, index) => {
    const other = there[index] ?? null
    return other !== null && new Date(other.created_at).getTime() !== createdAt.getTime()
  })
  const [here, other] = [flags[place], there[place] ?? null]
  if (here === undefined || other === null) return
  throw new OperatorError(
    `The rows of project ${projectId} come from another project of PostHog: its flag ${here.importedId} is '${here.key}' here and '${other.key}' ` +
      'there. Link a new project.',
  )
}

/** Null if there is none, or none that says when it was created. */
async function readFlag(client: PostHogClient, upstreamProjectId: number, id: number) {
  try {
    return (await client.get(projectPath(upstreamProjectId, `feature_flags/${id}/`), flagShape)).body
  } catch (error) {
    if (error instanceof UpstreamError && (error.kind === 'not_found' || error.kind === 'malformed')) return null
    throw error
  }
}

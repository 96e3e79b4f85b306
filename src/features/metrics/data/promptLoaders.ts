import { createContextCache } from '@pothos/core'
import DataLoader from 'dataloader'
import { visibleProjectSql } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { anyLengthSql } from '../../../database/sql.ts'
import { requireScope, requireViewer } from '../../../graphql/authorization.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

// A prompt is all versions of one name in a project that are not deleted. Its oldest version stands for it.

export interface PromptRow {
  /** The number of the oldest version. */
  id: number
  projectId: number
  name: string
  createdAt: Date
  latestVersion: number
}

export interface PromptVersionRow {
  id: number
  projectId: number
  version: number
  prompt: unknown
  isLatest: boolean
  createdAt: Date
}

/** The columns of a prompt, from its oldest version `prompts p`. */
export const promptColumns = Prisma.sql`p.number AS "id", p.project_id AS "projectId", p.name, p.created_at AS "createdAt", (
      SELECT max(v.version) FROM prompts v WHERE v.project_id = p.project_id AND v.name = p.name AND NOT v.deleted
    ) AS "latestVersion"`

/** A condition on `prompts p`: it is the oldest version. */
export const isOldestSql = Prisma.sql`NOT EXISTS (
      SELECT FROM prompts v WHERE v.project_id = p.project_id AND v.name = p.name AND NOT v.deleted AND v.version < p.version
    )`

/** The columns of a version, `prompts r`. */
export const promptVersionColumns = Prisma.sql`r.number AS "id", r.project_id AS "projectId", r.version, r.prompt, r.is_latest AS "isLatest", r.created_at AS "createdAt"`

/** The loader of prompts that the viewer may see. */
export const promptLoader = coalescedLoaderById<PromptRow>(
  (context, ids) => Prisma.sql`
    SELECT ${promptColumns} FROM prompts p
    WHERE p.number = ANY (${ids}::int[]) AND NOT p.deleted AND ${isOldestSql}
      AND ${visibleProjectSql(requireViewer(context), Prisma.sql`p.project_id`)}`,
)

/** The loader of versions that the viewer may see. */
export const promptVersionLoader = coalescedLoaderById<PromptVersionRow>(
  (context, ids) => Prisma.sql`
    SELECT ${promptVersionColumns} FROM prompts r
    WHERE r.number = ANY (${ids}::int[]) AND NOT r.deleted AND ${visibleProjectSql(requireViewer(context), Prisma.sql`r.project_id`)}`,
)

export interface PromptName {
  projectId: number
  name: string
}

const toCacheKey = ({ projectId, name }: PromptName) => `${projectId} ${name}`

/**
 * The loader of prompts by name, in projects that the viewer may see. The loads of one tick share one statement.
 *
 * @throws ForbiddenError when the key does not hold the scope `llm_prompt:read`
 */
export const promptByNameLoader = createContextCache(
  (context: Context) =>
    new DataLoader<PromptName, PromptRow | null, string>(
      async (names) => {
        requireScope(context, 'llm_prompt:read')
        const [projects, texts] = [names.map(({ projectId }) => projectId), names.map(({ name }) => name)]
        const rows = await context.db.queryRows<PromptRow>(Prisma.sql`
          SELECT ${promptColumns}
          FROM unnest(${anyLengthSql(projects, 'int')}, ${anyLengthSql(texts, 'text')}) AS n (project_id, name)
          JOIN prompts p ON p.project_id = n.project_id AND p.name = n.name
          WHERE NOT p.deleted AND ${isOldestSql}`)
        const byName = new Map(rows.map((row) => [toCacheKey(row), row]))
        return names.map((name) => byName.get(toCacheKey(name)) ?? null)
      },
      { cacheKeyFn: toCacheKey },
    ),
)

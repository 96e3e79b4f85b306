import { visibleProjects } from '../../auth/visibility.ts'
import { Prisma } from '../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../database/keyset/sortOrder.ts'
import { likePattern } from '../../database/sql.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { type Page, readConnection } from '../../graphql/connections/connection.ts'
import type { PageArguments } from '../../graphql/connections/pageRequest.ts'
import type { Context } from '../../graphql/context.ts'
import { coalescedLoaderByParent } from '../../graphql/dataLoaders.ts'

/** An evaluation context. */
export interface ContextRow {
  id: string
  name: string
}

/** A survey or a product tour. */
export interface PromptingRow extends ContextRow {
  url: string | null
  archived: boolean
}

const contextColumns = Prisma.sql`t.id AS id, t.name AS name`
const promptingColumns = Prisma.sql`${contextColumns}, t.url AS url, t.archived AS archived`

type Things = 'surveys' | 'productTours' | 'evaluationContexts'
const lists = {
  surveys: { from: Prisma.sql`surveys t`, columns: promptingColumns },
  productTours: { from: Prisma.sql`product_tours t`, columns: promptingColumns },
  evaluationContexts: { from: Prisma.sql`evaluation_contexts t`, columns: contextColumns },
} satisfies Record<Things, Pick<ListSource, 'from' | 'columns'>>

/** A page of the things of a project whose name contains a text, the newest first. */
export function readThingsPage<Row extends ContextRow>(
  context: Context,
  projectId: number,
  things: Things,
  search: string | null | undefined,
  args: PageArguments,
): Promise<Page<Row & KeysetRow>> {
  const rows: ListSource = {
    ...lists[things],
    id: Prisma.sql`t.id`,
    idType: 'uuid',
    parent: Prisma.sql`t.project_id`,
    where: [search ? Prisma.sql`t.name ILIKE ${likePattern(search)}` : Prisma.sql`true`],
  }
  return readConnection<Row & KeysetRow>(context, projectId, rows, newestFirst(things, Prisma.sql`t.created_at`), args)
}

const named = { id: true, name: true } as const
const prompting = { ...named, url: true, archived: true } as const

/** The condition for the rows with these ids that the viewer may see. */
function visible(context: Context, ids: readonly string[]) {
  // The scope is checked first, so that a key without it cannot find out what exists.
  const viewer = requireScope(context, 'feature_flag:read')
  return { id: { in: [...ids] }, project: visibleProjects(viewer) }
}

export const loadSurveys = (context: Context, ids: readonly string[]): Promise<PromptingRow[]> =>
  context.db.survey.findMany({ where: visible(context, ids), select: prompting })

export const loadProductTours = (context: Context, ids: readonly string[]): Promise<PromptingRow[]> =>
  context.db.productTour.findMany({ where: visible(context, ids), select: prompting })

export const loadContexts = (context: Context, ids: readonly string[]): Promise<ContextRow[]> =>
  context.db.evaluationContext.findMany({ where: visible(context, ids), select: named })

/** How many surveys in each role, and how many product tours, are shown with a flag. */
export const maxThingsOfFlag = 100

export type SurveyRole = 'LINKED' | 'TARGETING' | 'INTERNAL_TARGETING' | 'RESPONSE_SAMPLING'

// OFFSET 0 keeps PostgreSQL from scanning the project in the order of creation.
const surveysInRole = (role: SurveyRole, column: string) => Prisma.sql`
  (SELECT ${role} AS role, ${promptingColumns}
  FROM (SELECT * FROM surveys WHERE project_id = f.project_id AND ${Prisma.raw(column)} = f.id OFFSET 0) AS t
  ORDER BY t.created_at, t.id LIMIT ${maxThingsOfFlag})`

/** The loader of the surveys that use flags. Use it only for flags that the viewer may see: surveys are in the same project. */
export const surveyLinkLoader = coalescedLoaderByParent<PromptingRow & { parentId: number; role: SurveyRole }>(
  (_context, ids) => Prisma.sql`
    SELECT f.id AS "parentId", link.* FROM feature_flags f CROSS JOIN LATERAL (
      ${surveysInRole('LINKED', 'linked_flag_id')}
      UNION ALL ${surveysInRole('TARGETING', 'targeting_flag_id')}
      UNION ALL ${surveysInRole('INTERNAL_TARGETING', 'internal_targeting_flag_id')}
      UNION ALL ${surveysInRole('RESPONSE_SAMPLING', 'internal_response_sampling_flag_id')}
    ) AS link
    WHERE f.id = ANY (${ids}::int[])`,
)

/** The loader of the product tours that use flags. Use it only for flags that the viewer may see. */
export const productTourLoader = coalescedLoaderByParent<PromptingRow & { parentId: number }>(
  (_context, ids) => Prisma.sql`
    SELECT f.id AS "parentId", tour.* FROM feature_flags f CROSS JOIN LATERAL (
      SELECT ${promptingColumns}
      FROM (SELECT * FROM product_tours WHERE project_id = f.project_id AND internal_targeting_flag_id = f.id OFFSET 0) AS t
      ORDER BY t.created_at, t.id LIMIT ${maxThingsOfFlag}
    ) AS tour
    WHERE f.id = ANY (${ids}::int[])`,
)

import { visibleProjectSql } from '../../../auth/visibility.ts'
import { type Cohort, Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

const columns = ['id', 'projectId', 'name', 'isStatic', 'size'] as const

/** A cohort without its definition, which may be large. */
export type CohortRow = Pick<Cohort, (typeof columns)[number]>

export const cohortColumnsSql = selectColumns(columns, 'c')

/** The loader of cohorts by id, for those that the viewer may see. A deleted cohort does not exist. */
export const cohortLoader = coalescedLoaderById<CohortRow>((context, ids) => {
  const viewer = requireScope(context, 'feature_flag:read')
  return Prisma.sql`
    SELECT ${cohortColumnsSql} FROM cohorts c
    WHERE c.id = ANY (${ids}::int[]) AND NOT c.deleted AND ${visibleProjectSql(viewer, Prisma.sql`c.project_id`)}`
})

import { visibleProjectSql } from '../../../auth/visibility.ts'
import { type Action, Prisma } from '../../../database/generated/client.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'

/** The loader of actions by id, for the actions that the viewer may see, with deleted ones. */
export const actionLoader = coalescedLoaderById<Action>(
  (context, ids) => Prisma.sql`
    SELECT ${selectColumns(Prisma.ActionScalarFieldEnum, 'a')} FROM actions a
    WHERE a.id = ANY (${ids}::int[]) AND ${visibleProjectSql(requireViewer(context), Prisma.sql`a.project_id`)}`,
)

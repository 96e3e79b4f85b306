import { z } from 'zod'
import { Prisma } from '../../database/generated/client.ts'
import { parseDatabaseId } from '../../graphql/nodeIds.ts'
import { isInt4 } from '../../platform/globalId.ts'

/** The bounds of an argument that lists projects. */
export const projectIdsSchema = z.array(z.string()).max(100, 'must hold at most 100 ids.').nullish()

/**
 * A condition: a column has the number of one of the projects in the argument `projectIds`. It does not check visibility.
 *
 * @throws BadUserInputError if one of them is neither a global id nor a number.
 */
export function inProjectsSql(project: Prisma.Sql, projectIds: readonly string[]): Prisma.Sql {
  const ids = projectIds.map((id) => parseDatabaseId('Project', id, 'projectIds')).filter(isInt4)
  return Prisma.sql`${project} = ANY (${ids}::int[])`
}

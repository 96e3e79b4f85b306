import { Prisma } from '../../database/generated/client.ts'
import { type SortOrder, textKey } from '../../database/keyset/sortOrder.ts'
import { selectColumns } from '../../database/sql.ts'
import { builder } from '../../graphql/builder.ts'
import { Project } from '../projects/Project.ts'

export const ProjectConnection = builder.connectionObject(
  { type: Project, name: 'ProjectConnection', description: 'A page of projects.' },
  { name: 'ProjectEdge', description: 'A project on a page.' },
)

export const projectsByName: SortOrder = {
  name: 'projects by NAME ASC',
  direction: 'ASC',
  keyType: textKey,
  expression: Prisma.sql`p.name COLLATE "C"`,
}

/** The columns of a listed project. */
export const listedProjects = { columns: selectColumns(Prisma.ProjectScalarFieldEnum, 'p'), id: Prisma.sql`p.id` }

/** A key that is restricted to projects sees those alone. */
export function scopedProjectsSql(scopedProjects: readonly number[]): Prisma.Sql[] {
  return scopedProjects.length === 0 ? [] : [Prisma.sql`p.id = ANY (${[...scopedProjects]}::int[])`]
}

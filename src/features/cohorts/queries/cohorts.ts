import { Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../../database/keyset/sortOrder.ts'
import { likePattern } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { readConnection } from '../../../graphql/connections/connection.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { Cohort } from '../Cohort.ts'
import { type CohortRow, cohortColumnsSql, cohortLoader } from '../data/cohortLoader.ts'

const CohortConnection = builder.connectionObject(
  { type: Cohort, name: 'CohortConnection', description: 'A page of cohorts.' },
  { name: 'CohortEdge', description: 'A cohort on a page.' },
)

const order = newestFirst('cohorts', Prisma.sql`c.created_at`)

const filters = builder.args((t) => ({
  search: t.string({
    description:
      'Only cohorts whose name or description contains this text: at most 400 characters. Case does not matter. Empty text matches every cohort.',
    validate: boundedText(400).nullish(),
  }),
}))

/** The cohorts of a project whose name or description contains a text. */
function projectCohorts(search: string | null | undefined): ListSource {
  const where = [Prisma.sql`NOT c.deleted`]
  if (search) where.push(Prisma.sql`(c.name ILIKE ${likePattern(search)} OR c.description ILIKE ${likePattern(search)})`)
  return { columns: cohortColumnsSql, from: Prisma.sql`cohorts c`, id: Prisma.sql`c.id`, parent: Prisma.sql`c.project_id`, where }
}

projectField(
  { root: 'cohorts', onProject: 'cohorts' },
  {
    type: CohortConnection,
    scope: 'feature_flag:read',
    description: 'The cohorts of a project that are not deleted, the newest first. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filters, ...pageArguments },
    listSize: pageListSize,
    resolve: async (project, args, context) => {
      const page = await readConnection<CohortRow & KeysetRow>(context, project.id, projectCohorts(args.search), order, args)
      for (const { node } of page.edges) cohortLoader(context).prime(node.id, node)
      return page
    },
  },
)

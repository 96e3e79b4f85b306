import { type Holdout as HoldoutRow, Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow } from '../../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../../database/keyset/sortOrder.ts'
import { likePattern } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { readConnection } from '../../../graphql/connections/connection.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { holdoutColumns, holdoutLoader } from '../data/holdoutLoaders.ts'
import { Holdout } from '../Holdout.ts'

const HoldoutConnection = builder.connectionObject(
  { type: Holdout, name: 'HoldoutConnection', description: 'A page of holdouts.' },
  { name: 'HoldoutEdge', description: 'A holdout on a page.' },
)

const order = newestFirst('holdouts', Prisma.sql`h.created_at`)

const filterArguments = builder.args((t) => ({
  search: t.string({
    description:
      'Only holdouts whose name or description contains this text: at most 400 characters. Case does not matter. Empty text matches every ' +
      'holdout.',
    validate: boundedText(400).nullish(),
  }),
}))

function containsSql(search: string): Prisma.Sql {
  const pattern = likePattern(search)
  return Prisma.sql`(h.name ILIKE ${pattern} OR h.description ILIKE ${pattern})`
}

projectField(
  { root: 'holdouts', onProject: 'holdouts' },
  {
    type: HoldoutConnection,
    scope: 'experiment:read',
    description: 'The holdouts of a project, the newest first. `BAD_USER_INPUT` names the wrong argument.',
    args: { ...filterArguments, ...pageArguments },
    listSize: pageListSize,
    resolve: async (project, args, context) => {
      const where = [args.search ? containsSql(args.search) : Prisma.sql`true`]
      const rows = {
        from: Prisma.sql`holdouts h`,
        columns: holdoutColumns,
        id: Prisma.sql`h.id`,
        parent: Prisma.sql`h.project_id`,
        where,
      }
      const page = await readConnection<HoldoutRow & KeysetRow>(context, project.id, rows, order, args)
      for (const { node } of page.edges) holdoutLoader(context).prime(node.id, node)
      return page
    },
  },
)

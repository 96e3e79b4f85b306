import { type Action as ActionRow, Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow } from '../../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../../database/keyset/sortOrder.ts'
import { containsTextSql, selectColumns } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { readConnection } from '../../../graphql/connections/connection.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { Action } from '../Action.ts'

const ActionConnection = builder.connectionObject(
  { type: Action, name: 'ActionConnection', description: 'A page of actions.' },
  { name: 'ActionEdge', description: 'An action on a page.' },
)

const order = newestFirst('actions', Prisma.sql`a.created_at`)

projectField(
  { root: 'actions', onProject: 'actions' },
  {
    type: ActionConnection,
    scope: 'experiment:read',
    description: 'The actions of a project that are not deleted, the newest first. `BAD_USER_INPUT` names the wrong argument.',
    args: {
      ...builder.args((t) => ({
        search: t.string({
          description:
            'Only actions whose name or description contains this text: at most 400 characters. Case does not matter. Empty text matches ' +
            'every action.',
          validate: boundedText(400).nullish(),
        }),
      })),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: (project, { search, ...args }, context) => {
      const where = [Prisma.sql`NOT a.deleted`]
      if (search) where.push(containsTextSql(Prisma.sql`a.name`, Prisma.sql`coalesce(a.description, '')`, search))
      const columns = selectColumns(Prisma.ActionScalarFieldEnum, 'a')
      const rows = { from: Prisma.sql`actions a`, columns, id: Prisma.sql`a.id`, parent: Prisma.sql`a.project_id`, where }
      return readConnection<ActionRow & KeysetRow>(context, project.id, rows, order, args)
    },
  },
)

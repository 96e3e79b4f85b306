import { Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow } from '../../../database/keyset/pageQuery.ts'
import { newestFirst } from '../../../database/keyset/sortOrder.ts'
import { likePattern } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { readConnection } from '../../../graphql/connections/connection.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { projectField } from '../../projects/projectField.ts'
import { isOldestSql, type PromptRow, promptColumns } from '../data/promptLoaders.ts'
import { Prompt } from '../Prompt.ts'

const PromptConnection = builder.connectionObject(
  { type: Prompt, name: 'PromptConnection', description: 'A page of LLM prompts.' },
  { name: 'PromptEdge', description: 'An LLM prompt on a page.' },
)

const order = newestFirst('prompts', Prisma.sql`p.created_at`)

projectField(
  { root: 'prompts', onProject: 'prompts' },
  {
    type: PromptConnection,
    scope: 'llm_prompt:read',
    description: 'The LLM prompts of a project that are not deleted, the newest first. `BAD_USER_INPUT` names the wrong argument.',
    args: {
      ...builder.args((t) => ({
        search: t.string({
          description:
            'Only prompts whose name contains this text: at most 400 characters. Case does not matter. Empty text matches every prompt.',
          validate: boundedText(400).nullish(),
        }),
      })),
      ...pageArguments,
    },
    listSize: pageListSize,
    resolve: (project, { search, ...args }, context) => {
      const where = [Prisma.sql`NOT p.deleted`, isOldestSql]
      if (search) where.push(Prisma.sql`p.name ILIKE ${likePattern(search)}`)
      const rows = {
        from: Prisma.sql`prompts p`,
        columns: promptColumns,
        id: Prisma.sql`p.number`,
        parent: Prisma.sql`p.project_id`,
        where,
      }
      return readConnection<PromptRow & KeysetRow>(context, project.id, rows, order, args)
    },
  },
)

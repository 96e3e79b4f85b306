import { Prisma } from '../../database/generated/client.ts'
import type { KeysetRow } from '../../database/keyset/pageQuery.ts'
import { numberKey, type SortOrder } from '../../database/keyset/sortOrder.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import { readConnection } from '../../graphql/connections/connection.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { nodeRef } from '../../graphql/nodeRef.ts'
import { Project } from '../projects/Project.ts'
import { type PromptRow, type PromptVersionRow, promptLoader, promptVersionColumns, promptVersionLoader } from './data/promptLoaders.ts'

const access = { authScopes: { scope: 'llm_prompt:read' } } as const

export const Prompt = nodeRef<PromptRow>('Prompt', (context, ids) => {
  // The scope is checked first, so that a key without it cannot find out which prompts exist.
  requireScope(context, 'llm_prompt:read')
  return Promise.all(ids.map((id) => promptLoader(context).load(id)))
})

export const PromptVersion = nodeRef<PromptVersionRow>('PromptVersion', (context, ids) => {
  requireScope(context, 'llm_prompt:read')
  return Promise.all(ids.map((id) => promptVersionLoader(context).load(id)))
})

PromptVersion.implement({
  description: 'One version of an LLM prompt. Versions never change. Needs a key with the scope `llm_prompt:read`.',
  ...access,
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'The number of the version within its prompt: 1 or more.' }),
    prompt: t.expose('prompt', { type: 'JSON', description: 'The content: usually a text.' }),
    latest: t.exposeBoolean('isLatest', { description: 'Whether it is marked as the latest version.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the version was created.' }),
  }),
})

const PromptVersionConnection = builder.connectionObject(
  { type: PromptVersion, name: 'PromptVersionConnection', description: 'A page of versions of a prompt.' },
  { name: 'PromptVersionEdge', description: 'A version of a prompt on a page.' },
)

const newestVersionFirst: SortOrder = {
  name: 'prompt versions by VERSION DESC',
  direction: 'DESC',
  keyType: numberKey,
  expression: Prisma.sql`r.version`,
}

const versions = {
  from: Prisma.sql`prompts p JOIN prompts r ON r.project_id = p.project_id AND r.name = p.name`,
  columns: promptVersionColumns,
  id: Prisma.sql`r.number`,
  parent: Prisma.sql`p.number`,
  where: [Prisma.sql`NOT r.deleted`],
}

Prompt.implement({
  description: 'An LLM prompt with its versions. Deleted prompts cannot be read. Needs a key with the scope `llm_prompt:read`.',
  ...access,
  fields: (t) => ({
    project: t.field({ type: Project, description: 'The project of the prompt.', resolve: ({ projectId }) => projectId }),
    name: t.exposeString('name', { description: 'The name, unique in the project.' }),
    latestVersion: t.exposeInt('latestVersion', { description: 'The highest number of a version.' }),
    versions: t.field({
      type: PromptVersionConnection,
      description: 'The versions, the highest number first. `BAD_USER_INPUT` names the wrong argument.',
      args: pageArguments,
      listSize: pageListSize,
      resolve: ({ id }, args, context) => readConnection<PromptVersionRow & KeysetRow>(context, id, versions, newestVersionFirst, args),
    }),
  }),
})

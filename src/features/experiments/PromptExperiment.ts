import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { asArray, asObject } from '../../platform/json.ts'
import { promptByNameLoader } from '../metrics/data/promptLoaders.ts'
import { Prompt } from '../metrics/Prompt.ts'
import { loadDefinition } from './data/experimentLoaders.ts'
import { Experiment } from './Experiment.ts'
import { PromptTemplateKey } from './PromptTemplateKey.ts'

interface ShownPrompt {
  projectId: number
  name: string
  versions: unknown
  templates: unknown
}

const templateKeys: readonly (typeof PromptTemplateKey.$inferType)[] = ['COST', 'LATENCY', 'EVAL_PASS_RATE']

const PromptExperiment = builder.objectRef<ShownPrompt>('PromptExperiment').implement({
  description: 'What an experiment on an LLM prompt compares. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    prompt: t.field({
      type: Prompt,
      nullable: true,
      description:
        'The prompt. Null when it was deleted. Also needs the scope `llm_prompt:read`. Without it, only this field fails, with `FORBIDDEN`.',
      authScopes: { scope: 'llm_prompt:read' },
      resolve: ({ projectId, name }, _args, context) => promptByNameLoader(context).load({ projectId, name }),
    }),
    name: t.exposeString('name', { description: 'The name of the prompt when the experiment was made.' }),
    versions: t.intList({
      description: 'The versions that are compared. The first is the baseline.',
      resolve: ({ versions }) => (asArray(versions) ?? []).filter((version): version is number => Number.isInteger(version)),
    }),
    templates: t.field({
      type: [PromptTemplateKey],
      listSize: shortListSize,
      description: 'The templates that the metrics were made from.',
      resolve: ({ templates }) => {
        const names = (asArray(templates) ?? []).map((name) => String(name).toUpperCase())
        return templateKeys.filter((key) => names.includes(key)).sort((a, b) => names.indexOf(a) - names.indexOf(b))
      },
    }),
  }),
})

builder.objectField(Experiment, 'prompt', (t) =>
  t.field({
    type: PromptExperiment,
    nullable: true,
    description: 'What is compared, if the experiment was made from an LLM prompt. Null otherwise.',
    select: ['projectId'],
    resolve: async ({ id, projectId }, _args, context) => {
      const metadata = asObject(asObject((await loadDefinition(context, id)).parameters)?.prompt_metadata)
      if (typeof metadata?.name !== 'string') return null
      return { projectId, name: metadata.name, versions: metadata.versions, templates: metadata.templates }
    },
  }),
)

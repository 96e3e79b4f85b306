import { builder } from '../../../graphql/builder.ts'
import { projectField } from '../../projects/projectField.ts'
import { PromptTemplateKey } from '../PromptTemplateKey.ts'

/** The templates, in display order (experiments.md 4). */
const promptTemplates = [
  { key: 'COST', label: 'Cost', description: 'Compares LLM cost per user across prompt versions.' },
  { key: 'LATENCY', label: 'Latency', description: 'Compares LLM response time per user across prompt versions.' },
  { key: 'EVAL_PASS_RATE', label: 'Eval pass rate', description: 'Compares the share of evaluations that pass across prompt versions.' },
] as const

const PromptTemplate = builder.objectRef<(typeof promptTemplates)[number]>('PromptTemplate').implement({
  description: 'A ready-made metric for an experiment that compares prompt versions. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    key: t.expose('key', { type: PromptTemplateKey, description: 'The key of the template.' }),
    label: t.exposeString('label', { description: 'The display name.' }),
    description: t.exposeString('description', { description: 'What the metric compares, in one sentence.' }),
  }),
})

projectField(
  { root: 'promptTemplates', onProject: 'promptTemplates' },
  {
    type: [PromptTemplate],
    listSize: { assumedSize: promptTemplates.length },
    scope: 'experiment:read',
    description: 'The ready-made metrics for experiments that compare versions of an LLM prompt: always the same three, in the same order.',
    args: {},
    resolve: () => [...promptTemplates],
  },
)

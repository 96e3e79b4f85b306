import { builder } from '../../../graphql/builder.ts'
import { projectField } from '../../projects/projectField.ts'

export const PromptTemplateKey = builder.enumType('PromptTemplateKey', {
  description: 'A ready-made metric for comparing the versions of an LLM prompt.',
  values: {
    COST: { description: 'LLM cost per user.' },
    LATENCY: { description: 'LLM response time per user.' },
    EVAL_PASS_RATE: { description: 'The share of evaluations that pass.' },
  } as const,
})

interface PromptTemplateData {
  key: typeof PromptTemplateKey.$inferType
  label: string
  description: string
}

/** The templates, in the order they are shown in (experiments.md 4). */
export const promptTemplates: readonly PromptTemplateData[] = [
  { key: 'COST', label: 'Cost', description: 'Compares LLM cost per user across prompt versions.' },
  { key: 'LATENCY', label: 'Latency', description: 'Compares LLM response time per user across prompt versions.' },
  {
    key: 'EVAL_PASS_RATE',
    label: 'Eval pass rate',
    description: 'Compares the share of evaluations that pass across prompt versions.',
  },
]

const PromptTemplate = builder.objectRef<PromptTemplateData>('PromptTemplate').implement({
  description: 'A ready-made metric that an experiment over prompt versions can start from. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    key: t.expose('key', { type: PromptTemplateKey, description: 'Names the template among the three.' }),
    label: t.exposeString('label', { description: 'Its name, for people.' }),
    description: t.exposeString('description', { description: 'What it compares, in a sentence.' }),
  }),
})

projectField(
  { root: 'promptTemplates', onProject: 'promptTemplates' },
  {
    type: [PromptTemplate],
    scope: 'experiment:read',
    description: 'The metrics that an experiment over the versions of an LLM prompt can start from: always the same three, in this order.',
    args: {},
    resolve: () => [...promptTemplates],
  },
)

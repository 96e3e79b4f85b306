import { builder } from '../../graphql/builder.ts'

export const PromptTemplateKey = builder.enumType('PromptTemplateKey', {
  description: 'A ready-made metric for comparing the versions of an LLM prompt.',
  values: {
    COST: { description: 'LLM cost per user.' },
    LATENCY: { description: 'LLM response time per user.' },
    EVAL_PASS_RATE: { description: 'The share of evaluations that pass.' },
  } as const,
})

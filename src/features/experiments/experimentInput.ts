import { builder } from '../../graphql/builder.ts'
import type { InputFields } from '../../graphql/mutation.ts'

const VariantInput = builder.inputType('VariantInput', {
  description: "A variant of an experiment's flag.",
  fields: (t) => ({
    key: t.string({
      required: true,
      description:
        'The value that the flag returns: 1 to 400 letters, digits, hyphens, underscores, dots and slashes. Unique within the flag.',
    }),
    name: t.string({ description: 'The display name: at most 400 characters.' }),
    rolloutPercentage: t.float({
      required: true,
      description: 'The share of people who get the variant, in percent: 0 to 100. All shares add up to 100.',
    }),
    payload: t.field({ type: 'JSON', description: 'The data that applications get with the variant: any JSON of at most 64 KiB.' }),
  }),
})

type SharedField = 'variants' | 'rolloutPercentage' | 'metrics' | 'metricsSecondary' | 'statsConfig' | 'exposureCriteria'

/** The fields that `createExperiment` and `updateExperiment` share, except for their descriptions. */
export function experimentInput(t: InputFields, descriptions: Record<SharedField, string>) {
  return {
    variants: t.field({ type: [VariantInput], description: descriptions.variants }),
    rolloutPercentage: t.float({ description: descriptions.rolloutPercentage }),
    metrics: t.field({ type: ['JSON'], description: descriptions.metrics }),
    metricsSecondary: t.field({ type: ['JSON'], description: descriptions.metricsSecondary }),
    statsConfig: t.field({ type: 'JSON', description: descriptions.statsConfig }),
    exposureCriteria: t.field({ type: 'JSON', description: descriptions.exposureCriteria }),
  }
}

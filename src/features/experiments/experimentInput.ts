import type { InputFields } from '../../graphql/mutation.ts'
import { VariantInput } from '../featureFlags/flagInput.ts'

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

import { builder } from '../../graphql/builder.ts'

export const StatisticsMethod = builder.enumType('StatisticsMethod', {
  description: 'The statistical method by which variants are compared.',
  values: {
    BAYESIAN: { value: 'bayesian', description: 'Chances that a variant is better, with credible intervals.' },
    FREQUENTIST: { value: 'frequentist', description: 'P values, with confidence intervals.' },
  } as const,
})

import { GraphQLSchema, lexicographicSortSchema } from 'graphql'
import { builder } from './builder.ts'
import './scalars.ts'
import './paging/connectionTypes.ts'
import './users/User.ts'
import './users/Viewer.ts'
import './projects/Project.ts'
import './projects/queries.ts'
import './featureFlags/FeatureFlag.ts'
import './featureFlags/eligibleFeatureFlags.ts'
import './experiments/Experiment.ts'
import './experiments/experiments.ts'
import './experiments/promptTemplates.ts'
import './experiments/requiresFlagImplementation.ts'
import './experiments/stats.ts'

const description =
  'Experiments and feature flags. Every request carries a personal API key, as `Authorization: Bearer phx_…`; each field says which scope ' +
  'the key needs for it. Errors tell by `extensions.code` what went wrong.'

/** The schema that is served. The imports above are its table of contents. */
export const schema = lexicographicSortSchema(new GraphQLSchema({ ...builder.toSchema().toConfig(), description }))

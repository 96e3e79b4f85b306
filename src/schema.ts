import { lexicographicSortSchema } from 'graphql'
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

/** The schema that is served. The imports above are its table of contents. */
export const schema = lexicographicSortSchema(builder.toSchema())

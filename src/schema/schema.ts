import { builder } from '../graphql/builder.ts'
import '../graphql/scalars.ts'
import '../graphql/connections/arguments.ts'
import '../graphql/mutationErrorTypes.ts'
import '../features/users/schema.ts'
import '../features/projects/schema.ts'
import '../features/cohorts/schema.ts'
import '../features/featureFlags/schema.ts'
import '../features/evaluation/schema.ts'
import '../features/metrics/schema.ts'
import '../features/holdouts/schema.ts'
import '../features/events/schema.ts'
import '../features/experiments/schema.ts'
import '../features/links/schema.ts'
import '../features/approvals/schema.ts'
import '../features/activityLog/schema.ts'
import './federation/entitiesField.ts'
import { withSubgraphSdl } from './federation/serviceField.ts'

const description =
  'Experiments and feature flags. Send a personal API key with every request, as `Authorization: Bearer phx_…`. Each field names the scope ' +
  'that the key needs. Each error has a code in `extensions.code`.'

/** The version of the federation specification, and its directives that the schema uses. */
const linkDirective = {
  name: 'link',
  args: { url: 'https://specs.apollo.dev/federation/v2.9', import: ['@cost', '@inaccessible', '@key', '@listSize', '@shareable'] },
}

/**
 * The schema of the service. The imports above are its table of contents. The plugin's `toSubGraphSchema` is not used: it builds the schema
 * twice, prints it at every start, and adds its own `_entities` and `_service` fields.
 */
export const schema = withSubgraphSdl(Object.assign(builder.toSchema({ schemaDirectives: [linkDirective] }), { description }))

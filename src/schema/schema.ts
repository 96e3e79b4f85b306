import { builder } from '../graphql/builder.ts'
import '../graphql/scalars.ts'
import '../graphql/connections/arguments.ts'
import '../graphql/mutationErrorTypes.ts'
import '../features/users/schema.ts'
import '../features/projects/schema.ts'
import '../features/featureFlags/schema.ts'
import '../features/experiments/schema.ts'
import '../features/approvals/schema.ts'
import '../features/activityLog/schema.ts'
import './federation/entities.ts'
import './federation/entitiesField.ts'
import { withSubgraphSdl } from './federation/serviceField.ts'

const description =
  'Experiments and feature flags. Every request carries a personal API key, as `Authorization: Bearer phx_…`; each field says which scope ' +
  'the key needs for it. Errors tell by `extensions.code` what went wrong.'

/** The version of the federation specification, and the directives that are used of it. */
const linkDirective = {
  name: 'link',
  args: { url: 'https://specs.apollo.dev/federation/v2.6', import: ['@inaccessible', '@key', '@shareable'] },
}

/**
 * The schema that is served. The imports above are its table of contents. Built as the plugin's `toSubGraphSchema` does, but once, without two
 * fields of its own that are replaced here anyway, and without printing it at every start.
 */
export const schema = withSubgraphSdl(Object.assign(builder.toSchema({ schemaDirectives: [linkDirective] }), { description }))

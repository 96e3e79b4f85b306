import { builder } from '../graphql/builder.ts'
import '../graphql/scalars.ts'
import '../graphql/connections/arguments.ts'
import '../features/users/User.ts'
import '../features/users/Viewer.ts'
import '../features/projects/Project.ts'
import '../features/projects/queries/project.ts'
import '../features/featureFlags/FeatureFlag.ts'
import '../features/featureFlags/queries/eligibleFeatureFlags.ts'
import '../features/experiments/Experiment.ts'
import '../features/experiments/queries/experiments.ts'
import '../features/experiments/queries/featureFlagExperiments.ts'
import '../features/experiments/queries/promptTemplates.ts'
import '../features/experiments/queries/requiresFlagImplementation.ts'
import '../features/experiments/queries/stats.ts'
import '../graphql/mutationErrorTypes.ts'
import '../features/featureFlags/mutations/createFeatureFlag.ts'
import '../features/featureFlags/mutations/updateFeatureFlag.ts'
import '../features/experiments/mutations/createExperiment.ts'
import '../features/experiments/mutations/createExperimentFromPrompt.ts'
import '../features/experiments/mutations/updateExperiment.ts'
import '../features/experiments/mutations/launchExperiment.ts'
import '../features/experiments/mutations/pauseExperiment.ts'
import '../features/experiments/mutations/resumeExperiment.ts'
import '../features/experiments/mutations/endExperiment.ts'
import '../features/experiments/mutations/shipExperimentVariant.ts'
import '../features/experiments/mutations/archiveExperiment.ts'
import '../features/experiments/mutations/unarchiveExperiment.ts'
import '../features/experiments/mutations/resetExperiment.ts'
import '../features/experiments/mutations/duplicateExperiment.ts'
import '../features/experiments/mutations/copyExperimentToProject.ts'
import '../features/approvals/ChangeRequest.ts'
import '../features/approvals/queries/changeRequests.ts'
import '../features/approvals/queries/approvalPolicies.ts'
import '../features/approvals/mutations/createApprovalPolicy.ts'
import '../features/approvals/mutations/updateApprovalPolicy.ts'
import '../features/approvals/mutations/deleteApprovalPolicy.ts'
import '../features/approvals/voteErrorTypes.ts'
import '../features/approvals/mutations/approveChangeRequest.ts'
import '../features/approvals/mutations/rejectChangeRequest.ts'
import '../features/approvals/mutations/cancelChangeRequest.ts'
import '../features/approvals/mutations/retryChangeRequest.ts'
import '../features/activityLog/activityField.ts'
import '../features/experiments/subscriptions/experimentUpdated.ts'
import '../features/approvals/subscriptions/changeRequestUpdated.ts'
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

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
import './errors/mutationErrors.ts'
import './featureFlags/createFeatureFlag.ts'
import './featureFlags/updateFeatureFlag.ts'
import './experiments/createExperiment.ts'
import './experiments/createExperimentFromPrompt.ts'
import './experiments/updateExperiment.ts'
import './experiments/launchExperiment.ts'
import './experiments/pauseExperiment.ts'
import './experiments/resumeExperiment.ts'
import './experiments/endExperiment.ts'
import './experiments/shipExperimentVariant.ts'
import './experiments/archiveExperiment.ts'
import './experiments/unarchiveExperiment.ts'
import './experiments/resetExperiment.ts'
import './experiments/duplicateExperiment.ts'
import './experiments/copyExperimentToProject.ts'
import './approvals/ChangeRequest.ts'
import './approvals/changeRequests.ts'
import './approvals/approvalPolicies.ts'
import './approvals/createApprovalPolicy.ts'
import './approvals/updateApprovalPolicy.ts'
import './approvals/deleteApprovalPolicy.ts'
import './approvals/voteErrors.ts'
import './approvals/approveChangeRequest.ts'
import './approvals/rejectChangeRequest.ts'
import './approvals/cancelChangeRequest.ts'
import './approvals/retryChangeRequest.ts'
import './activity/activity.ts'
import './experiments/experimentUpdated.ts'
import './approvals/changeRequestUpdated.ts'
import './federation/entities.ts'
import './federation/entitiesField.ts'
import { withSubgraphText } from './federation/serviceField.ts'

const description =
  'Experiments and feature flags. Every request carries a personal API key, as `Authorization: Bearer phx_…`; each field says which scope ' +
  'the key needs for it. Errors tell by `extensions.code` what went wrong.'

/** The version of the federation specification, and the directives that are used of it. */
const link = {
  name: 'link',
  args: { url: 'https://specs.apollo.dev/federation/v2.6', import: ['@inaccessible', '@key', '@shareable'] },
}

/**
 * The schema that is served. The imports above are its table of contents. Built as the plugin's `toSubGraphSchema` does, but once, without two
 * fields of its own that are replaced here anyway, and without printing it at every start.
 */
export const schema = withSubgraphText(Object.assign(builder.toSchema({ schemaDirectives: [link] }), { description }))

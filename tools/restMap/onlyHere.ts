import type { Section } from './mapping.ts'

export const onlyHere: Section = {
  title: 'Not in the REST API',
  intro: 'These have no counterpart among the calls of PostHog.',
  tables: [
    {
      kind: 'onlyHere',
      rows: [
        ['One object, or up to 100, by global id', 'Query.node Query.nodes'],
        ['What waits for your vote, in all projects', 'Viewer.changeRequestsToDecide'],
        ['Your experiments, in all projects', 'Viewer.experiments'],
        [
          'What a change would do, before you make it',
          'FeatureFlag.preview ChangeRequest.impact',
          'See [evaluation](evaluation.md#before-a-change).',
        ],
        ['Which policies guard an edit, before you make it', 'FeatureFlag.approvalGuards'],
        ['What you may do with an experiment, and why not', 'Experiment.actions'],
        ['A change request that failed', 'Mutation.retryChangeRequest'],
        [
          'An exposure that lets nobody in',
          'Mutation.freezeExposure Mutation.unfreezeExposure Experiment.freezeBlockers',
          'PostHog does it in its own pages only.',
        ],
        ['A policy on the deletion of flags', 'GatedAction.FEATURE_FLAG_DELETE'],
        ['A policy for all projects', 'CreateApprovalPolicyInput.organizationWide'],
        ['How many experiments are in each status and month', 'Project.experimentCounts Project.experimentHistory'],
        ['How often a flag is called', 'FeatureFlag.usage'],
        [
          'Changes as they happen',
          'Subscription.experimentUpdated Subscription.changeRequestUpdated',
          'In place of webhooks: [subscriptions](subscriptions.md).',
        ],
        [
          'A link to PostHog',
          'Project.link Mutation.linkProject Mutation.updateProjectLink Mutation.resyncProject Mutation.unlinkProject',
          'See [link](link.md).',
        ],
        ['Your own key of PostHog', 'Mutation.storeUpstreamKey Mutation.removeUpstreamKey', 'See [link](link.md).'],
        ['What an operation costs, and what is left', 'ViewerKey.rateLimit', 'See [limits](limits.md).'],
      ],
    },
  ],
}

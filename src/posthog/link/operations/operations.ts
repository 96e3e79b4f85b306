import * as approvals from './approvals.ts'
import * as experiments from './experiments.ts'
import * as flags from './flags.ts'
import * as holdouts from './holdouts.ts'
import * as lifeCycle from './lifeCycle.ts'
import type { Operation, Refusal } from './operation.ts'
import * as savedMetrics from './savedMetrics.ts'

const { updateFeatureFlag } = flags
const { updateExperiment } = experiments

/** How each mutation is made in PostHog, by its name, or why it is not. A test compares the names with the schema. */
export const operations: Readonly<Record<string, Operation | Refusal>> = {
  createFeatureFlag: flags.createFeatureFlag,
  updateFeatureFlag,
  deleteFeatureFlag: updateFeatureFlag,
  restoreFeatureFlag: updateFeatureFlag,
  archiveFeatureFlag: updateFeatureFlag,
  unarchiveFeatureFlag: updateFeatureFlag,
  copyFeatureFlag: flags.copyFeatureFlag,
  createExperiment: experiments.createExperiment,
  createExperimentFromPrompt: experiments.createExperimentFromPrompt,
  updateExperiment,
  linkSavedMetric: updateExperiment,
  unlinkSavedMetric: updateExperiment,
  ...lifeCycle,
  freezeExposure: { refuse: 'The REST API of PostHog does not freeze the exposure of an experiment.' },
  unfreezeExposure: { refuse: 'The REST API of PostHog does not unfreeze the exposure of an experiment.' },
  ...holdouts,
  ...savedMetrics,
  updateProjectSettings: { refuse: 'The settings of a linked project are those of the project in PostHog.' },
  createApprovalPolicy: approvals.createApprovalPolicy,
  updateApprovalPolicy: approvals.updateApprovalPolicy,
  deleteApprovalPolicy: approvals.deleteApprovalPolicy,
  approveChangeRequest: approvals.approveChangeRequest,
  rejectChangeRequest: approvals.rejectChangeRequest,
  cancelChangeRequest: approvals.cancelChangeRequest,
  retryChangeRequest: { refuse: 'The REST API of PostHog does not try a change request again. Ask for the change again.' },
}

/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The type of the thing that an entry of the audit trail is about. */
export type ActivityResourceType =
  /** An approval policy: it was created, changed or deleted. */
  | 'APPROVAL_POLICY'
  /** A change request: it was made, voted on, cancelled, retried, or expired. */
  | 'CHANGE_REQUEST'
  /** An experiment. Its changes of its flag are in the same entry. */
  | 'EXPERIMENT'
  /** A feature flag. */
  | 'FEATURE_FLAG'
  /** A holdout. */
  | 'HOLDOUT'
  /** The settings of a project. */
  | 'PROJECT_SETTINGS'
  /** A saved metric. */
  | 'SAVED_METRIC';

/** Why a change that reached its quorum could not be made. */
export type ApplyFailureReason =
  /** An internal error. `retryChangeRequest` can try again. */
  | 'INTERNAL'
  /** Since the request, an experiment has begun to use the flag, or no longer uses it. */
  | 'OWNER_CHANGED'
  /** The change is no longer valid. */
  | 'PAYLOAD_INVALID'
  /** The requester's account is gone or deactivated. */
  | 'REQUESTER_GONE'
  /** The requester is no longer a member who can see the project, or their API key was revoked. */
  | 'REQUESTER_LOST_ACCESS'
  /** The flag is gone. */
  | 'RESOURCE_GONE'
  /** A value that the change would set has changed since it was requested. */
  | 'VERSION_MISMATCH';

/** Which changes of an action a policy guards. */
export type ApprovalConditionInput = {
  /** `rollout_percentage`. For `FEATURE_FLAG_UPDATE` also `release_conditions`, with ANY_CHANGE. Required for all types but ANY_CHANGE. */
  field?: string | null | undefined;
  /** The comparison. Required for all types but ANY_CHANGE. */
  operator?: ApprovalOperator | null | undefined;
  /** What is compared. Only the `…_UPDATE` actions accept more than ANY_CHANGE. */
  type: ApprovalConditionType;
  /** The value to compare with, in percent: 0 to 100. Required for all types but ANY_CHANGE. */
  value?: number | null | undefined;
};

/** Which changes a policy guards. */
export type ApprovalConditionType =
  /** Every change of the field. If no field is named, every change. */
  | 'ANY_CHANGE'
  /** Changes to a value for which the comparison holds: `>= 75` guards 10 to 80. A removed value counts as 0. */
  | 'BEFORE_AFTER'
  /** Changes by an amount, up or down, for which the comparison holds: `> 20` guards 90 to 0. A missing value counts as 0. */
  | 'CHANGE_AMOUNT'
  /** Changes to a value for which the comparison holds, from one for which it did not. */
  | 'CROSSES_THRESHOLD';

/** The decision of a vote. */
export type ApprovalDecision =
  /** Approval. */
  | 'APPROVED'
  /** Rejection. A single one ends the request. */
  | 'REJECTED';

/** How a value is compared with the condition's value. */
export type ApprovalOperator =
  /** Equal. */
  | 'EQ'
  /** Greater. */
  | 'GT'
  /** Greater or equal. */
  | 'GTE'
  /** Less. */
  | 'LT'
  /** Less or equal. */
  | 'LTE'
  /** Not equal. */
  | 'NE';

/** A vote for a change request. */
export type ApproveChangeRequestInput = {
  /** The request: its global id, or its number. */
  id: string | number;
  /** The reason for the vote. Only its first 2,000 characters are stored. */
  reason?: string | null | undefined;
};

/** The experiment to archive, and whether to switch its flag off. */
export type ArchiveExperimentInput = {
  /** Whether to switch off and archive a flag that is on. Default: false. True also needs the scope `feature_flag:write`. If another experiment that is not archived uses a flag that is on, true is an `InvalidStateError` that names it. */
  disableFeatureFlag?: boolean | null | undefined;
  /** The ended experiment: its global id, or its number. */
  id: string | number;
};

/** The flag to archive, and whether to switch it off. */
export type ArchiveFeatureFlagInput = {
  /** The flag: its global id, or its number. */
  id: string | number;
  /** Whether to switch off a flag that is on. Default, also for null: false. */
  switchOff?: boolean | null | undefined;
};

/** What uses an object. */
export type BlockerKind =
  /** An active flag with a condition on the flag. */
  | 'DEPENDENT_FLAG'
  /** An early access feature. `FeatureFlag.filters` holds `feature_enrollment: true` for it. */
  | 'EARLY_ACCESS_FEATURE'
  /** An experiment that is not deleted. */
  | 'EXPERIMENT'
  /** An open change request for the same action. While there is one, another is not made. */
  | 'OPEN_CHANGE_REQUEST'
  /** The settings of session replay, which record by the flag. Only imported flags have them. */
  | 'REPLAY_SETTINGS';

/** By which id a flag divides people into shares and variants. */
export type Bucketing =
  /** By the property `$device_id`, so that a device keeps its value when a person logs in. */
  | 'DEVICE_ID'
  /** By the distinct id. */
  | 'DISTINCT_ID';

/** A change request to cancel, and the reason. */
export type CancelChangeRequestInput = {
  /** The request: its global id, or its number. */
  id: string | number;
  /** The reason. Only its first 2,000 characters are stored. Default: `Canceled by requester`, or `Canceled by an admin`. */
  reason?: string | null | undefined;
};

/** The state of a change request. All but PENDING and APPROVED are final. A FAILED request can be retried. */
export type ChangeRequestState =
  /** The change was made. */
  | 'APPLIED'
  /** It has its quorum and is about to be applied. */
  | 'APPROVED'
  /** The requester cancelled it. */
  | 'CANCELED'
  /** It expired before it reached its quorum. */
  | 'EXPIRED'
  /** It reached its quorum, but the change could not be made. `applyError` says why. */
  | 'FAILED'
  /** It waits for votes. */
  | 'PENDING'
  /** An approver rejected it. */
  | 'REJECTED';

/** Whether a change request could be applied now. */
export type ChangeRequestValidationStatus =
  /** The requester may no longer make this change, the change is no longer valid, or the quorum cannot be reached. */
  | 'INVALID'
  /** What it would do, or what that was computed from, has changed since. `staleReasons` has the values. It cannot be approved. */
  | 'STALE'
  /** It can be applied. */
  | 'VALID';

/** A condition on the membership in a cohort. */
export type CohortConditionInput = {
  /** The cohort: its global id, or its number. A cohort of the project that is not deleted. */
  cohortId: string | number;
  /** Whether the condition holds for people outside of the cohort. Default, also for null: false. */
  excluded?: boolean | null | undefined;
};

/** A set of conditions, all of which must hold, and the share of those who then get the flag. A set that stays keeps what this type cannot say. It is recognised by its content, then by its place. */
export type ConditionSetInput = {
  /** What the set is for: at most 4,000 characters. Default, also for null: none. */
  description?: string | null | undefined;
  /** The index of the group type that the set is about. Null: people. Default: the group type of the flag, which is people unless it has one. */
  groupTypeIndex?: number | null | undefined;
  /** The conditions: at most 100. Default, also for null: none, so that the set is for everybody. */
  properties?: Array<PropertyConditionInput> | null | undefined;
  /** The share of those who meet the conditions, in percent: 0 to 100. Default, also for null: 100. */
  rolloutPercentage?: number | null | undefined;
  /** The variant that all people of the set get. Default, also for null: the variants are divided by chance. */
  variantKey?: string | null | undefined;
};

/** The experiment to copy, and the target project. */
export type CopyExperimentToProjectInput = {
  /** The key of the flag in the target project. Default: the key of the source's flag. If the project has a flag with this key, it is used. Otherwise a flag is created, switched off, with the source's variants. */
  featureFlagKey?: string | null | undefined;
  /** The experiment: its global id, or its number. */
  id: string | number;
  /** The name of the copy: at most 400 characters. Default: `<name> (Copy)`, with a number if that name is taken. */
  name?: string | null | undefined;
  /** Another project of the same organization: its global id, or its number. */
  targetProjectId: string | number;
};

/** A new policy. */
export type CreateApprovalPolicyInput = {
  /** The action that the policy guards. */
  actionKey: GatedAction;
  /** Whether an approver may vote on their own request. Default: false. */
  allowSelfApprove?: boolean | null | undefined;
  /** Roles of the organization whose holders may approve: global ids. At most 100. */
  approverRoleIds?: Array<string | number> | null | undefined;
  /** Users who may approve: global ids or numbers of active members of the organization. At most 100. */
  approverUserIds?: Array<string | number> | null | undefined;
  /** Levels whose members bypass the policy: their changes are made at once. Default: none. List each level: `ADMIN` does not include owners. */
  bypassMembershipLevels?: Array<OrganizationMembershipLevel> | null | undefined;
  /** Roles whose holders bypass the policy: global ids. At most 100. */
  bypassRoleIds?: Array<string | number> | null | undefined;
  /** Limits the policy to some of these changes. By default, it guards all of them. */
  condition?: ApprovalConditionInput | null | undefined;
  /** Whether the policy is in force. Default: true. */
  enabled?: boolean | null | undefined;
  /** The time until a request expires, in seconds: 1 to 31,536,000 (a year). Default: 1,209,600 (14 days). */
  expiresAfterSeconds?: number | null | undefined;
  /** Whether the policy applies to every project of the organization. Default: false. */
  organizationWide?: boolean | null | undefined;
  /** The project of the policy, or any project of its organization: its global id, or its number. */
  projectId: string | number;
  /** The number of approvals that a request needs: 1 to 100, and at most the number of approvers. */
  quorum: number;
};

/** The policy to delete. */
export type DeleteApprovalPolicyInput = {
  /** The policy: its global id, or its number. */
  id: string | number;
};

/** The flag to delete. */
export type DeleteFeatureFlagInput = {
  /** The flag: its global id, or its number. */
  id: string | number;
  /** The version that you read. If the flag has another version now, nothing is written and you get an `InvalidStateError`. A guarded change becomes a change request instead, which is stale from the start. Without `version`, the last write wins. */
  version?: number | null | undefined;
};

/** The experiment to copy, and the name and flag of the copy. */
export type DuplicateExperimentInput = {
  /** The key of the copy's flag. Default: the copy shares the source's flag. If the project has a flag with this key, it is used. Otherwise a flag is created, switched off, with the source's variants. */
  featureFlagKey?: string | null | undefined;
  /** The experiment: its global id, or its number. */
  id: string | number;
  /** The name of the copy: at most 400 characters. Default: `<name> (Copy)`, with a number if that name is taken. */
  name?: string | null | undefined;
};

/** The experiment to end, and its conclusion. */
export type EndExperimentInput = {
  /** The conclusion. Default: none. */
  conclusion?: ExperimentConclusion | null | undefined;
  /** The reasons for the conclusion: at most 4,000 characters. Default: none. */
  conclusionComment?: string | null | undefined;
  /** The running or paused experiment: its global id, or its number. */
  id: string | number;
};

/** The kind of an error. Each kind has a type of its own. The code is for clients that do not know the type yet. */
export type ErrorCode =
  /** The viewer has already voted on this change request. */
  | 'ALREADY_VOTED'
  /** A policy guards the change. It became a change request. */
  | 'APPROVAL_REQUIRED'
  /** Only the requester may cancel, and only before the first approval unless the request is stale. */
  | 'CANCEL_FORBIDDEN'
  /** A change request for the same action on the same flag is already open. */
  | 'CHANGE_REQUEST_PENDING'
  /** The change request has expired. */
  | 'EXPIRED'
  /** The object is in a state that does not allow this. */
  | 'INVALID_STATE'
  /** Something else uses the object. */
  | 'IN_USE'
  /** The launch should have no open points, and it has some. */
  | 'LAUNCH_BLOCKED'
  /** The project is linked to PostHog, and the change can only be made there. */
  | 'LINKED_READ_ONLY'
  /** The policy does not name the viewer as an approver. */
  | 'NOT_AN_APPROVER'
  /** The object does not exist, or the viewer may not see it. */
  | 'NOT_FOUND'
  /** The viewer or their API key may not do this here. */
  | 'PERMISSION_DENIED'
  /** Several policies guard different parts of the change. */
  | 'POLICY_CONFLICT'
  /** The action already has a policy. */
  | 'POLICY_EXISTS'
  /** A rejection needs a reason. */
  | 'REASON_REQUIRED'
  /** The policy does not let requesters vote on their own change requests. */
  | 'SELF_APPROVAL_FORBIDDEN'
  /** A value that the change request would set has changed since. */
  | 'STALE'
  /** The input is wrong. */
  | 'VALIDATION_FAILED'
  /** Somebody else changed the same values in PostHog. */
  | 'VERSION_CONFLICT';

/** Why a flag answers what it answers. */
export type EvaluationReason =
  /** A condition set holds, and the id is inside its share. */
  | 'CONDITION_MATCH'
  /** The flag is off or deleted. */
  | 'FLAG_DISABLED'
  /** The project has no flag with this key. */
  | 'FLAG_NOT_FOUND'
  /** A holdout keeps the person out. The variant is `holdout-` and its number. */
  | 'HOLDOUT_CONDITION_VALUE'
  /** A flag that this one depends on is missing or deleted, or they depend on each other in a circle. */
  | 'MISSING_DEPENDENCY'
  /** The properties of no condition set hold, or there is none. */
  | 'NO_CONDITION_MATCH'
  /** A condition set divides groups, and no key of such a group was given. */
  | 'NO_GROUP_TYPE'
  /** The properties of a condition set hold, but the id is outside its share. */
  | 'OUT_OF_ROLLOUT_BOUND'
  /** The person has opted in to early access, or out of it. */
  | 'SUPER_CONDITION_VALUE';

/** The kinds of libraries that may evaluate a flag. */
export type EvaluationRuntime =
  /** All libraries. */
  | 'ALL'
  /** Only client-side libraries: browsers and apps. */
  | 'CLIENT'
  /** Only server-side libraries. */
  | 'SERVER';

/** Where the events of a linked project are read. */
export type EventPlace =
  /** In PostHog, by its query endpoint. Answers are at most a minute old. */
  | 'POSTHOG'
  /** Here: as they were imported, or in the ClickHouse that the service is configured with. */
  | 'STORED';

/** An action on an experiment, and so a mutation. */
export type ExperimentAction =
  /** `archiveExperiment`, without `disableFeatureFlag`. */
  | 'ARCHIVE'
  /** `copyExperimentToProject`. What the other project says is not known here. */
  | 'COPY'
  /** `updateExperiment` with `deleted: true`. */
  | 'DELETE'
  /** `duplicateExperiment`, with the same flag. */
  | 'DUPLICATE'
  /** `endExperiment`. */
  | 'END'
  /** `freezeExposure`. */
  | 'FREEZE_EXPOSURE'
  /** `launchExperiment`. */
  | 'LAUNCH'
  /** `pauseExperiment`. */
  | 'PAUSE'
  /** `resetExperiment`. */
  | 'RESET'
  /** `resumeExperiment`. */
  | 'RESUME'
  /** `shipExperimentVariant`, with any of the variants. */
  | 'SHIP'
  /** `unarchiveExperiment`. */
  | 'UNARCHIVE'
  /** `unfreezeExposure`. */
  | 'UNFREEZE_EXPOSURE';

/** The outcome of an experiment. */
export type ExperimentConclusion =
  /** The experiment showed no difference. */
  | 'INCONCLUSIVE'
  /** The experiment was flawed. Its numbers are meaningless. */
  | 'INVALID'
  /** The baseline performed better. */
  | 'LOST'
  /** The experiment was ended before it had a result. */
  | 'STOPPED_EARLY'
  /** A test variant performed better than the baseline. */
  | 'WON';

/** A metric. Exactly one of the fields is given. */
export type ExperimentMetricInput = {
  /** The share of people who reach the last of several steps. */
  funnel?: FunnelMetricInput | null | undefined;
  /** A number per person. */
  mean?: MeanMetricInput | null | undefined;
  /** One number per person, divided by another. */
  ratio?: RatioMetricInput | null | undefined;
  /** A metric in the form of the REST API: an object of kind `ExperimentMetric` and type mean, funnel, ratio or retention. One that is stored exactly so may be anything, such as the `raw` of an `OpaqueMetric`, and stays as it is. */
  raw?: unknown;
  /** The share of people who come back. */
  retention?: RetentionMetricInput | null | undefined;
};

/** The stage of an experiment. */
export type ExperimentStatus =
  /** Not launched. The experiment has no start date. */
  | 'DRAFT'
  /** Launched and not ended. Its flag is on, and each condition set only lets in people who were exposed before the freeze. People who are in keep their variant. Nobody new comes in. */
  | 'EXPOSURE_FROZEN'
  /** Launched and not ended. Its flag is off. */
  | 'PAUSED'
  /** Launched and not ended. Its flag is on. */
  | 'RUNNING'
  /** Ended. The experiment has a start date and an end date. */
  | 'STOPPED';

/** How an experiment makes its changes. */
export type ExperimentType =
  /** The experiment changes the code of the product, behind the flag. */
  | 'PRODUCT'
  /** The experiment changes a web page without code. */
  | 'WEB';

/** Which people count as exposed, and from when. `{}` is the default: from the call of the experiment's own flag. */
export type ExposureCriteriaInput = {
  /** The action that exposes a person: its global id, or its number. Default, also for null: none. */
  actionId?: string | number | null | undefined;
  /** What an exposed person must also do to count, without `math`. Default, also for null: nothing. */
  activation?: MetricSourceInput | null | undefined;
  /** The event that exposes a person: 1 to 400 characters. Not with `actionId`. Default, also for null: the flag's own call. */
  event?: string | null | undefined;
  /** Whether people who test the product are left out. Default, also for null: true. */
  filterTestAccounts?: boolean | null | undefined;
  /** The filters on properties that the event must meet: a list of at most 100 objects in the form of the REST API, at most 64 KiB. Default, also for null: none. */
  filters?: unknown;
  /** What happens to people who are exposed to several variants. Default, also for null: `EXCLUDE`. */
  multipleVariants?: MultipleVariantHandling | null | undefined;
};

/** The state of a flag. The states exclude each other. */
export type FeatureFlagStatus =
  /** The flag is on and in use. */
  | 'ACTIVE'
  /** The flag is archived. It is off. */
  | 'ARCHIVED'
  /** The flag is deleted. */
  | 'DELETED'
  /** The flag is off. */
  | 'INACTIVE'
  /** The flag is on, but was last called over 30 days ago. Or it was never called as far as known, was created over 30 days ago and serves the same to everybody. */
  | 'STALE';

/** A condition on the value of another flag. */
export type FlagConditionInput = {
  /** The other flag: its global id, or its number. A flag of the project that is not deleted, and does not depend on this flag. */
  featureFlagId: string | number;
  /** What the other flag must return: true for on, false for off, or the key of a variant. */
  value: unknown;
};

/** The experiment to freeze. */
export type FreezeExposureInput = {
  /** The running experiment: its global id, or its number. */
  id: string | number;
};

/** The share of people who reach the last step after their exposure. */
export type FunnelMetricInput = {
  /** Properties of the exposure event by which results are broken down: at most 3. Default, also for null: none. */
  breakdownProperties?: Array<string> | null | undefined;
  /** How long after the exposure events count. Default, also for null: no limit of its own. */
  conversionWindow?: TimeSpanInput | null | undefined;
  /** Which change is good. Default, also for null: `INCREASE`. */
  goal?: MetricGoal | null | undefined;
  /** The display name: at most 400 characters. Default, also for null: a title made from the events. */
  name?: string | null | undefined;
  /** The order in which the steps must be done. Default, also for null: `ORDERED`. */
  order?: FunnelOrder | null | undefined;
  /** The steps after the exposure, which comes first: 1 to 20. */
  steps: Array<MetricSourceInput>;
  /** The UUID of the stored metric that this one replaces, at most 100 characters. What types cannot say of it stays. Without it, the metric is new. */
  uuid?: string | null | undefined;
};

/** The order in which a person must do the steps of a funnel. */
export type FunnelOrder =
  /** In the order of the steps. Other events may come between. */
  | 'ORDERED'
  /** In the order of the steps, without an event of another step between. */
  | 'STRICT'
  /** In any order. */
  | 'UNORDERED';

/** The actions that a policy can guard. `EXPERIMENT_…` is for flags that an experiment uses, `FEATURE_FLAG_…` for all others. */
export type GatedAction =
  /** Deleting a holdout, with all flags that carry it. Without such a policy, the same ones as for an update guard the flags. */
  | 'EXPERIMENT_HOLDOUT_DELETE'
  /** Changing the percentage of a holdout, with all flags that carry it. Without such a policy, one for EXPERIMENT_UPDATE guards the flags, then one for FEATURE_FLAG_UPDATE. */
  | 'EXPERIMENT_HOLDOUT_UPDATE'
  /** Turning an experiment's flag on: launching or resuming it, or creating one that runs at once. */
  | 'EXPERIMENT_LAUNCH'
  /** Turning an experiment's flag off. */
  | 'EXPERIMENT_PAUSE'
  /** Changing the percentages of an experiment's flag, also by shipping a variant. Freezing and unfreezing exposure. */
  | 'EXPERIMENT_UPDATE'
  /** Deleting a flag that is on. */
  | 'FEATURE_FLAG_DELETE'
  /** Turning a flag off, also by archiving it. */
  | 'FEATURE_FLAG_DISABLE'
  /** Turning a flag on. Also creating one that is on, and restoring one that was on. */
  | 'FEATURE_FLAG_ENABLE'
  /** Changing a flag's percentages or release conditions. Also creating a flag that has percentages. */
  | 'FEATURE_FLAG_UPDATE';

/** The type of the object that a mutation was about. */
export type GatedResourceType =
  /** An experiment. */
  | 'EXPERIMENT'
  /** A holdout. */
  | 'EXPERIMENT_HOLDOUT'
  /** A feature flag. */
  | 'FEATURE_FLAG';

/** For whom the impact of a change was judged. */
export type ImpactSampleKind =
  /** People of recent events. */
  | 'RECENT'
  /** The people that were given. */
  | 'SUBJECTS'
  /** Made-up ids, of which nothing else is known. */
  | 'SYNTHETIC';

/** Why an experiment may not use a flag. */
export type IneligibilityReason =
  /** No variant has the key `baselineVariantKey`. */
  | 'BASELINE_MISSING'
  /** The key of the first variant is not exactly `control`. Only if no baseline was asked for. */
  | 'CONTROL_NOT_FIRST'
  /** The flag is deleted. */
  | 'DELETED'
  /** The `filters` hold a value of the wrong type: a percentage that is no number from 0 to 100, a variant without a key, or condition sets, payloads or a holdout of another form. */
  | 'MALFORMED_FILTERS'
  /** The flag has no list of variants: it is boolean, or its `multivariate` is malformed. */
  | 'NOT_MULTIVARIATE'
  /** The flag has fewer than two variants. */
  | 'TOO_FEW_VARIANTS'
  /** A product tour, possibly an archived one, created the flag for its own use. */
  | 'USED_BY_PRODUCT_TOUR'
  /** A survey created the flag for its own use: to target people, or to sample responses. */
  | 'USED_BY_SURVEY';

/** What a check before a launch looks for. Each value describes what is wrong where the check fails. */
export type LaunchCheckKind =
  /** The flag is on before the launch. */
  | 'ALREADY_SERVING'
  /** A policy guards the launch, and the viewer does not bypass it. */
  | 'APPROVAL_NEEDED'
  /** The flag has no variant with the key of the baseline. */
  | 'BASELINE_MISSING'
  /** The draft has an end date in the past. */
  | 'END_DATE_PASSED'
  /** The event that exposes people was not sent since midnight seven days ago. By default, it is the call of any flag. */
  | 'EXPOSURE_EVENT_UNSEEN'
  /** The flag is archived. */
  | 'FLAG_ARCHIVED'
  /** The flag is deleted. */
  | 'FLAG_DELETED'
  /** The `filters` of the flag hold a value of the wrong type. */
  | 'FLAG_MALFORMED'
  /** No sampled event of the metrics carries a `$feature/…` property, as `requiresFlagImplementation` warns. */
  | 'FLAG_NOT_IMPLEMENTED'
  /** Another draft or running experiment uses the flag. */
  | 'FLAG_SHARED'
  /** A condition set forces a variant on its people. */
  | 'FORCED_VARIANT'
  /** A running experiment on the flag has another holdout, or none where this one has one. */
  | 'HOLDOUT_OVERLAP'
  /** A metric is on an event that was not sent since midnight seven days ago. */
  | 'METRIC_EVENTS_UNSEEN'
  /** The experiment has no description. */
  | 'NO_DESCRIPTION'
  /** The experiment has no primary metric, neither its own nor a saved one. */
  | 'NO_PRIMARY_METRIC'
  /** No condition set lets anybody in. */
  | 'NO_ROLLOUT'
  /** A change request for the launch is open. */
  | 'OPEN_CHANGE_REQUEST'
  /** The shares of the variants do not add up to 100 percent. */
  | 'SPLIT_NOT_100'
  /** The flag has fewer than two variants. */
  | 'TOO_FEW_VARIANTS';

/** How much a failed check matters. */
export type LaunchCheckSeverity =
  /** `launchExperiment` refuses it. */
  | 'BLOCKING'
  /** A hint. It never stops a launch. */
  | 'INFO'
  /** `launchExperiment` refuses it only with `requireChecks`. */
  | 'WARNING';

/** The experiment to launch. */
export type LaunchExperimentInput = {
  /** The draft: its global id, or its number. */
  id: string | number;
  /** Whether to launch only if every check of `launchChecks` passes, those of severity `INFO` aside. Otherwise the answer is a `LaunchBlockedError`. Default, also for null: false. The checks are made again when a change request is applied. If one fails then, the request is `FAILED`, and says which. `UPSTREAM_UNAVAILABLE` when events are read in PostHog, and it does not tell them. */
  requireChecks?: boolean | null | undefined;
};

/** What a project may do with the project of PostHog that it is linked to. */
export type LinkMode =
  /** It is read and followed. What is mirrored can only be changed in PostHog. */
  | 'MIRROR'
  /** Mutations are sent to PostHog, and its answers are stored here. */
  | 'WRITE_THROUGH';

/** How a link does. */
export type LinkState =
  /** The first copy is under way. Nothing of it is shown until it is complete. */
  | 'COPYING'
  /** PostHog cannot be reached, or has a fault. It is tried again: see `lastError`. */
  | 'FAILING'
  /** Changes in PostHog are shown here within seconds. */
  | 'FOLLOWING'
  /** The key was revoked, or may no longer read what it must. An admin must store another one: `updateProjectLink`. */
  | 'STOPPED';

/** A number per person. */
export type MeanMetricInput = {
  /** Properties of the exposure event by which results are broken down: at most 3. Default, also for null: none. */
  breakdownProperties?: Array<string> | null | undefined;
  /** How long after the exposure events count. Default, also for null: no limit of its own. */
  conversionWindow?: TimeSpanInput | null | undefined;
  /** Which change is good. Default, also for null: `INCREASE`. */
  goal?: MetricGoal | null | undefined;
  /** The display name: at most 400 characters. Default, also for null: a title made from the events. */
  name?: string | null | undefined;
  /** The bounds of outliers. Default, also for null: none. */
  outliers?: OutlierBoundsInput | null | undefined;
  /** The events that make the number. */
  source: MetricSourceInput;
  /** The value from which a person counts as 1, and below as 0. Only with the math `TOTAL` or `SUM`. Default, also for null: the number itself counts. */
  threshold?: number | null | undefined;
  /** The UUID of the stored metric that this one replaces, at most 100 characters. What types cannot say of it stays. Without it, the metric is new. */
  uuid?: string | null | undefined;
};

/** Which change of a metric is good. */
export type MetricGoal =
  /** Less is better. */
  | 'DECREASE'
  /** More is better. */
  | 'INCREASE';

/** How the events of a person become a number. */
export type MetricMath =
  /** The average of a property. */
  | 'AVG'
  /** The number of different people: 1 or 0 for a person, more for a group. */
  | 'DAU'
  /** A free expression, which only `raw` shows. No input takes it, and a metric with it is an `OpaqueMetric`. */
  | 'EXPRESSION'
  /** The greatest value of a property. */
  | 'MAX'
  /** The least value of a property. */
  | 'MIN'
  /** The sum of a property. */
  | 'SUM'
  /** The number of events. */
  | 'TOTAL'
  /** The number of different groups of one type. */
  | 'UNIQUE_GROUP'
  /** The number of different sessions. */
  | 'UNIQUE_SESSION';

/** The place of a metric in an experiment. */
export type MetricRole =
  /** The experiment is decided by it. */
  | 'PRIMARY'
  /** It is watched beside the primary metrics. */
  | 'SECONDARY';

/** The events that a metric counts, and how. Exactly one of `event`, `actionId` and `anyEvent: true` is given. */
export type MetricSourceInput = {
  /** The action of the project, not deleted: its global id, or its number. */
  actionId?: string | number | null | undefined;
  /** True: all events. Default, also for null: false. */
  anyEvent?: boolean | null | undefined;
  /** The name of the events: 1 to 400 characters. Case matters. */
  event?: string | null | undefined;
  /** The filters on properties that the events must all meet: a list of at most 100 objects in the form of the REST API, at most 64 KiB. Default, also for null: none. */
  filters?: unknown;
  /** How the events of a person become a number. Default, also for null: `TOTAL`. `EXPRESSION` is an error. */
  math?: MetricMath | null | undefined;
  /** The index of the type of groups that are counted: 0 to 4. Required for `UNIQUE_GROUP`, and an error for others. */
  mathGroupTypeIndex?: number | null | undefined;
  /** The property whose value is used: 1 to 400 characters. Required for `SUM`, `AVG`, `MIN` and `MAX`, and an error for others. */
  mathProperty?: string | null | undefined;
};

/** What a source names. */
export type MetricSourceKind =
  /** Events that match an action. */
  | 'ACTION'
  /** All events. */
  | 'ANY_EVENT'
  /** Rows of a table of the data warehouse. This service has no such tables. */
  | 'DATA_WAREHOUSE'
  /** Events of one name. */
  | 'EVENT';

/** What happens to people who are exposed to several variants. */
export type MultipleVariantHandling =
  /** They count for no variant. */
  | 'EXCLUDE'
  /** They count for the variant that they saw first. */
  | 'FIRST_SEEN';

/** The membership level of a person in an organization. */
export type OrganizationMembershipLevel =
  /** An admin. */
  | 'ADMIN'
  /** A member. */
  | 'MEMBER'
  /** An owner. */
  | 'OWNER';

/** The bounds of outliers. A person's value outside of them is replaced by the bound. */
export type OutlierBoundsInput = {
  /** Whether the upper bound is taken over the values that are not zero. Default, also for null: false. */
  ignoreZeros?: boolean | null | undefined;
  /** The lower bound, as a share of all people: 0 to 1. Default, also for null: none. */
  lowerPercentile?: number | null | undefined;
  /** The upper bound, as a share of all people: 0 to 1, and not below the lower one. Default, also for null: none. */
  upperPercentile?: number | null | undefined;
};

/** The experiment to pause. */
export type PauseExperimentInput = {
  /** The running experiment: its global id, or its number. */
  id: string | number;
};

/** One condition of a condition set: exactly one of the fields. */
export type PropertyConditionInput = {
  /** A cohort of people. Not in a condition set about groups. */
  cohort?: CohortConditionInput | null | undefined;
  /** The value of another flag. */
  flag?: FlagConditionInput | null | undefined;
  /** A property of the group. Only in a condition set about groups. */
  group?: ValueConditionInput | null | undefined;
  /** A property of the person. Not in a condition set about groups. */
  person?: ValueConditionInput | null | undefined;
};

/** What a property of a condition set is about. */
export type PropertyKind =
  /** Whether the person is a member of a cohort. */
  | 'COHORT'
  /** What another flag answers. */
  | 'FLAG'
  /** A property of a group, such as a company. */
  | 'GROUP'
  /** A property of the person. */
  | 'PERSON';

/** How a property is compared with the value of a condition. The names are those of the REST API in capitals. What cannot be computed, such as a text where a number is needed, does not hold. Every operator but IS_SET and IS_NOT_SET needs a value that is not null. */
export type PropertyOperator =
  /** The number is inside the bounds `[min, max]`, which belong to it. */
  | 'BETWEEN'
  /** The text ends with the value. The case of A to Z does not matter. */
  | 'ENDS_WITH'
  /** The same text, whatever its case. A list holds when any entry is the same. In matching version 1, a value of booleans compares truth. */
  | 'EXACT'
  /** The other flag is on (true), off (false), or answers the variant with this key (text). */
  | 'FLAG_EVALUATES_TO'
  /** The number is greater. */
  | 'GT'
  /** The number is greater or equal. */
  | 'GTE'
  /** The text contains the value. The case of A to Z does not matter. */
  | 'ICONTAINS'
  /** The text contains any entry of the list. */
  | 'ICONTAINS_MULTI'
  /** The person is a member of the cohort. */
  | 'IN'
  /** The date is later. A value such as `-30d` is that long before now. */
  | 'IS_DATE_AFTER'
  /** The date is earlier. A value such as `-30d` is that long before now. */
  | 'IS_DATE_BEFORE'
  /** The date is the same instant. */
  | 'IS_DATE_EXACT'
  /** Not EXACT. Also holds when the property is not given. */
  | 'IS_NOT'
  /** The property is not given. */
  | 'IS_NOT_SET'
  /** The property is given, whatever its value. */
  | 'IS_SET'
  /** The number is less. */
  | 'LT'
  /** The number is less or equal. */
  | 'LTE'
  /** The number is outside the bounds. Also holds when the property is not given. */
  | 'NOT_BETWEEN'
  /** The text does not end with the value. Also holds when the property is not given. */
  | 'NOT_ENDS_WITH'
  /** The text does not contain the value. Also holds when the property is not given. */
  | 'NOT_ICONTAINS'
  /** The text contains no entry of the list. Also holds when the property is not given. */
  | 'NOT_ICONTAINS_MULTI'
  /** The person is not a member of the cohort. */
  | 'NOT_IN'
  /** The pattern is found nowhere. Also holds when the property is not given. An invalid pattern never holds. */
  | 'NOT_REGEX'
  /** The text does not start with the value. Also holds when the property is not given. */
  | 'NOT_STARTS_WITH'
  /** The pattern is found anywhere in the text. Case matters, unless the pattern starts with `(?i)`. */
  | 'REGEX'
  /** The version is at least the value, and has the same numbers up to the first that is not 0. */
  | 'SEMVER_CARET'
  /** The version is the same. */
  | 'SEMVER_EQ'
  /** The version is later. */
  | 'SEMVER_GT'
  /** The version is later or the same. */
  | 'SEMVER_GTE'
  /** The version is earlier. */
  | 'SEMVER_LT'
  /** The version is earlier or the same. */
  | 'SEMVER_LTE'
  /** The version is another one. */
  | 'SEMVER_NEQ'
  /** The version is at least the value, and has the same first two numbers. */
  | 'SEMVER_TILDE'
  /** The version fits a value such as `1.2.*`. */
  | 'SEMVER_WILDCARD'
  /** The text starts with the value. The case of A to Z does not matter. */
  | 'STARTS_WITH'
  /** An operator that this service does not know. It never holds. */
  | 'UNKNOWN';

/** The sum of one number per person, divided by the sum of another. */
export type RatioMetricInput = {
  /** Properties of the exposure event by which results are broken down: at most 3. Default, also for null: none. */
  breakdownProperties?: Array<string> | null | undefined;
  /** How long after the exposure events count. Default, also for null: no limit of its own. */
  conversionWindow?: TimeSpanInput | null | undefined;
  /** The events of the number below the line. */
  denominator: MetricSourceInput;
  /** The bounds of outliers of the denominator. Default, also for null: none. */
  denominatorOutliers?: OutlierBoundsInput | null | undefined;
  /** Which change is good. Default, also for null: `INCREASE`. */
  goal?: MetricGoal | null | undefined;
  /** The display name: at most 400 characters. Default, also for null: a title made from the events. */
  name?: string | null | undefined;
  /** The events of the number above the line. */
  numerator: MetricSourceInput;
  /** The bounds of outliers of the numerator. Default, also for null: none. */
  numeratorOutliers?: OutlierBoundsInput | null | undefined;
  /** The UUID of the stored metric that this one replaces, at most 100 characters. What types cannot say of it stays. Without it, the metric is new. */
  uuid?: string | null | undefined;
};

/** A vote against a change request. */
export type RejectChangeRequestInput = {
  /** The request: its global id, or its number. */
  id: string | number;
  /** The reason for the vote. It must not be blank. Only its first 2,000 characters are stored. */
  reason: string;
};

/** The experiment to reset. */
export type ResetExperimentInput = {
  /** The experiment: its global id, or its number. */
  id: string | number;
};

/** The flag to restore, and its key. */
export type RestoreFeatureFlagInput = {
  /** The flag: its global id, or its number. */
  id: string | number;
  /** The key: 1 to 400 letters, digits, hyphens and underscores. Default, also for null: the key from before the deletion. If another flag has that key now, choose another one. */
  key?: string | null | undefined;
};

/** The experiment to resume. */
export type ResumeExperimentInput = {
  /** The paused experiment: its global id, or its number. */
  id: string | number;
};

/** The linked project. */
export type ResyncProjectInput = {
  /** The project: its global id, or its number. */
  projectId: string | number;
};

/** The share of people who come back within a window after a start. */
export type RetentionMetricInput = {
  /** Properties of the exposure event by which results are broken down: at most 3. Default, also for null: none. */
  breakdownProperties?: Array<string> | null | undefined;
  /** The event by which a person comes back. */
  completion: MetricSourceInput;
  /** How long after the exposure events count. Default, also for null: no limit of its own. */
  conversionWindow?: TimeSpanInput | null | undefined;
  /** Which change is good. Default, also for null: `INCREASE`. */
  goal?: MetricGoal | null | undefined;
  /** The display name: at most 400 characters. Default, also for null: a title made from the events. */
  name?: string | null | undefined;
  /** The event that starts the window. Default, also for null: the exposure itself. */
  start?: MetricSourceInput | null | undefined;
  /** Which start event counts, if a person has several. Default, also for null: `FIRST_SEEN`. */
  startHandling?: StartHandling | null | undefined;
  /** The unit of the window. */
  unit: TimeUnit;
  /** The UUID of the stored metric that this one replaces, at most 100 characters. What types cannot say of it stays. Without it, the metric is new. */
  uuid?: string | null | undefined;
  /** How many units after the start the window ends: not before it begins, and at most 10,000. The last unit belongs to it. */
  windowEnd: number;
  /** How many units after the start the window begins: 0 to 10,000. */
  windowStart: number;
};

/** The change request to retry. */
export type RetryChangeRequestInput = {
  /** The request: its global id, or its number. */
  id: string | number;
};

/** How many people get a flag, as far as its condition sets tell. */
export type RolloutState =
  /** The flag is on, and a condition set without properties takes 100 percent. */
  | 'EVERYBODY'
  /** The flag is off or deleted, or its condition sets take nobody in. */
  | 'NOBODY'
  /** The flag is on, and its condition sets take some people in. */
  | 'SOMEBODY';

/** A saved metric that an experiment uses. */
export type SavedMetricUseInput = {
  /** Its place in the experiment. */
  role: MetricRole;
  /** The saved metric of the project: its global id, or its number. */
  savedMetricId: string | number;
};

/** The experiment, the variant to ship, and the conclusion. */
export type ShipExperimentVariantInput = {
  /** The conclusion. Without it, the stored one stays. */
  conclusion?: ExperimentConclusion | null | undefined;
  /** The reasons for the conclusion: at most 4,000 characters. Without it, the stored comment stays. */
  conclusionComment?: string | null | undefined;
  /** The launched experiment: its global id, or its number. */
  id: string | number;
  /** Whether to add a first condition set that matches everybody. Default: false, the condition sets stay as they are. */
  releaseToEveryone?: boolean | null | undefined;
  /** The key of the variant that everybody in the experiment gets. */
  variantKey: string;
};

/** Which start event counts, if a person has several. */
export type StartHandling =
  /** The first. */
  | 'FIRST_SEEN'
  /** The last. */
  | 'LAST_SEEN';

/** The statistical method by which variants are compared. */
export type StatisticsMethod =
  /** Chances that a variant is better, with credible intervals. */
  | 'BAYESIAN'
  /** P values, with confidence intervals. */
  | 'FREQUENTIST';

/** How results are computed. `{}` is the default: by the settings of the project. */
export type StatisticsSettingsInput = {
  /** The level of the intervals: greater than 0 and less than 1. Default, also for null: that of the project. */
  confidenceLevel?: number | null | undefined;
  /** How many days before the exposure reduce the variance (CUPED): 1 to 30. Default, also for null: CUPED is off. */
  cupedLookbackDays?: number | null | undefined;
  /** The statistical method. Default, also for null: that of the project. */
  method?: StatisticsMethod | null | undefined;
  /** Whether results may be looked at again and again. It matters only for `FREQUENTIST`. Default, also for null: false. */
  sequential?: boolean | null | undefined;
};

/** A length of time. */
export type TimeSpanInput = {
  /** The unit. */
  unit: TimeUnit;
  /** How many units: 1 to 10,000. */
  value: number;
};

/** A unit of time. */
export type TimeUnit =
  /** 24 hours. In the window of a retention, a calendar day of the project. */
  | 'DAY'
  /** 60 minutes. */
  | 'HOUR'
  /** 60 seconds. */
  | 'MINUTE'
  /** 30 days. In the window of a retention, a calendar month. */
  | 'MONTH'
  /** A second. */
  | 'SECOND'
  /** Seven days. */
  | 'WEEK';

/** The experiment to take out of the archive. */
export type UnarchiveExperimentInput = {
  /** The archived experiment: its global id, or its number. */
  id: string | number;
};

/** The archived flag. */
export type UnarchiveFeatureFlagInput = {
  /** The flag: its global id, or its number. */
  id: string | number;
};

/** The experiment to unfreeze. */
export type UnfreezeExposureInput = {
  /** The experiment: its global id, or its number. */
  id: string | number;
};

/** The changes to a policy. A field that is missing or null stays as it is. Exception: null removes the `condition`. */
export type UpdateApprovalPolicyInput = {
  /** Whether an approver may vote on their own request. */
  allowSelfApprove?: boolean | null | undefined;
  /** All roles whose holders may approve: global ids. At most 100. Replaces the list. */
  approverRoleIds?: Array<string | number> | null | undefined;
  /** All users who may approve: global ids or numbers of active members of the organization. At most 100. Replaces the list. */
  approverUserIds?: Array<string | number> | null | undefined;
  /** All levels whose members bypass the policy. Replaces the list; an empty list means none. */
  bypassMembershipLevels?: Array<OrganizationMembershipLevel> | null | undefined;
  /** All roles whose holders bypass the policy: global ids. At most 100. Replaces the list; an empty list means none. */
  bypassRoleIds?: Array<string | number> | null | undefined;
  /** Limits the policy to some changes. Null: the policy guards all of them. */
  condition?: ApprovalConditionInput | null | undefined;
  /** Whether the policy is in force. */
  enabled?: boolean | null | undefined;
  /** The time until a request expires, in seconds: 1 to 31,536,000 (a year). */
  expiresAfterSeconds?: number | null | undefined;
  /** The policy: its global id, or its number. */
  id: string | number;
  /** The number of approvals that a request needs: 1 to 100, and at most the number of approvers. */
  quorum?: number | null | undefined;
};

/** The changes to an experiment. Missing fields stay as they are. */
export type UpdateExperimentInput = {
  /** The key of the variant that the others are compared to: one of the variants of its flag. Null clears it: then `control` is the baseline. It is also the `baseline_variant_key` of `statsConfig`; give only one of them. */
  baselineVariantKey?: string | null | undefined;
  /** The conclusion. Null clears it. */
  conclusion?: ExperimentConclusion | null | undefined;
  /** The reasons for the conclusion: at most 4,000 characters. Null clears them. */
  conclusionComment?: string | null | undefined;
  /** True deletes the experiment, false restores it. The flag stays as it is. Null changes nothing. */
  deleted?: boolean | null | undefined;
  /** What the experiment is about: at most 3,000 characters. Null clears it. */
  description?: string | null | undefined;
  /** When the experiment ended. Must be after the start. Null clears it: the experiment has not ended. */
  endDate?: string | null | undefined;
  /** The keys of all variants that results leave out: at most 18. Replaces the list. The baseline and a test variant must remain. Null changes nothing. A variant that `variants` removes is removed here too. */
  excludedVariantKeys?: Array<string> | null | undefined;
  /** Which people count as exposed, as a whole. Not with `exposureCriteria`. Null changes nothing. */
  exposure?: ExposureCriteriaInput | null | undefined;
  /** Which people count as exposed. Replaces the whole object. Null changes nothing. */
  exposureCriteria?: unknown;
  /** The holdout whose people do not enter the experiment: its global id, or its number. Only for a draft, and only if no other experiment runs on the flag. Null changes nothing. */
  holdoutId?: string | number | null | undefined;
  /** The experiment: its global id, or its number. */
  id: string | number;
  /** All primary metrics, as in `createExperiment`, but on any events: at most 100. Replaces the list. Null changes nothing. */
  metrics?: Array<unknown> | null | undefined;
  /** All secondary metrics: at most 100. Replaces the list. Null changes nothing. */
  metricsSecondary?: Array<unknown> | null | undefined;
  /** The name: 1 to 400 characters. Null changes nothing. */
  name?: string | null | undefined;
  /** Whether people count only after the conversion window of a metric has passed for them. Null changes nothing. */
  onlyCountMaturedPersons?: boolean | null | undefined;
  /** Its own primary metrics, in display order. Saved metrics are not among them, and keep their places. An experiment has at most 20 metrics in all. Not with `metrics`. On any events. Replaces the list. Null changes nothing, and an empty list removes all. */
  primaryMetrics?: Array<ExperimentMetricInput> | null | undefined;
  /** True takes the draft out of its holdout. Not together with `holdoutId`. False and null change nothing. */
  removeHoldout?: boolean | null | undefined;
  /** The percentage of the first condition set of its flag: 0 to 100. Null changes nothing. */
  rolloutPercentage?: number | null | undefined;
  /** All saved metrics that it uses, each once: at most 20 metrics in all. Replaces the list. Null changes nothing, and an empty list removes all. */
  savedMetrics?: Array<SavedMetricUseInput> | null | undefined;
  /** Its own secondary metrics, in the same way: at most 20 metrics in all. Not with `metricsSecondary`. On any events. Replaces the list. Null changes nothing, and an empty list removes all. */
  secondaryMetrics?: Array<ExperimentMetricInput> | null | undefined;
  /** When the experiment started. On a draft, this launches it and switches its flag on. Null changes nothing. */
  startDate?: string | null | undefined;
  /** How results are computed, as a whole. The baseline stays. Not with `statsConfig`. Null changes nothing. */
  statistics?: StatisticsSettingsInput | null | undefined;
  /** How the results are computed. Replaces the whole object. Null changes nothing. */
  statsConfig?: unknown;
  /** Labels: at most 100, of at most 255 characters each. Replaces the list. Null changes nothing, and an empty list removes all. */
  tags?: Array<string> | null | undefined;
  /** How the experiment changes what people see. Null changes nothing. */
  type?: ExperimentType | null | undefined;
  /** All variants of its flag: 2 to 20, one of them the baseline. Replaces the list. After the launch, the keys must stay the same. A variant without a payload keeps its stored payload. Null changes nothing. */
  variants?: Array<VariantInput> | null | undefined;
};

/** The changes to a flag. A field that is missing or null stays as it is. */
export type UpdateFeatureFlagInput = {
  /** Whether the flag is on. */
  active?: boolean | null | undefined;
  /** Condition sets to add after those of the flag: at most 100. Not together with `conditions`. */
  addConditions?: Array<ConditionSetInput> | null | undefined;
  /** Whether the flag is archived. Switch a flag off before you archive it, or in the same call. */
  archived?: boolean | null | undefined;
  /** By which id the flag divides people. `DEVICE_ID` is not possible together with `ensureExperienceContinuity`. Policies guard it like release conditions. */
  bucketing?: Bucketing | null | undefined;
  /** All condition sets of the flag, in order: at most 100. Replaces the list; an empty one leaves none, so that nobody gets the flag. Not together with `filters`, like each typed field of what `filters` holds. */
  conditions?: Array<ConditionSetInput> | null | undefined;
  /** True deletes the flag and frees its key. False restores it. What `FeatureFlag.deletionBlockers` lists keeps a flag from being deleted. */
  deleted?: boolean | null | undefined;
  /** Whether a person outside of the share of the first set that they match gets no value from later sets. */
  earlyExit?: boolean | null | undefined;
  /** Whether a person keeps the same value after login. */
  ensureExperienceContinuity?: boolean | null | undefined;
  /** All evaluation contexts of the flag: at most 100 names of at most 255 characters. Replaces the list. */
  evaluationContexts?: Array<string> | null | undefined;
  /** Where the flag may be evaluated. */
  evaluationRuntime?: EvaluationRuntime | null | undefined;
  /** Who gets which value. Each top-level key in this object replaces the stored one; the others stay. At most 256 KiB. */
  filters?: unknown;
  /** The index of the group type that the flag is about. Send `conditions` too, unless all sets are about it already. For a flag about people, send `conditions` whose `groupTypeIndex` is null. */
  groupTypeIndex?: number | null | undefined;
  /** The flag: its global id, or its number. */
  id: string | number;
  /** The new key: 1 to 400 letters, digits, hyphens and underscores. Unique among the flags of the project that are not deleted. */
  key?: string | null | undefined;
  /** What the flag is for: at most 4,000 characters. */
  name?: string | null | undefined;
  /** The data that applications get with a flag without variants: any JSON but null, at most 64 KiB. To remove it, send `removePayload`. */
  payload?: unknown;
  /** True removes the payload of a flag without variants. */
  removePayload?: boolean | null | undefined;
  /** The share of each condition set of the flag, in percent: 0 to 100. Not together with `conditions`. */
  rolloutPercentage?: number | null | undefined;
  /** All labels of the flag: at most 100, of at most 255 characters each. Replaces the list. */
  tags?: Array<string> | null | undefined;
  /** All variants of the flag, in order: at most 100. Replaces the list; an empty one makes the flag boolean. Payloads of variants that are removed are removed too. */
  variants?: Array<VariantInput> | null | undefined;
  /** The version that you read. If the flag has another version now, nothing is written and you get an `InvalidStateError`. A guarded change becomes a change request instead, which is stale from the start. Without `version`, the last write wins. */
  version?: number | null | undefined;
};

/** A comparison of a property with a value. */
export type ValueConditionInput = {
  /** Of a property of a group: the index of its group type. Default, also for null: the group type of the condition set. Must be left out for a property of a person. */
  groupTypeIndex?: number | null | undefined;
  /** The name of the property: 1 to 400 characters. */
  key: string;
  /** How the property is compared. `IN`, `NOT_IN` and `FLAG_EVALUATES_TO` are for cohorts and flags. `UNKNOWN` stands for a stored operator that the service does not know: such a condition can only be sent back unchanged. */
  operator: PropertyOperator;
  /** What the property is compared with. Required but for `IS_SET` and `IS_NOT_SET`. A list for `ICONTAINS_MULTI` and `NOT_ICONTAINS_MULTI`, two numbers for `BETWEEN` and `NOT_BETWEEN`, a date or a time back such as `-7d` for `IS_DATE_…`, a version for `SEMVER_…`, a text, number, boolean or list for `EXACT` and `IS_NOT`, otherwise a text or number. */
  value?: unknown;
};

/** A variant of a flag. */
export type VariantInput = {
  /** The value that the flag returns: 1 to 400 letters, digits, hyphens, underscores, dots and slashes. Unique within the flag. */
  key: string;
  /** The display name: at most 400 characters. */
  name?: string | null | undefined;
  /** The data that applications get with the variant: any JSON of at most 64 KiB. Missing or null: a variant that stays keeps its payload. */
  payload?: unknown;
  /** The share of people who get the variant, in percent: 0 to 100. All shares add up to 100. */
  rolloutPercentage: number;
};

/** An enum describing what kind of type a given `__Type` is. */
export type __TypeKind =
  /** Indicates this type is a scalar. */
  | 'SCALAR'
  /** Indicates this type is an object. `fields` and `interfaces` are valid fields. */
  | 'OBJECT'
  /** Indicates this type is an interface. `fields`, `interfaces`, and `possibleTypes` are valid fields. */
  | 'INTERFACE'
  /** Indicates this type is a union. `possibleTypes` is a valid field. */
  | 'UNION'
  /** Indicates this type is an enum. `enumValues` is a valid field. */
  | 'ENUM'
  /** Indicates this type is an input object. `inputFields` is a valid field. */
  | 'INPUT_OBJECT'
  /** Indicates this type is a list. `ofType` is a valid field. */
  | 'LIST'
  /** Indicates this type is a non-null. `ofType` is a valid field. */
  | 'NON_NULL';

export type ExperimentChangesSubscriptionVariables = Exact<{
  project: string | number;
}>;


export type ExperimentChangesSubscription = { experimentUpdated: { id: string, name: string, status: ExperimentStatus } | null };

export type RequestChangesSubscriptionVariables = Exact<{
  project: string | number;
}>;


export type RequestChangesSubscription = { changeRequestUpdated: { id: string, description: string, state: ChangeRequestState } | null };

type Refusal_AlreadyVotedError_Fragment = { __typename: 'AlreadyVotedError', code: ErrorCode, message: string };

type Refusal_ApprovalRequiredError_Fragment = { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } };

type Refusal_CancelForbiddenError_Fragment = { __typename: 'CancelForbiddenError', code: ErrorCode, message: string };

type Refusal_ChangeRequestExpiredError_Fragment = { __typename: 'ChangeRequestExpiredError', code: ErrorCode, message: string };

type Refusal_ChangeRequestPendingError_Fragment = { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } };

type Refusal_ChangeRequestStaleError_Fragment = { __typename: 'ChangeRequestStaleError', code: ErrorCode, message: string };

type Refusal_InUseError_Fragment = { __typename: 'InUseError', code: ErrorCode, message: string };

type Refusal_InvalidStateError_Fragment = { __typename: 'InvalidStateError', code: ErrorCode, message: string };

type Refusal_LaunchBlockedError_Fragment = { __typename: 'LaunchBlockedError', code: ErrorCode, message: string, checks: Array<{ kind: LaunchCheckKind, passed: boolean, severity: LaunchCheckSeverity, message: string }> };

type Refusal_LinkedReadOnlyError_Fragment = { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string };

type Refusal_NotAnApproverError_Fragment = { __typename: 'NotAnApproverError', code: ErrorCode, message: string };

type Refusal_NotFoundError_Fragment = { __typename: 'NotFoundError', code: ErrorCode, message: string };

type Refusal_PermissionDeniedError_Fragment = { __typename: 'PermissionDeniedError', code: ErrorCode, message: string };

type Refusal_PolicyConflictError_Fragment = { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string };

type Refusal_PolicyExistsError_Fragment = { __typename: 'PolicyExistsError', code: ErrorCode, message: string };

type Refusal_ReasonRequiredError_Fragment = { __typename: 'ReasonRequiredError', code: ErrorCode, message: string };

type Refusal_SelfApprovalForbiddenError_Fragment = { __typename: 'SelfApprovalForbiddenError', code: ErrorCode, message: string };

type Refusal_ValidationError_Fragment = { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> };

type Refusal_VersionConflictError_Fragment = { __typename: 'VersionConflictError', code: ErrorCode, message: string };

export type RefusalFragment =
  | Refusal_AlreadyVotedError_Fragment
  | Refusal_ApprovalRequiredError_Fragment
  | Refusal_CancelForbiddenError_Fragment
  | Refusal_ChangeRequestExpiredError_Fragment
  | Refusal_ChangeRequestPendingError_Fragment
  | Refusal_ChangeRequestStaleError_Fragment
  | Refusal_InUseError_Fragment
  | Refusal_InvalidStateError_Fragment
  | Refusal_LaunchBlockedError_Fragment
  | Refusal_LinkedReadOnlyError_Fragment
  | Refusal_NotAnApproverError_Fragment
  | Refusal_NotFoundError_Fragment
  | Refusal_PermissionDeniedError_Fragment
  | Refusal_PolicyConflictError_Fragment
  | Refusal_PolicyExistsError_Fragment
  | Refusal_ReasonRequiredError_Fragment
  | Refusal_SelfApprovalForbiddenError_Fragment
  | Refusal_ValidationError_Fragment
  | Refusal_VersionConflictError_Fragment
;

export type RequestsQueryVariables = Exact<{
  project: string | number;
  waiting?: boolean | null | undefined;
  requester?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type RequestsQuery = { changeRequests: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, description: string, state: ChangeRequestState, actionKey: GatedAction, resourceName: string, createdAt: string, expiresAt: string, approvalCount: number, quorum: number, validationStatus: ChangeRequestValidationStatus, requestedBy: { id: string, firstName: string, email: string } | null }> } | null };

export type RequestRowFragment = { id: string, description: string, state: ChangeRequestState, actionKey: GatedAction, resourceName: string, createdAt: string, expiresAt: string, approvalCount: number, quorum: number, validationStatus: ChangeRequestValidationStatus, requestedBy: { id: string, firstName: string, email: string } | null };

export type RequestQueryVariables = Exact<{
  id: string | number;
  flags: boolean;
  experiments: boolean;
}>;


export type RequestQuery = { changeRequest: { resourceType: GatedResourceType, validationMessage: string | null, missingApprovals: number, undecidableReason: string | null, viewerCanApprove: boolean, viewerCanCancel: boolean, viewerIsRequester: boolean, viewerDecision: ApprovalDecision | null, appliedAt: string | null, applyError: string | null, cancelReason: string | null, id: string, description: string, state: ChangeRequestState, actionKey: GatedAction, resourceName: string, createdAt: string, expiresAt: string, approvalCount: number, quorum: number, validationStatus: ChangeRequestValidationStatus, project: { id: string, databaseId: number }, changes: Array<{ path: Array<string>, label: string, before: unknown, after: unknown, guarded: boolean }>, staleReasons: Array<{ path: Array<string>, label: string, before: unknown, after: unknown, guarded: boolean }>, decidedBy: { id: string, firstName: string, email: string } | null, approvals: Array<{ id: string, decision: ApprovalDecision, reason: string, createdAt: string, createdBy: { id: string, firstName: string, email: string } | null }>, requiredApprovers: { quorum: number, selfApprovalAllowed: boolean, users: Array<{ id: string, firstName: string, email: string }>, roles: Array<{ id: string, name: string }> }, resource:
      | { __typename: 'Experiment' } & { id?: string, databaseId?: number, name?: string }
      | { __typename: 'FeatureFlag' } & { id?: string, key?: string }
      | { __typename: 'Holdout', id: string, name: string }
     | null, requestedBy: { id: string, firstName: string, email: string } | null } | null };

export type RequestImpactQueryVariables = Exact<{
  id: string | number;
  experiments: boolean;
}>;


export type RequestImpactQuery = { changeRequest: { id: string, impact: { sampleKind: ImpactSampleKind | null, sampled: number, undecided: number, unchanged: number, turnedOn: number, turnedOff: number, otherVariant: number, warnings: Array<string>, moves: Array<{ from: string | null, to: string | null, count: number }>, dependents: Array<{ id: string, key: string }>, experiments?: Array<{ id: string, databaseId: number, name: string, status: ExperimentStatus }> } | null } | null };

export type ApproveRequestMutationVariables = Exact<{
  input: ApproveChangeRequestInput;
}>;


export type ApproveRequestMutation = { approveChangeRequest:
    | { __typename: 'AlreadyVotedError', code: ErrorCode, message: string }
    | { __typename: 'ApproveChangeRequestSuccess', changeRequest: { id: string, state: ChangeRequestState }, outcome:
        | { __typename: 'ApplyFailed', reason: ApplyFailureReason, message: string }
        | { __typename: 'ChangeApplied' }
        | { __typename: 'VoteRecorded', approvals: number, quorum: number }
       }
    | { __typename: 'ChangeRequestExpiredError', code: ErrorCode, message: string }
    | { __typename: 'ChangeRequestStaleError', code: ErrorCode, message: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotAnApproverError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'SelfApprovalForbiddenError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type RejectRequestMutationVariables = Exact<{
  input: RejectChangeRequestInput;
}>;


export type RejectRequestMutation = { rejectChangeRequest:
    | { __typename: 'AlreadyVotedError', code: ErrorCode, message: string }
    | { __typename: 'ChangeRequest', id: string, state: ChangeRequestState }
    | { __typename: 'ChangeRequestExpiredError', code: ErrorCode, message: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotAnApproverError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ReasonRequiredError', code: ErrorCode, message: string }
    | { __typename: 'SelfApprovalForbiddenError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type CancelRequestMutationVariables = Exact<{
  input: CancelChangeRequestInput;
}>;


export type CancelRequestMutation = { cancelChangeRequest:
    | { __typename: 'CancelForbiddenError', code: ErrorCode, message: string }
    | { __typename: 'ChangeRequest', id: string, state: ChangeRequestState }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type RetryRequestMutationVariables = Exact<{
  input: RetryChangeRequestInput;
}>;


export type RetryRequestMutation = { retryChangeRequest:
    | { __typename: 'ApproveChangeRequestSuccess', changeRequest: { id: string, state: ChangeRequestState }, outcome:
        | { __typename: 'ApplyFailed', reason: ApplyFailureReason, message: string }
        | { __typename: 'ChangeApplied' }
        | { __typename: 'VoteRecorded', approvals: number, quorum: number }
       }
    | { __typename: 'ChangeRequestExpiredError', code: ErrorCode, message: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotAnApproverError', code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type PoliciesQueryVariables = Exact<{
  project: string | number;
  activity: boolean;
}>;


export type PoliciesQuery = { approvalPolicies: { totalCount: number, nodes: Array<{ id: string, actionKey: GatedAction, enabled: boolean, quorum: number, conditions: unknown, allowSelfApprove: boolean, expiresAfterSeconds: number, bypassMembershipLevels: Array<OrganizationMembershipLevel>, bypassRoles: Array<{ id: string, name: string }>, approverUsers: Array<{ id: string, firstName: string, email: string }>, approverRoles: Array<{ id: string, name: string }>, project: { id: string } | null }> } | null, activity?: { nodes: Array<{ id: string, activity: string, createdAt: string, detail: string, resourceType: ActivityResourceType | null, resourceName: string | null, user: { id: string, firstName: string, email: string } | null, changes: Array<{ path: Array<string>, label: string, before: unknown, after: unknown, guarded: boolean }> }> } | null };

export type PolicyChoicesQueryVariables = Exact<{
  project: string | number;
}>;


export type PolicyChoicesQuery = { project: { id: string, organization: { id: string, viewerLevel: OrganizationMembershipLevel, members: { pageInfo: { hasNextPage: boolean }, nodes: Array<{ id: string, user: { id: string, firstName: string, email: string } }> }, roles: { nodes: Array<{ id: string, name: string }> } } } | null };

export type PolicyPersonFragment = { id: string, firstName: string, email: string };

export type PolicyPeopleQueryVariables = Exact<{
  project: string | number;
  search: string;
}>;


export type PolicyPeopleQuery = { project: { id: string, organization: { id: string, members: { nodes: Array<{ id: string, user: { id: string, firstName: string, email: string } }> } } } | null };

export type CreatePolicyMutationVariables = Exact<{
  input: CreateApprovalPolicyInput;
}>;


export type CreatePolicyMutation = { createApprovalPolicy:
    | { __typename: 'ApprovalPolicy', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyExistsError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type UpdatePolicyMutationVariables = Exact<{
  input: UpdateApprovalPolicyInput;
}>;


export type UpdatePolicyMutation = { updateApprovalPolicy:
    | { __typename: 'ApprovalPolicy', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type DeletePolicyMutationVariables = Exact<{
  input: DeleteApprovalPolicyInput;
}>;


export type DeletePolicyMutation = { deleteApprovalPolicy:
    | { __typename: 'DeleteApprovalPolicySuccess', deletedId: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type ExperimentQueryVariables = Exact<{
  project: string | number;
  number: number;
  flags: boolean;
  approvals: boolean;
}>;


export type ExperimentQuery = { experiment: { id: string, databaseId: number, name: string, description: string | null, type: ExperimentType, status: ExperimentStatus, archived: boolean, startDate: string | null, endDate: string | null, conclusion: ExperimentConclusion | null, conclusionComment: string | null, baselineVariantKey: string, excludedVariantKeys: Array<string>, shippedVariantKey: string | null, createdAt: string, tags: Array<string>, exposureFrozenAt: string | null, createdBy: { id: string, firstName: string, email: string } | null, holdout: { id: string, name: string, exclusionPercentage: number } | null, statistics: { method: StatisticsMethod, confidenceLevel: number, sequential: boolean, cupedLookbackDays: number | null, ofProject: boolean }, exposure: { event: string | null, filterTestAccounts: boolean, multipleVariants: MultipleVariantHandling, problem: string | null, action: { id: string, name: string } | null }, launchChecks: Array<{ kind: LaunchCheckKind, severity: LaunchCheckSeverity, passed: boolean, message: string, fix: string | null }>, actions: Array<{ action: ExperimentAction, allowed: boolean, reason: string | null, needsApproval: boolean }>, primaryMetrics: Array<
      | { __typename: 'FunnelMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, steps: Array<{ kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null }> }
      | { __typename: 'MeanMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, source: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } }
      | { __typename: 'OpaqueMetric', uuid: string, name: string, reason: string, savedMetric: { id: string, name: string } | null }
      | { __typename: 'RatioMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, numerator: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null }, denominator: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } }
      | { __typename: 'RetentionMetric', uuid: string, name: string, goal: MetricGoal, windowStart: number, windowEnd: number, unit: TimeUnit, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, completion: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } }
    >, secondaryMetrics: Array<
      | { __typename: 'FunnelMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, steps: Array<{ kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null }> }
      | { __typename: 'MeanMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, source: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } }
      | { __typename: 'OpaqueMetric', uuid: string, name: string, reason: string, savedMetric: { id: string, name: string } | null }
      | { __typename: 'RatioMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, numerator: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null }, denominator: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } }
      | { __typename: 'RetentionMetric', uuid: string, name: string, goal: MetricGoal, windowStart: number, windowEnd: number, unit: TimeUnit, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, completion: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } }
    >, pendingChangeRequests?: { nodes: Array<{ id: string, description: string }> }, featureFlag?: { id: string, key: string, active: boolean, archived: boolean, status: FeatureFlagStatus, rolloutPercentage: number | null, variants: Array<{ key: string, name: string | null, rolloutPercentage: number }> } } | null };

export type ExperimentExposureQueryVariables = Exact<{
  project: string | number;
  number: number;
}>;


export type ExperimentExposureQuery = { experiment: { id: string, featureFlag: { id: string, usage: { calls: number, persons: number, asOf: string, days: Array<{ day: string, answer: string, calls: number }> } | null } } | null };

export type ExperimentActivityQueryVariables = Exact<{
  project: string | number;
  number: number;
}>;


export type ExperimentActivityQuery = { experiment: { id: string, activity: { nodes: Array<{ id: string, activity: string, createdAt: string, detail: string, resourceType: ActivityResourceType | null, resourceName: string | null, user: { id: string, firstName: string, email: string } | null, changes: Array<{ path: Array<string>, label: string, before: unknown, after: unknown, guarded: boolean }> }> } } | null };

type MetricText_FunnelMetric_Fragment = { __typename: 'FunnelMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, steps: Array<{ kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null }> };

type MetricText_MeanMetric_Fragment = { __typename: 'MeanMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, source: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } };

type MetricText_OpaqueMetric_Fragment = { __typename: 'OpaqueMetric', uuid: string, name: string, reason: string, savedMetric: { id: string, name: string } | null };

type MetricText_RatioMetric_Fragment = { __typename: 'RatioMetric', uuid: string, name: string, goal: MetricGoal, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, numerator: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null }, denominator: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } };

type MetricText_RetentionMetric_Fragment = { __typename: 'RetentionMetric', uuid: string, name: string, goal: MetricGoal, windowStart: number, windowEnd: number, unit: TimeUnit, savedMetric: { id: string, name: string } | null, conversionWindow: { value: number, unit: TimeUnit } | null, completion: { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null } };

export type MetricTextFragment =
  | MetricText_FunnelMetric_Fragment
  | MetricText_MeanMetric_Fragment
  | MetricText_OpaqueMetric_Fragment
  | MetricText_RatioMetric_Fragment
  | MetricText_RetentionMetric_Fragment
;

export type SourceTextFragment = { kind: MetricSourceKind, event: string | null, table: string | null, math: MetricMath, mathProperty: string | null, action: { id: string, name: string } | null };

export type LaunchExperimentMutationVariables = Exact<{
  input: LaunchExperimentInput;
}>;


export type LaunchExperimentMutation = { launchExperiment:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LaunchBlockedError', code: ErrorCode, message: string, checks: Array<{ kind: LaunchCheckKind, passed: boolean, severity: LaunchCheckSeverity, message: string }> }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type PauseExperimentMutationVariables = Exact<{
  input: PauseExperimentInput;
}>;


export type PauseExperimentMutation = { pauseExperiment:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type ResumeExperimentMutationVariables = Exact<{
  input: ResumeExperimentInput;
}>;


export type ResumeExperimentMutation = { resumeExperiment:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type EndExperimentMutationVariables = Exact<{
  input: EndExperimentInput;
}>;


export type EndExperimentMutation = { endExperiment:
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type ShipExperimentVariantMutationVariables = Exact<{
  input: ShipExperimentVariantInput;
}>;


export type ShipExperimentVariantMutation = { shipExperimentVariant:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type FreezeExposureMutationVariables = Exact<{
  input: FreezeExposureInput;
}>;


export type FreezeExposureMutation = { freezeExposure:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type UnfreezeExposureMutationVariables = Exact<{
  input: UnfreezeExposureInput;
}>;


export type UnfreezeExposureMutation = { unfreezeExposure:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type ArchiveExperimentMutationVariables = Exact<{
  input: ArchiveExperimentInput;
}>;


export type ArchiveExperimentMutation = { archiveExperiment:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type UnarchiveExperimentMutationVariables = Exact<{
  input: UnarchiveExperimentInput;
}>;


export type UnarchiveExperimentMutation = { unarchiveExperiment:
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type ResetExperimentMutationVariables = Exact<{
  input: ResetExperimentInput;
}>;


export type ResetExperimentMutation = { resetExperiment:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type DuplicateExperimentMutationVariables = Exact<{
  input: DuplicateExperimentInput;
}>;


export type DuplicateExperimentMutation = { duplicateExperiment:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string, databaseId: number, name: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type CopyExperimentMutationVariables = Exact<{
  input: CopyExperimentToProjectInput;
}>;


export type CopyExperimentMutation = { copyExperimentToProject:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string, databaseId: number, name: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type DeleteExperimentMutationVariables = Exact<{
  input: UpdateExperimentInput;
}>;


export type DeleteExperimentMutation = { updateExperiment:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type ExperimentsQueryVariables = Exact<{
  project: string | number;
  search?: string | null | undefined;
  statuses?: Array<ExperimentStatus> | ExperimentStatus | null | undefined;
  archived?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  flags: boolean;
}>;


export type ExperimentsQuery = { experiments: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, databaseId: number, name: string, status: ExperimentStatus, archived: boolean, startDate: string | null, endDate: string | null, conclusion: ExperimentConclusion | null, createdBy: { id: string, firstName: string, email: string } | null, featureFlag?: { id: string, key: string } }> } | null };

export type FlagQueryVariables = Exact<{
  project: string | number;
  key: string;
  experiments: boolean;
  approvals: boolean;
}>;


export type FlagQuery = { featureFlag: { id: string, key: string, name: string, active: boolean, archived: boolean, status: FeatureFlagStatus, statusReason: string, rollout: RolloutState, rolloutPercentage: number | null, version: number, evaluationRuntime: EvaluationRuntime, evaluationContexts: Array<string>, tags: Array<string>, createdAt: string, updatedAt: string | null, lastCalledAt: string | null, payload: unknown, conditionsProblem: string | null, createdBy: { id: string, firstName: string, email: string } | null, lastModifiedBy: { id: string, firstName: string, email: string } | null, variants: Array<{ key: string, name: string | null, rolloutPercentage: number, payload: unknown }>, conditions: Array<{ index: number, description: string | null, rolloutPercentage: number | null, variantKey: string | null, groupType: { singular: string, plural: string } | null, properties: Array<{ kind: PropertyKind, key: string, operator: PropertyOperator, value: unknown, negated: boolean, groupType: { singular: string } | null, cohort: { id: string, name: string | null } | null, featureFlag: { id: string, key: string } | null }> }>, experimentEligibility: { eligible: boolean, reasons: Array<IneligibilityReason> }, dependencies: Array<{ featureFlagId: string, problem: string | null, featureFlag: { id: string, key: string } | null }>, deletionBlockers: Array<{ kind: BlockerKind, message: string }>, dependents: { totalCount: number, nodes: Array<{ id: string, key: string }> }, holdout: { id: string, name: string, exclusionPercentage: number } | null, experiments?: { totalCount: number, nodes: Array<{ id: string, databaseId: number, name: string, status: ExperimentStatus }> }, pendingChangeRequests?: { nodes: Array<{ id: string, description: string }> }, approvalGuards?: Array<{ actionKey: GatedAction, viewerBypasses: boolean, policy: { id: string, quorum: number } | null }> } | null };

export type FlagUsageQueryVariables = Exact<{
  project: string | number;
  key: string;
}>;


export type FlagUsageQuery = { featureFlag: { id: string, usage: { calls: number, persons: number, days: Array<{ day: string, answer: string, calls: number }> } | null } | null };

export type FlagVersionsQueryVariables = Exact<{
  project: string | number;
  key: string;
  after?: string | null | undefined;
}>;


export type FlagVersionsQuery = { featureFlag: { id: string, versions: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ number: number, createdAt: string | null, current: boolean, complete: boolean, createdBy: { id: string, firstName: string, email: string } | null, changes: Array<{ path: Array<string>, label: string, before: unknown, after: unknown, guarded: boolean }> }> } } | null };

export type FlagActivityQueryVariables = Exact<{
  project: string | number;
  key: string;
}>;


export type FlagActivityQuery = { featureFlag: { id: string, activity: { nodes: Array<{ id: string, activity: string, createdAt: string, detail: string, resourceType: ActivityResourceType | null, resourceName: string | null, user: { id: string, firstName: string, email: string } | null, changes: Array<{ path: Array<string>, label: string, before: unknown, after: unknown, guarded: boolean }> }> } } | null };

export type TryFlagQueryVariables = Exact<{
  project: string | number;
  key: string;
  distinctId: string;
  personProperties?: unknown;
  groups?: unknown;
}>;


export type TryFlagQuery = { featureFlag: { id: string, evaluate: { enabled: boolean, variant: string | null, payload: unknown, reason: EvaluationReason, conditionIndex: number | null, bucketedBy: string | null, missing: Array<string>, conditions: Array<{ index: number, matched: boolean, explanation: string, properties: Array<{ matched: boolean, explanation: string }> }> } } | null };

export type FlagPreviewQueryVariables = Exact<{
  project: string | number;
  key: string;
  active: boolean;
  experiments: boolean;
}>;


export type FlagPreviewQuery = { featureFlag: { id: string, preview: { guards: Array<{ actionKey: GatedAction, viewerBypasses: boolean }>, impact: { sampleKind: ImpactSampleKind | null, sampled: number, undecided: number, unchanged: number, turnedOn: number, turnedOff: number, otherVariant: number, warnings: Array<string>, moves: Array<{ from: string | null, to: string | null, count: number }>, dependents: Array<{ id: string, key: string }>, experiments?: Array<{ id: string, databaseId: number, name: string, status: ExperimentStatus }> }, fieldErrors: Array<{ path: Array<string>, message: string }> } } | null };

export type SwitchFlagMutationVariables = Exact<{
  input: UpdateFeatureFlagInput;
}>;


export type SwitchFlagMutation = { updateFeatureFlag:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'FeatureFlag', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type ArchiveFlagMutationVariables = Exact<{
  input: ArchiveFeatureFlagInput;
}>;


export type ArchiveFlagMutation = { archiveFeatureFlag:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'FeatureFlag', id: string }
    | { __typename: 'InUseError', code: ErrorCode, message: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type UnarchiveFlagMutationVariables = Exact<{
  input: UnarchiveFeatureFlagInput;
}>;


export type UnarchiveFlagMutation = { unarchiveFeatureFlag:
    | { __typename: 'FeatureFlag', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type DeleteFlagMutationVariables = Exact<{
  input: DeleteFeatureFlagInput;
}>;


export type DeleteFlagMutation = { deleteFeatureFlag:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'FeatureFlag', id: string }
    | { __typename: 'InUseError', code: ErrorCode, message: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type RestoreFlagMutationVariables = Exact<{
  input: RestoreFeatureFlagInput;
}>;


export type RestoreFlagMutation = { restoreFeatureFlag:
    | { __typename: 'ApprovalRequiredError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'ChangeRequestPendingError', code: ErrorCode, message: string, changeRequest: { id: string } }
    | { __typename: 'FeatureFlag', id: string }
    | { __typename: 'InvalidStateError', code: ErrorCode, message: string }
    | { __typename: 'LinkedReadOnlyError', url: string, remedy: string | null, code: ErrorCode, message: string }
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'PolicyConflictError', guidance: string, code: ErrorCode, message: string }
    | { __typename: 'ValidationError', code: ErrorCode, message: string, fieldErrors: Array<{ path: Array<string>, message: string }> }
    | { __typename: 'VersionConflictError', code: ErrorCode, message: string }
   };

export type FlagsQueryVariables = Exact<{
  project: string | number;
  search?: string | null | undefined;
  statuses?: Array<FeatureFlagStatus> | FeatureFlagStatus | null | undefined;
  inExperiment?: boolean | null | undefined;
  eligible?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  experiments: boolean;
}>;


export type FlagsQuery = { featureFlags: { totalCount: number, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, key: string, name: string, status: FeatureFlagStatus, statusReason: string, rollout: RolloutState, rolloutPercentage: number | null, tags: Array<string>, variants: Array<{ key: string, rolloutPercentage: number }>, experimentEligibility: { eligible: boolean, reasons: Array<IneligibilityReason> }, experiments?: { totalCount: number, nodes: Array<{ id: string, databaseId: number, name: string, status: ExperimentStatus }> } }> } | null };

export type LinkQueryVariables = Exact<{
  project: string | number;
}>;


export type LinkQuery = { project: { id: string, name: string, link: { id: string, mode: LinkMode, host: string, upstreamProjectId: number, state: LinkState, localApprovals: boolean, events: EventPlace, keyMask: string | null, viewerHasKey: boolean, createdAt: string, lastSyncAt: string | null, lag: number | null, behindBy: number, lastError: string | null, lastErrorAt: string | null, reconciledAt: string | null, lastRepairs: number | null, progress: { rows: number, total: number | null } | null, skipped: { totalCount: number, nodes: Array<{ upstreamId: string, kind: string, reason: string, seenAt: string }> } } | null } | null };

export type ResyncMutationVariables = Exact<{
  input: ResyncProjectInput;
}>;


export type ResyncMutation = { resyncProject:
    | { __typename: 'NotFoundError', code: ErrorCode, message: string }
    | { __typename: 'PermissionDeniedError', code: ErrorCode, message: string }
    | { __typename: 'Project', id: string }
   };

export type SchemaQueryVariables = Exact<{ [key: string]: never; }>;


export type SchemaQuery = { __schema: { queryType: { name: string | null }, mutationType: { name: string | null } | null, subscriptionType: { name: string | null } | null, types: Array<{ kind: __TypeKind, name: string | null, description: string | null, fields: Array<{ name: string, description: string | null, deprecationReason: string | null, args: Array<{ name: string, description: string | null, defaultValue: string | null, type: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null } | null } | null } | null } | null } }>, type: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null } | null } | null } | null } | null } }> | null, inputFields: Array<{ name: string, description: string | null, defaultValue: string | null, type: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null } | null } | null } | null } | null } }> | null, interfaces: Array<{ name: string | null }> | null, possibleTypes: Array<{ name: string | null }> | null, enumValues: Array<{ name: string, description: string | null, deprecationReason: string | null }> | null }> } };

export type SchemaInputFragment = { name: string, description: string | null, defaultValue: string | null, type: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null } | null } | null } | null } | null } };

export type SchemaTypeOfFragment = { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null, ofType: { kind: __TypeKind, name: string | null } | null } | null } | null } | null };

export type OverviewQueryVariables = Exact<{
  project: string | number;
  flags: boolean;
}>;


export type OverviewQuery = { project: { id: string, name: string, timezone: string, experimentStats: { launchedLast30d: number, launchedPrevious30d: number, percentChange: number, activeExperiments: number, completedLast30d: number } | null, experimentCounts: { draft: number, running: number, paused: number, exposureFrozen: number, stopped: number, archived: number } | null, experimentHistory: Array<{ month: string, launched: number, completed: number }> | null } | null, running: { totalCount: number, nodes: Array<{ id: string, databaseId: number, name: string, status: ExperimentStatus, startDate: string | null, featureFlag?: { id: string, key: string, archived: boolean, usage: { calls: number, persons: number } | null } }> } | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { scopes: Array<string>, user: { id: string, firstName: string, email: string }, key: { mask: string, label: string | null }, projects: { nodes: Array<{ id: string, databaseId: number, name: string }>, pageInfo: { hasNextPage: boolean } } } | null };

export type WaitingQueryVariables = Exact<{
  project: string | number;
}>;


export type WaitingQuery = { changeRequests: { totalCount: number } | null };

export type ActivityRowFragment = { id: string, activity: string, createdAt: string, detail: string, resourceType: ActivityResourceType | null, resourceName: string | null, user: { id: string, firstName: string, email: string } | null, changes: Array<{ path: Array<string>, label: string, before: unknown, after: unknown, guarded: boolean }> };

export type ImpactTextFragment = { sampleKind: ImpactSampleKind | null, sampled: number, undecided: number, unchanged: number, turnedOn: number, turnedOff: number, otherVariant: number, warnings: Array<string>, moves: Array<{ from: string | null, to: string | null, count: number }>, dependents: Array<{ id: string, key: string }>, experiments?: Array<{ id: string, databaseId: number, name: string, status: ExperimentStatus }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RefusalFragmentDoc = new TypedDocumentString(`
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}
    `, {"fragmentName":"Refusal"}) as unknown as TypedDocumentString<RefusalFragment, unknown>;
export const RequestRowFragmentDoc = new TypedDocumentString(`
    fragment RequestRow on ChangeRequest {
  id
  description
  state
  actionKey
  resourceName
  createdAt
  expiresAt
  approvalCount
  quorum
  validationStatus
  requestedBy {
    id
    firstName
    email
  }
}
    `, {"fragmentName":"RequestRow"}) as unknown as TypedDocumentString<RequestRowFragment, unknown>;
export const PolicyPersonFragmentDoc = new TypedDocumentString(`
    fragment PolicyPerson on User {
  id
  firstName
  email
}
    `, {"fragmentName":"PolicyPerson"}) as unknown as TypedDocumentString<PolicyPersonFragment, unknown>;
export const SourceTextFragmentDoc = new TypedDocumentString(`
    fragment SourceText on MetricSource {
  kind
  event
  table
  math
  mathProperty
  action {
    id
    name
  }
}
    `, {"fragmentName":"SourceText"}) as unknown as TypedDocumentString<SourceTextFragment, unknown>;
export const MetricTextFragmentDoc = new TypedDocumentString(`
    fragment MetricText on ExperimentMetric {
  __typename
  ... on MeanMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    source {
      ...SourceText
    }
  }
  ... on FunnelMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    steps {
      ...SourceText
    }
  }
  ... on RatioMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    numerator {
      ...SourceText
    }
    denominator {
      ...SourceText
    }
  }
  ... on RetentionMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    completion {
      ...SourceText
    }
    windowStart
    windowEnd
    unit
  }
  ... on OpaqueMetric {
    uuid
    name
    savedMetric {
      id
      name
    }
    reason
  }
}
    fragment SourceText on MetricSource {
  kind
  event
  table
  math
  mathProperty
  action {
    id
    name
  }
}`, {"fragmentName":"MetricText"}) as unknown as TypedDocumentString<MetricTextFragment, unknown>;
export const SchemaTypeOfFragmentDoc = new TypedDocumentString(`
    fragment SchemaTypeOf on __Type {
  kind
  name
  ofType {
    kind
    name
    ofType {
      kind
      name
      ofType {
        kind
        name
        ofType {
          kind
          name
        }
      }
    }
  }
}
    `, {"fragmentName":"SchemaTypeOf"}) as unknown as TypedDocumentString<SchemaTypeOfFragment, unknown>;
export const SchemaInputFragmentDoc = new TypedDocumentString(`
    fragment SchemaInput on __InputValue {
  name
  description
  defaultValue
  type {
    ...SchemaTypeOf
  }
}
    fragment SchemaTypeOf on __Type {
  kind
  name
  ofType {
    kind
    name
    ofType {
      kind
      name
      ofType {
        kind
        name
        ofType {
          kind
          name
        }
      }
    }
  }
}`, {"fragmentName":"SchemaInput"}) as unknown as TypedDocumentString<SchemaInputFragment, unknown>;
export const ActivityRowFragmentDoc = new TypedDocumentString(`
    fragment ActivityRow on ActivityEntry {
  id
  activity
  createdAt
  detail
  resourceType
  resourceName
  user {
    id
    firstName
    email
  }
  changes {
    path
    label
    before
    after
    guarded
  }
}
    `, {"fragmentName":"ActivityRow"}) as unknown as TypedDocumentString<ActivityRowFragment, unknown>;
export const ImpactTextFragmentDoc = new TypedDocumentString(`
    fragment ImpactText on ChangeImpact {
  sampleKind
  sampled
  undecided
  unchanged
  turnedOn
  turnedOff
  otherVariant
  moves {
    from
    to
    count
  }
  warnings
  dependents {
    id
    key
  }
  experiments @include(if: $experiments) {
    id
    databaseId
    name
    status
  }
}
    `, {"fragmentName":"ImpactText"}) as unknown as TypedDocumentString<ImpactTextFragment, unknown>;
export const ExperimentChangesDocument = new TypedDocumentString(`
    subscription ExperimentChanges($project: ID!) {
  experimentUpdated(projectId: $project) {
    id
    name
    status
  }
}
    `) as unknown as TypedDocumentString<ExperimentChangesSubscription, ExperimentChangesSubscriptionVariables>;
export const RequestChangesDocument = new TypedDocumentString(`
    subscription RequestChanges($project: ID!) {
  changeRequestUpdated(projectId: $project) {
    id
    description
    state
  }
}
    `) as unknown as TypedDocumentString<RequestChangesSubscription, RequestChangesSubscriptionVariables>;
export const RequestsDocument = new TypedDocumentString(`
    query Requests($project: ID!, $waiting: Boolean, $requester: ID, $first: Int, $after: String, $last: Int, $before: String) {
  changeRequests(
    projectId: $project
    waitingForViewer: $waiting
    requesterId: $requester
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    nodes {
      ...RequestRow
    }
  }
}
    fragment RequestRow on ChangeRequest {
  id
  description
  state
  actionKey
  resourceName
  createdAt
  expiresAt
  approvalCount
  quorum
  validationStatus
  requestedBy {
    id
    firstName
    email
  }
}`) as unknown as TypedDocumentString<RequestsQuery, RequestsQueryVariables>;
export const RequestDocument = new TypedDocumentString(`
    query Request($id: ID!, $flags: Boolean!, $experiments: Boolean!) {
  changeRequest(id: $id) {
    ...RequestRow
    project {
      id
      databaseId
    }
    resourceType
    changes {
      path
      label
      before
      after
      guarded
    }
    validationMessage
    staleReasons {
      path
      label
      before
      after
      guarded
    }
    missingApprovals
    undecidableReason
    decidedBy {
      id
      firstName
      email
    }
    approvals {
      id
      decision
      reason
      createdAt
      createdBy {
        id
        firstName
        email
      }
    }
    requiredApprovers {
      quorum
      selfApprovalAllowed
      users {
        id
        firstName
        email
      }
      roles {
        id
        name
      }
    }
    viewerCanApprove
    viewerCanCancel
    viewerIsRequester
    viewerDecision
    appliedAt
    applyError
    cancelReason
    resource {
      __typename
      ... on FeatureFlag @include(if: $flags) {
        id
        key
      }
      ... on Experiment @include(if: $experiments) {
        id
        databaseId
        name
      }
      ... on Holdout {
        id
        name
      }
    }
  }
}
    fragment RequestRow on ChangeRequest {
  id
  description
  state
  actionKey
  resourceName
  createdAt
  expiresAt
  approvalCount
  quorum
  validationStatus
  requestedBy {
    id
    firstName
    email
  }
}`) as unknown as TypedDocumentString<RequestQuery, RequestQueryVariables>;
export const RequestImpactDocument = new TypedDocumentString(`
    query RequestImpact($id: ID!, $experiments: Boolean!) {
  changeRequest(id: $id) {
    id
    impact {
      ...ImpactText
    }
  }
}
    fragment ImpactText on ChangeImpact {
  sampleKind
  sampled
  undecided
  unchanged
  turnedOn
  turnedOff
  otherVariant
  moves {
    from
    to
    count
  }
  warnings
  dependents {
    id
    key
  }
  experiments @include(if: $experiments) {
    id
    databaseId
    name
    status
  }
}`) as unknown as TypedDocumentString<RequestImpactQuery, RequestImpactQueryVariables>;
export const ApproveRequestDocument = new TypedDocumentString(`
    mutation ApproveRequest($input: ApproveChangeRequestInput!) {
  approveChangeRequest(input: $input) {
    __typename
    ... on ApproveChangeRequestSuccess {
      changeRequest {
        id
        state
      }
      outcome {
        __typename
        ... on VoteRecorded {
          approvals
          quorum
        }
        ... on ApplyFailed {
          reason
          message
        }
      }
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<ApproveRequestMutation, ApproveRequestMutationVariables>;
export const RejectRequestDocument = new TypedDocumentString(`
    mutation RejectRequest($input: RejectChangeRequestInput!) {
  rejectChangeRequest(input: $input) {
    __typename
    ... on ChangeRequest {
      id
      state
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<RejectRequestMutation, RejectRequestMutationVariables>;
export const CancelRequestDocument = new TypedDocumentString(`
    mutation CancelRequest($input: CancelChangeRequestInput!) {
  cancelChangeRequest(input: $input) {
    __typename
    ... on ChangeRequest {
      id
      state
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<CancelRequestMutation, CancelRequestMutationVariables>;
export const RetryRequestDocument = new TypedDocumentString(`
    mutation RetryRequest($input: RetryChangeRequestInput!) {
  retryChangeRequest(input: $input) {
    __typename
    ... on ApproveChangeRequestSuccess {
      changeRequest {
        id
        state
      }
      outcome {
        __typename
        ... on VoteRecorded {
          approvals
          quorum
        }
        ... on ApplyFailed {
          reason
          message
        }
      }
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<RetryRequestMutation, RetryRequestMutationVariables>;
export const PoliciesDocument = new TypedDocumentString(`
    query Policies($project: ID!, $activity: Boolean!) {
  approvalPolicies(projectId: $project, first: 100) {
    totalCount
    nodes {
      id
      actionKey
      enabled
      quorum
      conditions
      allowSelfApprove
      expiresAfterSeconds
      bypassMembershipLevels
      bypassRoles {
        id
        name
      }
      approverUsers {
        id
        firstName
        email
      }
      approverRoles {
        id
        name
      }
      project {
        id
      }
    }
  }
  activity(projectId: $project, activities: ["bypassPolicy"], first: 20) @include(if: $activity) {
    nodes {
      ...ActivityRow
    }
  }
}
    fragment ActivityRow on ActivityEntry {
  id
  activity
  createdAt
  detail
  resourceType
  resourceName
  user {
    id
    firstName
    email
  }
  changes {
    path
    label
    before
    after
    guarded
  }
}`) as unknown as TypedDocumentString<PoliciesQuery, PoliciesQueryVariables>;
export const PolicyChoicesDocument = new TypedDocumentString(`
    query PolicyChoices($project: ID!) {
  project(id: $project) {
    id
    organization {
      id
      viewerLevel
      members(first: 20) {
        pageInfo {
          hasNextPage
        }
        nodes {
          id
          user {
            ...PolicyPerson
          }
        }
      }
      roles(first: 100) {
        nodes {
          id
          name
        }
      }
    }
  }
}
    fragment PolicyPerson on User {
  id
  firstName
  email
}`) as unknown as TypedDocumentString<PolicyChoicesQuery, PolicyChoicesQueryVariables>;
export const PolicyPeopleDocument = new TypedDocumentString(`
    query PolicyPeople($project: ID!, $search: String!) {
  project(id: $project) {
    id
    organization {
      id
      members(first: 20, search: $search) {
        nodes {
          id
          user {
            ...PolicyPerson
          }
        }
      }
    }
  }
}
    fragment PolicyPerson on User {
  id
  firstName
  email
}`) as unknown as TypedDocumentString<PolicyPeopleQuery, PolicyPeopleQueryVariables>;
export const CreatePolicyDocument = new TypedDocumentString(`
    mutation CreatePolicy($input: CreateApprovalPolicyInput!) {
  createApprovalPolicy(input: $input) {
    __typename
    ... on ApprovalPolicy {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<CreatePolicyMutation, CreatePolicyMutationVariables>;
export const UpdatePolicyDocument = new TypedDocumentString(`
    mutation UpdatePolicy($input: UpdateApprovalPolicyInput!) {
  updateApprovalPolicy(input: $input) {
    __typename
    ... on ApprovalPolicy {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<UpdatePolicyMutation, UpdatePolicyMutationVariables>;
export const DeletePolicyDocument = new TypedDocumentString(`
    mutation DeletePolicy($input: DeleteApprovalPolicyInput!) {
  deleteApprovalPolicy(input: $input) {
    __typename
    ... on DeleteApprovalPolicySuccess {
      deletedId
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<DeletePolicyMutation, DeletePolicyMutationVariables>;
export const ExperimentDocument = new TypedDocumentString(`
    query Experiment($project: ID!, $number: Int!, $flags: Boolean!, $approvals: Boolean!) {
  experiment(projectId: $project, databaseId: $number) {
    id
    databaseId
    name
    description
    type
    status
    archived
    startDate
    endDate
    conclusion
    conclusionComment
    baselineVariantKey
    excludedVariantKeys
    shippedVariantKey
    createdAt
    createdBy {
      id
      firstName
      email
    }
    tags
    exposureFrozenAt
    holdout {
      id
      name
      exclusionPercentage
    }
    statistics {
      method
      confidenceLevel
      sequential
      cupedLookbackDays
      ofProject
    }
    exposure {
      event
      filterTestAccounts
      multipleVariants
      problem
      action {
        id
        name
      }
    }
    launchChecks {
      kind
      severity
      passed
      message
      fix
    }
    actions {
      action
      allowed
      reason
      needsApproval
    }
    primaryMetrics {
      ...MetricText
    }
    secondaryMetrics {
      ...MetricText
    }
    pendingChangeRequests(first: 5) @include(if: $approvals) {
      nodes {
        id
        description
      }
    }
    featureFlag @include(if: $flags) {
      id
      key
      active
      archived
      status
      rolloutPercentage
      variants {
        key
        name
        rolloutPercentage
      }
    }
  }
}
    fragment MetricText on ExperimentMetric {
  __typename
  ... on MeanMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    source {
      ...SourceText
    }
  }
  ... on FunnelMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    steps {
      ...SourceText
    }
  }
  ... on RatioMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    numerator {
      ...SourceText
    }
    denominator {
      ...SourceText
    }
  }
  ... on RetentionMetric {
    uuid
    name
    goal
    savedMetric {
      id
      name
    }
    conversionWindow {
      value
      unit
    }
    completion {
      ...SourceText
    }
    windowStart
    windowEnd
    unit
  }
  ... on OpaqueMetric {
    uuid
    name
    savedMetric {
      id
      name
    }
    reason
  }
}
fragment SourceText on MetricSource {
  kind
  event
  table
  math
  mathProperty
  action {
    id
    name
  }
}`) as unknown as TypedDocumentString<ExperimentQuery, ExperimentQueryVariables>;
export const ExperimentExposureDocument = new TypedDocumentString(`
    query ExperimentExposure($project: ID!, $number: Int!) {
  experiment(projectId: $project, databaseId: $number) {
    id
    featureFlag {
      id
      usage(days: 30) {
        calls
        persons
        asOf
        days {
          day
          answer
          calls
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ExperimentExposureQuery, ExperimentExposureQueryVariables>;
export const ExperimentActivityDocument = new TypedDocumentString(`
    query ExperimentActivity($project: ID!, $number: Int!) {
  experiment(projectId: $project, databaseId: $number) {
    id
    activity(first: 20) {
      nodes {
        ...ActivityRow
      }
    }
  }
}
    fragment ActivityRow on ActivityEntry {
  id
  activity
  createdAt
  detail
  resourceType
  resourceName
  user {
    id
    firstName
    email
  }
  changes {
    path
    label
    before
    after
    guarded
  }
}`) as unknown as TypedDocumentString<ExperimentActivityQuery, ExperimentActivityQueryVariables>;
export const LaunchExperimentDocument = new TypedDocumentString(`
    mutation LaunchExperiment($input: LaunchExperimentInput!) {
  launchExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<LaunchExperimentMutation, LaunchExperimentMutationVariables>;
export const PauseExperimentDocument = new TypedDocumentString(`
    mutation PauseExperiment($input: PauseExperimentInput!) {
  pauseExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<PauseExperimentMutation, PauseExperimentMutationVariables>;
export const ResumeExperimentDocument = new TypedDocumentString(`
    mutation ResumeExperiment($input: ResumeExperimentInput!) {
  resumeExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<ResumeExperimentMutation, ResumeExperimentMutationVariables>;
export const EndExperimentDocument = new TypedDocumentString(`
    mutation EndExperiment($input: EndExperimentInput!) {
  endExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<EndExperimentMutation, EndExperimentMutationVariables>;
export const ShipExperimentVariantDocument = new TypedDocumentString(`
    mutation ShipExperimentVariant($input: ShipExperimentVariantInput!) {
  shipExperimentVariant(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<ShipExperimentVariantMutation, ShipExperimentVariantMutationVariables>;
export const FreezeExposureDocument = new TypedDocumentString(`
    mutation FreezeExposure($input: FreezeExposureInput!) {
  freezeExposure(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<FreezeExposureMutation, FreezeExposureMutationVariables>;
export const UnfreezeExposureDocument = new TypedDocumentString(`
    mutation UnfreezeExposure($input: UnfreezeExposureInput!) {
  unfreezeExposure(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<UnfreezeExposureMutation, UnfreezeExposureMutationVariables>;
export const ArchiveExperimentDocument = new TypedDocumentString(`
    mutation ArchiveExperiment($input: ArchiveExperimentInput!) {
  archiveExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<ArchiveExperimentMutation, ArchiveExperimentMutationVariables>;
export const UnarchiveExperimentDocument = new TypedDocumentString(`
    mutation UnarchiveExperiment($input: UnarchiveExperimentInput!) {
  unarchiveExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<UnarchiveExperimentMutation, UnarchiveExperimentMutationVariables>;
export const ResetExperimentDocument = new TypedDocumentString(`
    mutation ResetExperiment($input: ResetExperimentInput!) {
  resetExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<ResetExperimentMutation, ResetExperimentMutationVariables>;
export const DuplicateExperimentDocument = new TypedDocumentString(`
    mutation DuplicateExperiment($input: DuplicateExperimentInput!) {
  duplicateExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
      databaseId
      name
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<DuplicateExperimentMutation, DuplicateExperimentMutationVariables>;
export const CopyExperimentDocument = new TypedDocumentString(`
    mutation CopyExperiment($input: CopyExperimentToProjectInput!) {
  copyExperimentToProject(input: $input) {
    __typename
    ... on Experiment {
      id
      databaseId
      name
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<CopyExperimentMutation, CopyExperimentMutationVariables>;
export const DeleteExperimentDocument = new TypedDocumentString(`
    mutation DeleteExperiment($input: UpdateExperimentInput!) {
  updateExperiment(input: $input) {
    __typename
    ... on Experiment {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<DeleteExperimentMutation, DeleteExperimentMutationVariables>;
export const ExperimentsDocument = new TypedDocumentString(`
    query Experiments($project: ID!, $search: String, $statuses: [ExperimentStatus!], $archived: Boolean, $first: Int, $after: String, $last: Int, $before: String, $flags: Boolean!) {
  experiments(
    projectId: $project
    search: $search
    statuses: $statuses
    archived: $archived
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    nodes {
      id
      databaseId
      name
      status
      archived
      startDate
      endDate
      conclusion
      createdBy {
        id
        firstName
        email
      }
      featureFlag @include(if: $flags) {
        id
        key
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ExperimentsQuery, ExperimentsQueryVariables>;
export const FlagDocument = new TypedDocumentString(`
    query Flag($project: ID!, $key: String!, $experiments: Boolean!, $approvals: Boolean!) {
  featureFlag(projectId: $project, key: $key) {
    id
    key
    name
    active
    archived
    status
    statusReason
    rollout
    rolloutPercentage
    version
    evaluationRuntime
    evaluationContexts
    tags
    createdAt
    createdBy {
      id
      firstName
      email
    }
    updatedAt
    lastModifiedBy {
      id
      firstName
      email
    }
    lastCalledAt
    payload
    variants {
      key
      name
      rolloutPercentage
      payload
    }
    conditionsProblem
    conditions {
      index
      description
      rolloutPercentage
      variantKey
      groupType {
        singular
        plural
      }
      properties {
        kind
        key
        operator
        value
        negated
        groupType {
          singular
        }
        cohort {
          id
          name
        }
        featureFlag {
          id
          key
        }
      }
    }
    experimentEligibility {
      eligible
      reasons
    }
    dependencies {
      featureFlagId
      problem
      featureFlag {
        id
        key
      }
    }
    deletionBlockers {
      kind
      message
    }
    dependents(first: 10) {
      totalCount
      nodes {
        id
        key
      }
    }
    holdout {
      id
      name
      exclusionPercentage
    }
    experiments(first: 10) @include(if: $experiments) {
      totalCount
      nodes {
        id
        databaseId
        name
        status
      }
    }
    pendingChangeRequests(first: 5) @include(if: $approvals) {
      nodes {
        id
        description
      }
    }
    approvalGuards @include(if: $approvals) {
      actionKey
      viewerBypasses
      policy {
        id
        quorum
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FlagQuery, FlagQueryVariables>;
export const FlagUsageDocument = new TypedDocumentString(`
    query FlagUsage($project: ID!, $key: String!) {
  featureFlag(projectId: $project, key: $key) {
    id
    usage(days: 30) {
      calls
      persons
      days {
        day
        answer
        calls
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FlagUsageQuery, FlagUsageQueryVariables>;
export const FlagVersionsDocument = new TypedDocumentString(`
    query FlagVersions($project: ID!, $key: String!, $after: String) {
  featureFlag(projectId: $project, key: $key) {
    id
    versions(first: 20, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        number
        createdAt
        createdBy {
          id
          firstName
          email
        }
        current
        complete
        changes {
          path
          label
          before
          after
          guarded
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FlagVersionsQuery, FlagVersionsQueryVariables>;
export const FlagActivityDocument = new TypedDocumentString(`
    query FlagActivity($project: ID!, $key: String!) {
  featureFlag(projectId: $project, key: $key) {
    id
    activity(first: 30) {
      nodes {
        ...ActivityRow
      }
    }
  }
}
    fragment ActivityRow on ActivityEntry {
  id
  activity
  createdAt
  detail
  resourceType
  resourceName
  user {
    id
    firstName
    email
  }
  changes {
    path
    label
    before
    after
    guarded
  }
}`) as unknown as TypedDocumentString<FlagActivityQuery, FlagActivityQueryVariables>;
export const TryFlagDocument = new TypedDocumentString(`
    query TryFlag($project: ID!, $key: String!, $distinctId: String!, $personProperties: JSON, $groups: JSON) {
  featureFlag(projectId: $project, key: $key) {
    id
    evaluate(
      distinctId: $distinctId
      personProperties: $personProperties
      groups: $groups
    ) {
      enabled
      variant
      payload
      reason
      conditionIndex
      bucketedBy
      missing
      conditions {
        index
        matched
        explanation
        properties {
          matched
          explanation
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TryFlagQuery, TryFlagQueryVariables>;
export const FlagPreviewDocument = new TypedDocumentString(`
    query FlagPreview($project: ID!, $key: String!, $active: Boolean!, $experiments: Boolean!) {
  featureFlag(projectId: $project, key: $key) {
    id
    preview(change: {active: $active}) {
      guards {
        actionKey
        viewerBypasses
      }
      impact {
        ...ImpactText
      }
      fieldErrors {
        path
        message
      }
    }
  }
}
    fragment ImpactText on ChangeImpact {
  sampleKind
  sampled
  undecided
  unchanged
  turnedOn
  turnedOff
  otherVariant
  moves {
    from
    to
    count
  }
  warnings
  dependents {
    id
    key
  }
  experiments @include(if: $experiments) {
    id
    databaseId
    name
    status
  }
}`) as unknown as TypedDocumentString<FlagPreviewQuery, FlagPreviewQueryVariables>;
export const SwitchFlagDocument = new TypedDocumentString(`
    mutation SwitchFlag($input: UpdateFeatureFlagInput!) {
  updateFeatureFlag(input: $input) {
    __typename
    ... on FeatureFlag {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<SwitchFlagMutation, SwitchFlagMutationVariables>;
export const ArchiveFlagDocument = new TypedDocumentString(`
    mutation ArchiveFlag($input: ArchiveFeatureFlagInput!) {
  archiveFeatureFlag(input: $input) {
    __typename
    ... on FeatureFlag {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<ArchiveFlagMutation, ArchiveFlagMutationVariables>;
export const UnarchiveFlagDocument = new TypedDocumentString(`
    mutation UnarchiveFlag($input: UnarchiveFeatureFlagInput!) {
  unarchiveFeatureFlag(input: $input) {
    __typename
    ... on FeatureFlag {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<UnarchiveFlagMutation, UnarchiveFlagMutationVariables>;
export const DeleteFlagDocument = new TypedDocumentString(`
    mutation DeleteFlag($input: DeleteFeatureFlagInput!) {
  deleteFeatureFlag(input: $input) {
    __typename
    ... on FeatureFlag {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<DeleteFlagMutation, DeleteFlagMutationVariables>;
export const RestoreFlagDocument = new TypedDocumentString(`
    mutation RestoreFlag($input: RestoreFeatureFlagInput!) {
  restoreFeatureFlag(input: $input) {
    __typename
    ... on FeatureFlag {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<RestoreFlagMutation, RestoreFlagMutationVariables>;
export const FlagsDocument = new TypedDocumentString(`
    query Flags($project: ID!, $search: String, $statuses: [FeatureFlagStatus!], $inExperiment: Boolean, $eligible: Boolean, $first: Int, $after: String, $last: Int, $before: String, $experiments: Boolean!) {
  featureFlags(
    projectId: $project
    search: $search
    statuses: $statuses
    inExperiment: $inExperiment
    eligibleForExperiment: $eligible
    orderBy: {field: KEY, direction: ASC}
    first: $first
    after: $after
    last: $last
    before: $before
  ) {
    totalCount
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
      endCursor
    }
    nodes {
      id
      key
      name
      status
      statusReason
      rollout
      rolloutPercentage
      tags
      variants {
        key
        rolloutPercentage
      }
      experimentEligibility {
        eligible
        reasons
      }
      experiments(first: 3) @include(if: $experiments) {
        totalCount
        nodes {
          id
          databaseId
          name
          status
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<FlagsQuery, FlagsQueryVariables>;
export const LinkDocument = new TypedDocumentString(`
    query Link($project: ID!) {
  project(id: $project) {
    id
    name
    link {
      id
      mode
      host
      upstreamProjectId
      state
      localApprovals
      events
      keyMask
      viewerHasKey
      createdAt
      lastSyncAt
      lag
      behindBy
      lastError
      lastErrorAt
      reconciledAt
      lastRepairs
      progress {
        rows
        total
      }
      skipped(first: 50) {
        totalCount
        nodes {
          upstreamId
          kind
          reason
          seenAt
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LinkQuery, LinkQueryVariables>;
export const ResyncDocument = new TypedDocumentString(`
    mutation Resync($input: ResyncProjectInput!) {
  resyncProject(input: $input) {
    __typename
    ... on Project {
      id
    }
    ... on Error {
      ...Refusal
    }
  }
}
    fragment Refusal on Error {
  __typename
  code
  message
  ... on ApprovalRequiredError {
    changeRequest {
      id
    }
  }
  ... on ChangeRequestPendingError {
    changeRequest {
      id
    }
  }
  ... on ValidationError {
    fieldErrors {
      path
      message
    }
  }
  ... on LaunchBlockedError {
    checks {
      kind
      passed
      severity
      message
    }
  }
  ... on PolicyConflictError {
    guidance
  }
  ... on LinkedReadOnlyError {
    url
    remedy
  }
}`) as unknown as TypedDocumentString<ResyncMutation, ResyncMutationVariables>;
export const SchemaDocument = new TypedDocumentString(`
    query Schema {
  __schema {
    queryType {
      name
    }
    mutationType {
      name
    }
    subscriptionType {
      name
    }
    types {
      kind
      name
      description
      fields(includeDeprecated: true) {
        name
        description
        deprecationReason
        args {
          ...SchemaInput
        }
        type {
          ...SchemaTypeOf
        }
      }
      inputFields {
        ...SchemaInput
      }
      interfaces {
        name
      }
      possibleTypes {
        name
      }
      enumValues(includeDeprecated: true) {
        name
        description
        deprecationReason
      }
    }
  }
}
    fragment SchemaInput on __InputValue {
  name
  description
  defaultValue
  type {
    ...SchemaTypeOf
  }
}
fragment SchemaTypeOf on __Type {
  kind
  name
  ofType {
    kind
    name
    ofType {
      kind
      name
      ofType {
        kind
        name
        ofType {
          kind
          name
        }
      }
    }
  }
}`) as unknown as TypedDocumentString<SchemaQuery, SchemaQueryVariables>;
export const OverviewDocument = new TypedDocumentString(`
    query Overview($project: ID!, $flags: Boolean!) {
  project(id: $project) {
    id
    name
    timezone
    experimentStats {
      launchedLast30d
      launchedPrevious30d
      percentChange
      activeExperiments
      completedLast30d
    }
    experimentCounts {
      draft
      running
      paused
      exposureFrozen
      stopped
      archived
    }
    experimentHistory(months: 12) {
      month
      launched
      completed
    }
  }
  running: experiments(
    projectId: $project
    statuses: [RUNNING, PAUSED, EXPOSURE_FROZEN]
    orderBy: {field: START_DATE, direction: ASC}
    first: 25
  ) {
    totalCount
    nodes {
      id
      databaseId
      name
      status
      startDate
      featureFlag @include(if: $flags) {
        id
        key
        archived
        usage(days: 7) {
          calls
          persons
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    user {
      id
      firstName
      email
    }
    scopes
    key {
      mask
      label
    }
    projects(first: 100) {
      nodes {
        id
        databaseId
        name
      }
      pageInfo {
        hasNextPage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const WaitingDocument = new TypedDocumentString(`
    query Waiting($project: ID!) {
  changeRequests(projectId: $project, waitingForViewer: true, first: 1) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<WaitingQuery, WaitingQueryVariables>;
/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A new experiment. */
export type CreateExperimentInput = {
  /** Whether metrics may use events that the project never sent. Default: false. */
  allowUnknownEvents?: boolean | null | undefined;
  /** The key of the variant that the others are compared to: one of the variants of the flag. Default, also for null: the `baseline_variant_key` of `statsConfig`, or `control`. */
  baselineVariantKey?: string | null | undefined;
  /** What the experiment is about: at most 3,000 characters. */
  description?: string | null | undefined;
  /** When the experiment ended. Must be after the start. */
  endDate?: string | null | undefined;
  /** The keys of the variants that results leave out: at most 18. The baseline and a test variant must remain. Default, also for null: none. */
  excludedVariantKeys?: Array<string> | null | undefined;
  /** Which people count as exposed, as a whole. Not with `exposureCriteria`. Default, also for null: `{}`. */
  exposure?: ExposureCriteriaInput | null | undefined;
  /** Which people count as exposed. `filterTestAccounts` is true by default. */
  exposureCriteria?: unknown;
  /** The key of its flag: 1 to 400 letters, digits, hyphens and underscores. If the project has a flag with this key, it is used as it is: then `variants` and `rolloutPercentage` are errors, and `holdoutId` is one unless the flag has that holdout. The flag must have two variants or more, one of them the baseline. Otherwise a flag is created, switched off for a draft. */
  featureFlagKey: string;
  /** The holdout whose people do not enter the experiment: its global id or number. Default, also for null: no holdout. */
  holdoutId?: string | number | null | undefined;
  /** Its primary metrics, in the form of the REST API: at most 100 objects of kind `ExperimentMetric` and type mean, funnel, ratio or retention. A metric with a missing or repeated `uuid` gets a new one. */
  metrics?: Array<unknown> | null | undefined;
  /** Its secondary metrics, in the same form: at most 100. */
  metricsSecondary?: Array<unknown> | null | undefined;
  /** The name of the experiment: 1 to 400 characters. It need not be unique. */
  name: string;
  /** Whether people count only after the conversion window of a metric has passed for them. Default, also for null: the setting of the project. */
  onlyCountMaturedPersons?: boolean | null | undefined;
  /** Its own primary metrics, in display order. Saved metrics are not among them, and keep their places. An experiment has at most 20 metrics in all. Not with `metrics`. Default, also for null: none. */
  primaryMetrics?: Array<ExperimentMetricInput> | null | undefined;
  /** The project of the experiment: its global id, or its number. */
  projectId: string | number;
  /** The share of people who enter the experiment, in percent, for a new flag: 0 to 100. Default, also for null: 100. */
  rolloutPercentage?: number | null | undefined;
  /** All saved metrics that it uses, each once: at most 20 metrics in all. Default, also for null: none. */
  savedMetrics?: Array<SavedMetricUseInput> | null | undefined;
  /** Its own secondary metrics, in the same way: at most 20 metrics in all. Not with `metricsSecondary`. Default, also for null: none. */
  secondaryMetrics?: Array<ExperimentMetricInput> | null | undefined;
  /** When the experiment started. Without it, the experiment is a draft. With it, a new flag is switched on. */
  startDate?: string | null | undefined;
  /** How results are computed, as a whole. The baseline stays. Not with `statsConfig`. Default, also for null: `{}`. The settings that the project has then are stored. */
  statistics?: StatisticsSettingsInput | null | undefined;
  /** How the results are computed: `method` (bayesian or frequentist), `baseline_variant_key` and more. Missing keys get the defaults of the project. */
  statsConfig?: unknown;
  /** Labels: at most 100, of at most 255 characters each. Default, also for null: none. */
  tags?: Array<string> | null | undefined;
  /** How the experiment changes what people see. Default: `PRODUCT`. */
  type?: ExperimentType | null | undefined;
  /** The variants of a new flag: 2 to 20, one of them the baseline. Default, also for null and an empty list: `control` and `test`, half each. */
  variants?: Array<VariantInput> | null | undefined;
};

/** The kinds of libraries that may evaluate a flag. */
export type EvaluationRuntime =
  /** All libraries. */
  | 'ALL'
  /** Only client-side libraries: browsers and apps. */
  | 'CLIENT'
  /** Only server-side libraries. */
  | 'SERVER';

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

/** What happens to people who are exposed to several variants. */
export type MultipleVariantHandling =
  /** They count for no variant. */
  | 'EXCLUDE'
  /** They count for the variant that they saw first. */
  | 'FIRST_SEEN';

/** The bounds of outliers. A person's value outside of them is replaced by the bound. */
export type OutlierBoundsInput = {
  /** Whether the upper bound is taken over the values that are not zero. Default, also for null: false. */
  ignoreZeros?: boolean | null | undefined;
  /** The lower bound, as a share of all people: 0 to 1. Default, also for null: none. */
  lowerPercentile?: number | null | undefined;
  /** The upper bound, as a share of all people: 0 to 1, and not below the lower one. Default, also for null: none. */
  upperPercentile?: number | null | undefined;
};

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

/** A saved metric that an experiment uses. */
export type SavedMetricUseInput = {
  /** Its place in the experiment. */
  role: MetricRole;
  /** The saved metric of the project: its global id, or its number. */
  savedMetricId: string | number;
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

export type OverviewQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewQuery = { viewer: { projects: { nodes: Array<{ id: string, name: string, experimentStats: { launchedLast30d: number, launchedPrevious30d: number } | null }> } } | null };

export type FlagsForAnExperimentQueryVariables = Exact<{
  project: string | number;
  first: number;
  after?: string | null | undefined;
}>;


export type FlagsForAnExperimentQuery = { eligibleFeatureFlags: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ key: string, evaluationRuntime: EvaluationRuntime, variants: Array<{ key: string, rolloutPercentage: number }> }> } | null };

export type DraftExperimentMutationVariables = Exact<{
  input: CreateExperimentInput;
}>;


export type DraftExperimentMutation = { createExperiment:
    | { __typename: 'ApprovalRequiredError', message: string }
    | { __typename: 'ChangeRequestPendingError', message: string }
    | { __typename: 'Experiment', id: string, name: string, status: ExperimentStatus, featureFlag: { key: string } }
    | { __typename: 'InvalidStateError', message: string }
    | { __typename: 'LinkedReadOnlyError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'PolicyConflictError', message: string }
    | { __typename: 'ValidationError', message: string, fieldErrors: Array<{ path: Array<string>, code: string, message: string }> }
    | { __typename: 'VersionConflictError', message: string }
   };

export type LaunchExperimentMutationVariables = Exact<{
  id: string | number;
}>;


export type LaunchExperimentMutation = { launchExperiment:
    | { __typename: 'ApprovalRequiredError', message: string, changeRequest: { id: string, expiresAt: string }, requiredApprovers: { quorum: number, users: Array<{ email: string }> } }
    | { __typename: 'ChangeRequestPendingError', message: string, requestedByViewer: boolean, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string, name: string, status: ExperimentStatus, startDate: string | null }
    | { __typename: 'InvalidStateError', message: string, state: string }
    | { __typename: 'LaunchBlockedError', message: string }
    | { __typename: 'LinkedReadOnlyError', message: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'PolicyConflictError', message: string, guidance: string }
    | { __typename: 'ValidationError', message: string, fieldErrors: Array<{ path: Array<string>, code: string, message: string }> }
    | { __typename: 'VersionConflictError', message: string }
   };


export const OverviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Overview"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"projects"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"experimentStats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"launchedLast30d"}},{"kind":"Field","name":{"kind":"Name","value":"launchedPrevious30d"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<OverviewQuery, OverviewQueryVariables>;
export const FlagsForAnExperimentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FlagsForAnExperiment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"project"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"eligibleFeatureFlags"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"projectId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"project"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"KEY"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"evaluationRuntime"}},{"kind":"Field","name":{"kind":"Name","value":"variants"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"rolloutPercentage"}}]}}]}}]}}]}}]} as unknown as DocumentNode<FlagsForAnExperimentQuery, FlagsForAnExperimentQueryVariables>;
export const DraftExperimentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DraftExperiment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateExperimentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createExperiment"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Experiment"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"featureFlag"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ValidationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<DraftExperimentMutation, DraftExperimentMutationVariables>;
export const LaunchExperimentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"LaunchExperiment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"launchExperiment"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Experiment"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"startDate"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ApprovalRequiredError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"changeRequest"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"requiredApprovers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"quorum"}},{"kind":"Field","name":{"kind":"Name","value":"users"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ChangeRequestPendingError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"requestedByViewer"}},{"kind":"Field","name":{"kind":"Name","value":"changeRequest"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PolicyConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ValidationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidStateError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<LaunchExperimentMutation, LaunchExperimentMutationVariables>;
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
  /** What the experiment is about: at most 3,000 characters. */
  description?: string | null | undefined;
  /** When the experiment ended. Must be after the start. */
  endDate?: string | null | undefined;
  /** Which people count as exposed. `filterTestAccounts` is true by default. */
  exposureCriteria?: unknown;
  /** The key of its flag: 1 to 400 letters, digits, hyphens and underscores. If the project has a flag with this key, it is used as it is. It must have two variants or more, one of them `control`. Otherwise a flag is created, switched off for a draft. */
  featureFlagKey: string;
  /** The number of the holdout whose people do not enter the experiment. */
  holdoutId?: string | number | null | undefined;
  /** Its primary metrics, in the form of the REST API: at most 100 objects of kind `ExperimentMetric` and type mean, funnel, ratio or retention. A metric with a missing or repeated `uuid` gets a new one. */
  metrics?: Array<unknown> | null | undefined;
  /** Its secondary metrics, in the same form. */
  metricsSecondary?: Array<unknown> | null | undefined;
  /** The name of the experiment: 1 to 400 characters. It need not be unique. */
  name: string;
  /** The project of the experiment: its global id, or its number. */
  projectId: string | number;
  /** The share of people who enter the experiment, in percent, for a new flag: 0 to 100. Default: 100. */
  rolloutPercentage?: number | null | undefined;
  /** When the experiment started. Without it, the experiment is a draft. With it, a new flag is switched on. */
  startDate?: string | null | undefined;
  /** How the results are computed: `method` (bayesian or frequentist), `baseline_variant_key` and more. Missing keys get the defaults of the project. */
  statsConfig?: unknown;
  /** How the experiment changes what people see. Default: `PRODUCT`. */
  type?: ExperimentType | null | undefined;
  /** The variants of a new flag: 2 to 20, one of them `control`. Default: `control` and `test`, half each. */
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

/** The stage of an experiment. */
export type ExperimentStatus =
  /** Not launched. The experiment has no start date. */
  | 'DRAFT'
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

/** A variant of an experiment's flag. */
export type VariantInput = {
  /** The value that the flag returns: 1 to 400 letters, digits, hyphens, underscores, dots and slashes. Unique within the flag. */
  key: string;
  /** The display name: at most 400 characters. */
  name?: string | null | undefined;
  /** The data that applications get with the variant: any JSON of at most 64 KiB. */
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
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'PolicyConflictError', message: string }
    | { __typename: 'ValidationError', message: string, fieldErrors: Array<{ path: Array<string>, code: string, message: string }> }
   };

export type LaunchExperimentMutationVariables = Exact<{
  id: string | number;
}>;


export type LaunchExperimentMutation = { launchExperiment:
    | { __typename: 'ApprovalRequiredError', message: string, changeRequest: { id: string, expiresAt: string }, requiredApprovers: { quorum: number, users: Array<{ email: string }> } }
    | { __typename: 'ChangeRequestPendingError', message: string, requestedByViewer: boolean, changeRequest: { id: string } }
    | { __typename: 'Experiment', id: string, name: string, status: ExperimentStatus, startDate: string | null }
    | { __typename: 'InvalidStateError', message: string, state: string }
    | { __typename: 'NotFoundError', message: string }
    | { __typename: 'PermissionDeniedError', message: string }
    | { __typename: 'PolicyConflictError', message: string, guidance: string }
    | { __typename: 'ValidationError', message: string, fieldErrors: Array<{ path: Array<string>, code: string, message: string }> }
   };


export const OverviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Overview"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"projects"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"experimentStats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"launchedLast30d"}},{"kind":"Field","name":{"kind":"Name","value":"launchedPrevious30d"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<OverviewQuery, OverviewQueryVariables>;
export const FlagsForAnExperimentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FlagsForAnExperiment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"project"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"eligibleFeatureFlags"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"projectId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"project"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"field"},"value":{"kind":"EnumValue","value":"KEY"}},{"kind":"ObjectField","name":{"kind":"Name","value":"direction"},"value":{"kind":"EnumValue","value":"ASC"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"evaluationRuntime"}},{"kind":"Field","name":{"kind":"Name","value":"variants"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"rolloutPercentage"}}]}}]}}]}}]}}]} as unknown as DocumentNode<FlagsForAnExperimentQuery, FlagsForAnExperimentQueryVariables>;
export const DraftExperimentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DraftExperiment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateExperimentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createExperiment"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Experiment"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"featureFlag"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ValidationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<DraftExperimentMutation, DraftExperimentMutationVariables>;
export const LaunchExperimentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"LaunchExperiment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"launchExperiment"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Experiment"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"startDate"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ApprovalRequiredError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"changeRequest"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"requiredApprovers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"quorum"}},{"kind":"Field","name":{"kind":"Name","value":"users"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ChangeRequestPendingError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"requestedByViewer"}},{"kind":"Field","name":{"kind":"Name","value":"changeRequest"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PolicyConflictError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"guidance"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ValidationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InvalidStateError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"NotFoundError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PermissionDeniedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<LaunchExperimentMutation, LaunchExperimentMutationVariables>;
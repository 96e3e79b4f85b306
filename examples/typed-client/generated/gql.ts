/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Overview {\n    viewer { projects(first: 1) { nodes { id name experimentStats { launchedLast30d launchedPrevious30d } } } }\n  }\n": typeof types.OverviewDocument,
    "\n  query FlagsForAnExperiment($project: ID!, $first: Int!, $after: String) {\n    eligibleFeatureFlags(projectId: $project, orderBy: { field: KEY, direction: ASC }, first: $first, after: $after) {\n      pageInfo { hasNextPage endCursor }\n      nodes { key evaluationRuntime variants { key rolloutPercentage } }\n    }\n  }\n": typeof types.FlagsForAnExperimentDocument,
    "\n  mutation DraftExperiment($input: CreateExperimentInput!) {\n    createExperiment(input: $input) {\n      __typename\n      ... on Experiment { id name status featureFlag { key } }\n      ... on ValidationError { fieldErrors { path code message } }\n      ... on Error { message }\n    }\n  }\n": typeof types.DraftExperimentDocument,
    "\n  mutation LaunchExperiment($id: ID!) {\n    launchExperiment(input: { id: $id }) {\n      __typename\n      ... on Experiment { id name status startDate }\n      ... on ApprovalRequiredError { message changeRequest { id expiresAt } requiredApprovers { quorum users { email } } }\n      ... on ChangeRequestPendingError { message requestedByViewer changeRequest { id } }\n      ... on PolicyConflictError { message guidance }\n      ... on ValidationError { message fieldErrors { path code message } }\n      ... on InvalidStateError { message state }\n      ... on Error { message }\n    }\n  }\n": typeof types.LaunchExperimentDocument,
};
const documents: Documents = {
    "\n  query Overview {\n    viewer { projects(first: 1) { nodes { id name experimentStats { launchedLast30d launchedPrevious30d } } } }\n  }\n": types.OverviewDocument,
    "\n  query FlagsForAnExperiment($project: ID!, $first: Int!, $after: String) {\n    eligibleFeatureFlags(projectId: $project, orderBy: { field: KEY, direction: ASC }, first: $first, after: $after) {\n      pageInfo { hasNextPage endCursor }\n      nodes { key evaluationRuntime variants { key rolloutPercentage } }\n    }\n  }\n": types.FlagsForAnExperimentDocument,
    "\n  mutation DraftExperiment($input: CreateExperimentInput!) {\n    createExperiment(input: $input) {\n      __typename\n      ... on Experiment { id name status featureFlag { key } }\n      ... on ValidationError { fieldErrors { path code message } }\n      ... on Error { message }\n    }\n  }\n": types.DraftExperimentDocument,
    "\n  mutation LaunchExperiment($id: ID!) {\n    launchExperiment(input: { id: $id }) {\n      __typename\n      ... on Experiment { id name status startDate }\n      ... on ApprovalRequiredError { message changeRequest { id expiresAt } requiredApprovers { quorum users { email } } }\n      ... on ChangeRequestPendingError { message requestedByViewer changeRequest { id } }\n      ... on PolicyConflictError { message guidance }\n      ... on ValidationError { message fieldErrors { path code message } }\n      ... on InvalidStateError { message state }\n      ... on Error { message }\n    }\n  }\n": types.LaunchExperimentDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Overview {\n    viewer { projects(first: 1) { nodes { id name experimentStats { launchedLast30d launchedPrevious30d } } } }\n  }\n"): (typeof documents)["\n  query Overview {\n    viewer { projects(first: 1) { nodes { id name experimentStats { launchedLast30d launchedPrevious30d } } } }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FlagsForAnExperiment($project: ID!, $first: Int!, $after: String) {\n    eligibleFeatureFlags(projectId: $project, orderBy: { field: KEY, direction: ASC }, first: $first, after: $after) {\n      pageInfo { hasNextPage endCursor }\n      nodes { key evaluationRuntime variants { key rolloutPercentage } }\n    }\n  }\n"): (typeof documents)["\n  query FlagsForAnExperiment($project: ID!, $first: Int!, $after: String) {\n    eligibleFeatureFlags(projectId: $project, orderBy: { field: KEY, direction: ASC }, first: $first, after: $after) {\n      pageInfo { hasNextPage endCursor }\n      nodes { key evaluationRuntime variants { key rolloutPercentage } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DraftExperiment($input: CreateExperimentInput!) {\n    createExperiment(input: $input) {\n      __typename\n      ... on Experiment { id name status featureFlag { key } }\n      ... on ValidationError { fieldErrors { path code message } }\n      ... on Error { message }\n    }\n  }\n"): (typeof documents)["\n  mutation DraftExperiment($input: CreateExperimentInput!) {\n    createExperiment(input: $input) {\n      __typename\n      ... on Experiment { id name status featureFlag { key } }\n      ... on ValidationError { fieldErrors { path code message } }\n      ... on Error { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation LaunchExperiment($id: ID!) {\n    launchExperiment(input: { id: $id }) {\n      __typename\n      ... on Experiment { id name status startDate }\n      ... on ApprovalRequiredError { message changeRequest { id expiresAt } requiredApprovers { quorum users { email } } }\n      ... on ChangeRequestPendingError { message requestedByViewer changeRequest { id } }\n      ... on PolicyConflictError { message guidance }\n      ... on ValidationError { message fieldErrors { path code message } }\n      ... on InvalidStateError { message state }\n      ... on Error { message }\n    }\n  }\n"): (typeof documents)["\n  mutation LaunchExperiment($id: ID!) {\n    launchExperiment(input: { id: $id }) {\n      __typename\n      ... on Experiment { id name status startDate }\n      ... on ApprovalRequiredError { message changeRequest { id expiresAt } requiredApprovers { quorum users { email } } }\n      ... on ChangeRequestPendingError { message requestedByViewer changeRequest { id } }\n      ... on PolicyConflictError { message guidance }\n      ... on ValidationError { message fieldErrors { path code message } }\n      ... on InvalidStateError { message state }\n      ... on Error { message }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;
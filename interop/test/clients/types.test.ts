import type { ApolloClient } from '@apollo/client'
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core'
import type { Client } from '@urql/core'
import type { GraphQLClient } from 'graphql-request'
import { expectTypeOf, it } from 'vitest'
import { draftExperiment, flagsForAnExperiment, launchExperiment, type overview } from '../../../examples/typed-client/documents.ts'
import type { typedClient } from '../../../examples/typed-client/typedClient.ts'

// Checks the generated types. Only the compiler (`npm run check:types`) finds errors in this file. As a test, it always passes.

type LaunchResult = ResultOf<typeof launchExperiment>['launchExperiment']

it('narrows the union of a mutation by __typename', () => {
  expectTypeOf<LaunchResult>().not.toBeAny()
  expectTypeOf<LaunchResult['__typename']>().toEqualTypeOf<
    | 'Experiment'
    | 'ApprovalRequiredError'
    | 'ChangeRequestPendingError'
    | 'PolicyConflictError'
    | 'ValidationError'
    | 'InvalidStateError'
    | 'NotFoundError'
    | 'PermissionDeniedError'
    | 'LaunchBlockedError'
    | 'LinkedReadOnlyError'
    | 'VersionConflictError'
  >()

  expectTypeOf((result: LaunchResult) => {
    // @ts-expect-error: not every member has this field
    result.changeRequest
    switch (result.__typename) {
      case 'Experiment':
        expectTypeOf(result.id).toEqualTypeOf<string>()
        expectTypeOf(result.status).toEqualTypeOf<'DRAFT' | 'RUNNING' | 'EXPOSURE_FROZEN' | 'PAUSED' | 'STOPPED'>()
        expectTypeOf(result.startDate).toEqualTypeOf<string | null>()
        // @ts-expect-error: an experiment is not an error
        return result.message
      case 'ApprovalRequiredError':
        expectTypeOf(result.changeRequest).toEqualTypeOf<{ id: string; expiresAt: string }>()
        expectTypeOf(result.requiredApprovers).toEqualTypeOf<{ quorum: number; users: { email: string }[] }>()
        // @ts-expect-error: the field was not selected
        return result.changeRequest.description
      case 'ChangeRequestPendingError':
        expectTypeOf(result.requestedByViewer).toEqualTypeOf<boolean>()
        return result.changeRequest.id
      case 'ValidationError':
        expectTypeOf(result.fieldErrors).toEqualTypeOf<{ path: string[]; code: string; message: string }[]>()
        return result.message
      case 'PolicyConflictError':
        return result.guidance
      case 'InvalidStateError':
        return result.state
      case 'NotFoundError':
      case 'PermissionDeniedError':
      case 'LaunchBlockedError':
      case 'LinkedReadOnlyError':
      case 'VersionConflictError':
        return result.message
      // @ts-expect-error: the mutation does not return this type
      case 'ExperimentDeletedError':
        return null
      default:
        // All members are handled above.
        expectTypeOf(result).toBeNever()
        return null
    }
  }).toBeFunction()
})

it('gives every error its message by a fragment on Error', () => {
  type DraftResult = ResultOf<typeof draftExperiment>['createExperiment']
  expectTypeOf<Exclude<DraftResult, { __typename: 'Experiment' }>['message']>().toEqualTypeOf<string>()
})

it('knows what may be null, and no any', () => {
  expectTypeOf<ResultOf<typeof overview>['viewer']>().toEqualTypeOf<{
    projects: {
      nodes: { id: string; name: string; experimentStats: { launchedLast30d: number; launchedPrevious30d: number } | null }[]
    }
  } | null>()
  type Flag = NonNullable<ResultOf<typeof flagsForAnExperiment>['eligibleFeatureFlags']>['nodes'][number]
  expectTypeOf<Flag['evaluationRuntime']>().toEqualTypeOf<'SERVER' | 'CLIENT' | 'ALL'>()
  expectTypeOf<Flag['key']>().toEqualTypeOf<string>()
  type Input = VariablesOf<typeof draftExperiment>['input']
  expectTypeOf<Input['startDate']>().toEqualTypeOf<string | null | undefined>()
  // JSON can be anything, so code must check it before use.
  expectTypeOf<Input['statsConfig']>().toBeUnknown()
})

interface Clients {
  execute: ReturnType<typeof typedClient>
  urql: Client
  apollo: ApolloClient
  graphqlRequest: GraphQLClient
}

it('rejects variables that are wrong, with every client', () => {
  // These calls are only compiled, not executed.
  expectTypeOf(({ execute, urql, apollo, graphqlRequest }: Clients) => {
    const right = { project: '1', first: 5, after: null }
    const missing = { project: '1' }
    const wrong = { project: '1', first: '5' }
    return [
      execute(flagsForAnExperiment, right),
      // @ts-expect-error: first is missing
      execute(flagsForAnExperiment, missing),
      // @ts-expect-error: first is a number
      execute(flagsForAnExperiment, wrong),
      // @ts-expect-error: there is no such variable
      execute(flagsForAnExperiment, { ...right, last: 5 }),
      // @ts-expect-error: an experiment needs a name
      execute(draftExperiment, { input: { projectId: '1', featureFlagKey: 'checkout' } }),
      // @ts-expect-error: there is no such type of experiment
      execute(draftExperiment, { input: { projectId: '1', featureFlagKey: 'checkout', name: 'Checkout', type: 'MOBILE' } }),

      urql.query(flagsForAnExperiment, right),
      // @ts-expect-error: first is missing
      urql.query(flagsForAnExperiment, missing),
      // @ts-expect-error: first is a number
      urql.query(flagsForAnExperiment, wrong),

      apollo.query({ query: flagsForAnExperiment, variables: right }),
      // @ts-expect-error: first is missing
      apollo.query({ query: flagsForAnExperiment, variables: missing }),
      // @ts-expect-error: first is a number
      apollo.query({ query: flagsForAnExperiment, variables: wrong }),

      graphqlRequest.request(flagsForAnExperiment, right),
      // @ts-expect-error: first is missing
      graphqlRequest.request(flagsForAnExperiment, missing),
      // @ts-expect-error: first is a number
      graphqlRequest.request(flagsForAnExperiment, wrong),
    ]
  }).toBeFunction()
})

it('gives the result its type, with every client', () => {
  expectTypeOf(async ({ execute, urql, apollo, graphqlRequest }: Clients) => {
    const variables = { id: '1' }
    expectTypeOf((await execute(launchExperiment, variables)).data?.launchExperiment).toEqualTypeOf<LaunchResult | undefined>()
    expectTypeOf((await urql.mutation(launchExperiment, variables)).data?.launchExperiment).toEqualTypeOf<LaunchResult | undefined>()
    expectTypeOf((await apollo.mutate({ mutation: launchExperiment, variables })).data?.launchExperiment).toEqualTypeOf<
      LaunchResult | undefined
    >()
    expectTypeOf((await graphqlRequest.request(launchExperiment, variables)).launchExperiment).toEqualTypeOf<LaunchResult>()
  }).toBeFunction()
})

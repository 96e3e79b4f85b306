import { expect } from 'vitest'
import type { Answer, TestServer } from './testServer.ts'

/** A page of a list, as `readList` returns it. */
export interface ListPage {
  /** The numbers of the rows. */
  ids: number[]
  cursors: string[]
  hasNextPage: boolean
  hasPreviousPage: boolean
  startCursor: string | null
  endCursor: string | null
  totalCount: number
}

const connection = `
  totalCount
  edges { cursor node { databaseId } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`

const flags = `
  query (
    $projectId: ID!, $search: String, $active: Boolean, $createdByIds: [ID!], $evaluationRuntime: EvaluationRuntime,
    $hasEvaluationContexts: Boolean, $orderBy: FeatureFlagOrder, $offset: Int, $first: Int, $after: String, $last: Int, $before: String
  ) {
    list: eligibleFeatureFlags(
      projectId: $projectId, search: $search, active: $active, createdByIds: $createdByIds, evaluationRuntime: $evaluationRuntime,
      hasEvaluationContexts: $hasEvaluationContexts, orderBy: $orderBy, offset: $offset, first: $first, after: $after, last: $last,
      before: $before
    ) { ${connection} }
  }`

const experiments = `
  query (
    $projectId: ID!, $archived: Boolean, $orderBy: ExperimentOrder, $offset: Int, $first: Int, $after: String, $last: Int, $before: String
  ) {
    list: experiments(
      projectId: $projectId, archived: $archived, orderBy: $orderBy, offset: $offset, first: $first, after: $after, last: $last,
      before: $before
    ) { ${connection} }
  }`

export type ListName = 'eligibleFeatureFlags' | 'experiments'
const queries: Record<ListName, string> = { eligibleFeatureFlags: flags, experiments }

/** Queries a list, and returns the whole response with its errors. */
export function askList(
  { run }: Pick<TestServer, 'run'>,
  list: ListName,
  { key, project }: { key: string; project: { id: number } },
  args: Record<string, unknown> = {},
): Promise<Answer> {
  return run(key, queries[list], { projectId: String(project.id), ...args })
}

/** Reads a page of a list. Fails when there is an error. */
export async function readList(
  server: Pick<TestServer, 'run'>,
  list: ListName,
  tenant: { key: string; project: { id: number } },
  args: Record<string, unknown> = {},
): Promise<ListPage> {
  const { data, errors } = await askList(server, list, tenant, args)
  expect(errors, JSON.stringify(args)).toBeUndefined()
  const { edges, pageInfo, totalCount } = data.list
  return {
    ids: edges.map((edge: { node: { databaseId: number } }) => edge.node.databaseId),
    cursors: edges.map((edge: { cursor: string }) => edge.cursor),
    totalCount,
    ...pageInfo,
  }
}

/** The codes and arguments of the errors, without their messages. */
export function getErrors({ errors = [] }: Answer): { code: unknown; argument: unknown }[] {
  return errors.map(({ extensions: { code, argument } }) => ({ code, argument }))
}

/** Compares texts by code point, which is the order of UTF-8 bytes, but not that of JavaScript. */
export function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

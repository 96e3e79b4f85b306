import {
  createOperationDescriptor,
  type Direction,
  Environment,
  getPaginationMetadata,
  getPaginationVariables,
  getSingularSelector,
  Network,
  RecordSource,
  Store,
  type Variables,
} from 'relay-runtime'
import type { Artifacts } from './compile.ts'

/** The data of a page of flags, as a component reads it. */
export interface ShownFlags {
  edges: { cursor: string; node: { __id: string; key: string } }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

/** A Relay environment that sends its requests to a real server. */
export function relayEnvironment(url: string, key: string): Environment {
  const network = Network.create(async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: text, variables }),
    })
    return response.json()
  })
  return new Environment({ network, store: new Store(new RecordSource()) })
}

/** A component that shows the flags of a project. It does what `usePaginationFragment` does, without React. */
export async function showFlags(environment: Environment, { request, fragment }: Artifacts, variables: Variables) {
  const operation = createOperationDescriptor(request('FlagsQuery'), variables)
  environment.retain(operation)
  await environment.execute({ operation }).toPromise()
  const project = (environment.lookup(operation.fragment).data as { project: unknown } | undefined)?.project
  const pages = fragment('Flags_project')
  const selector = getSingularSelector(pages, project)
  if (selector === null || selector === undefined) throw new Error('There is no project in the response.')
  const { paginationRequest, paginationMetadata, identifierField } = getPaginationMetadata(pages, 'Flags')

  const shown = (): ShownFlags => {
    const { data, isMissingData } = environment.lookup(selector)
    if (isMissingData) throw new Error('Relay misses data.')
    return (data as unknown as { eligibleFeatureFlags: ShownFlags }).eligibleFeatureFlags
  }
  const load = async (direction: Direction, count: number) => {
    const { endCursor, startCursor } = shown().pageInfo
    const cursor = direction === 'forward' ? endCursor : startCursor
    const next = getPaginationVariables(direction, count, cursor, variables, {}, paginationMetadata)
    const id = identifierField === 'id' ? selector.dataID : null
    await environment.execute({ operation: createOperationDescriptor(paginationRequest, { ...next, id }, { force: true }) }).toPromise()
  }
  return { shown, keys: () => shown().edges.map(({ node }) => node.key), load }
}

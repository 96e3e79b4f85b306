import type { Page } from './Page.ts'

interface PageArgs {
  first?: number | null
  after?: string | null
}

const globalId = (type: string, id: number) => Buffer.from(`${type}:${id}`).toString('base64')
const byPath = (a: Page, b: Page) => (a.path < b.path ? -1 : 1)

/** The resolvers of typeDefs.ts over these rows. `movePage` changes the rows. */
export function resolvers(rows: Page[]) {
  const pageOf = (id: string) => rows.find((row) => globalId('Page', row.id) === id)
  const projectOf = (id: string) => (rows.some(({ projectId }) => projectId === id) ? { id } : undefined)

  function node(id: string) {
    const page = pageOf(id)
    if (page !== undefined) return { __typename: 'Page', ...page }
    const project = projectOf(id)
    return project === undefined ? null : { __typename: 'Project', ...project }
  }

  function connection(of: Page[], { first, after }: PageArgs) {
    const sorted = of.toSorted(byPath)
    const from = after ? sorted.filter(({ path }) => path > Buffer.from(after, 'base64url').toString()) : sorted
    const nodes = from.slice(0, first ?? 20)
    const edges = nodes.map((page) => ({ node: page, cursor: Buffer.from(page.path).toString('base64url') }))
    return {
      edges,
      nodes,
      pageInfo: {
        hasNextPage: nodes.length < from.length,
        hasPreviousPage: from.length < sorted.length,
        startCursor: edges.at(0)?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    }
  }

  return {
    Query: {
      pages: (_root: unknown, args: PageArgs) => connection(rows, args),
      page: (_root: unknown, { path }: { path: string }) => rows.find((row) => row.path === path),
      node: (_root: unknown, { id }: { id: string }) => node(id),
      nodes: (_root: unknown, { ids }: { ids: string[] }) => ids.map(node),
    },
    Mutation: {
      movePage: (_root: unknown, { path, to }: { path: string; to: string }) => {
        const page = rows.find((row) => row.path === path)
        if (page === undefined) return { __typename: 'PageNotFoundError', code: 'NOT_FOUND', message: `There is no page at ${path}.` }
        const other = rows.find((row) => row.path === to)
        if (other !== undefined) return { __typename: 'PathTakenError', code: 'PATH_TAKEN', message: `A page is at ${to}.`, page: other }
        page.path = to
        return { __typename: 'Page', ...page }
      },
    },
    Page: {
      __resolveReference: ({ id, path }: { id?: string; path?: string }) =>
        id === undefined ? rows.find((row) => row.path === path) : pageOf(id),
      id: ({ id }: Page) => globalId('Page', id),
      publishedAt: ({ publishedAt }: Page) => publishedAt.toISOString(),
      // References: the gateway reads all other selected fields from the experiments subgraph.
      project: ({ projectId }: Page) => ({ id: projectId }),
      featureFlag: ({ projectId, flagKey }: Page) => (flagKey === null ? null : { projectId, key: flagKey }),
      experiment: ({ experimentId }: Page) => (experimentId === null ? null : { databaseId: experimentId }),
    },
    Project: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      pages: ({ id }: { id: string }, args: PageArgs) => {
        const own = rows.filter(({ projectId }) => projectId === id)
        return connection(own, args)
      },
    },
  }
}

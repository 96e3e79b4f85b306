/** The schema of the pages. It refers to flags by project and key, to experiments by number, and to projects by id. */
export const typeDefs = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])

  type Query {
    "The pages of the shop, by path."
    pages(first: Int, after: String): PageConnection!

    "One page by its path."
    page(path: String!): Page

    "Reads one object by its global id. Null when this subgraph does not have it."
    node(id: ID!): Node @shareable

    "Reads several objects by their global ids."
    nodes(ids: [ID!]!): [Node]! @shareable
  }

  type Mutation {
    "Moves a page to another path."
    movePage(path: String!, to: String!): MovePageResult!
  }

  interface Node {
    id: ID!
  }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  scalar DateTime

  scalar JSON

  "A page of the shop that runs an experiment."
  type Page implements Node @key(fields: "id") @key(fields: "path") {
    id: ID!
    path: String!
    title: String!
    publishedAt: DateTime!
    layout: JSON!

    "The project of the page."
    project: Project!

    "The flag that decides what the page shows. The page stores only its key."
    featureFlag: FeatureFlag

    "The experiment that the page is part of."
    experiment: Experiment
  }

  type PageConnection {
    edges: [PageEdge!]!
    nodes: [Page!]!
    pageInfo: PageInfo!
  }

  type PageEdge {
    cursor: String!
    node: Page!
  }

  interface Error {
    code: ErrorCode!
    message: String!
  }

  enum ErrorCode {
    NOT_FOUND
    PATH_TAKEN
  }

  type PageNotFoundError implements Error {
    code: ErrorCode!
    message: String!
  }

  type PathTakenError implements Error {
    code: ErrorCode!
    message: String!
    page: Page!
  }

  union MovePageResult = Page | PageNotFoundError | PathTakenError

  # Two subgraphs that share \`node\` must share a type that it can return. Otherwise Apollo's composer reports an error.
  type Project implements Node @key(fields: "id") {
    id: ID!

    "The pages of this project."
    pages(first: Int, after: String): PageConnection!
  }

  type FeatureFlag @key(fields: "projectId key", resolvable: false) {
    projectId: ID!
    key: String!
  }

  type Experiment @key(fields: "databaseId", resolvable: false) {
    databaseId: Int!
  }
`

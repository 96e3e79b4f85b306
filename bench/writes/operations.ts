import type { Body, Data } from '../operations/operation.ts'

// Writes, each in the form of both systems. No two of them touch the same flag.

export type Writer = 'ours' | 'postgraphile'

/** A flag to change. */
export interface Target {
  id: number
  projectId: number
}

export interface WriteOperation {
  id: string
  title: string
  /** The write with this number. Numbers never repeat in a run. */
  ask: Record<Writer, (target: Target, number: number) => Body>
  /** The change that an answer shows. It must be the same for both. */
  read: Record<Writer, (data: Data) => unknown>
  /** Whether a policy guards the write in our service. PostGraphile has no policies, and just writes. */
  isGuarded: boolean
}

const filters = (number: number) => ({
  groups: [{ properties: [], rollout_percentage: number % 101 }],
  payloads: {},
  multivariate: null,
})

const ourUpdate = `mutation Update($id: ID!, $name: String!, $filters: JSON!) {
  updateFeatureFlag(input: { id: $id, name: $name, filters: $filters }) {
    __typename ... on FeatureFlag { name filters version } ... on ApprovalRequiredError { changeRequest { state } } ... on Error { message }
  }
}`
const theirUpdate = `mutation Update($id: Int!, $name: String!, $filters: JSON!) {
  updateFlagByRowId(input: { rowId: $id, flagPatch: { name: $name, filters: $filters } }) { flag { name filters version } }
}`
const ourCreate = `mutation Create($projectId: ID!, $key: String!, $name: String!, $filters: JSON!) {
  createFeatureFlag(input: { projectId: $projectId, key: $key, name: $name, filters: $filters }) {
    __typename ... on FeatureFlag { key name filters } ... on ApprovalRequiredError { changeRequest { state } } ... on Error { message }
  }
}`
const theirCreate = `mutation Create($projectId: Int!, $key: String!, $name: String!, $filters: JSON!) {
  createFlag(input: { flag: { projectId: $projectId, key: $key, name: $name, filters: $filters, createdById: 1 } }) { flag { key name filters } }
}`

const update: WriteOperation['ask'] = {
  ours: ({ id }, number) => ({ query: ourUpdate, variables: { id: String(id), name: `Changed ${number}`, filters: filters(number) } }),
  postgraphile: ({ id }, number) => ({ query: theirUpdate, variables: { id, name: `Changed ${number}`, filters: filters(number) } }),
}
const create: WriteOperation['ask'] = {
  ours: ({ projectId }, number) => ({
    query: ourCreate,
    variables: { projectId: String(projectId), key: `written-${number}`, name: `New ${number}`, filters: filters(number) },
  }),
  postgraphile: ({ projectId }, number) => ({
    query: theirCreate,
    variables: { projectId, key: `written-${number}`, name: `New ${number}`, filters: filters(number) },
  }),
}
const withoutType = ({ __typename: _, ...fields }: Data) => fields
const written = {
  ours: (field: string) => (answer: Data) => withoutType(answer.data[field]),
  postgraphile: (field: string) => (answer: Data) => answer.data[field].flag,
}
/** A guarded write waits in our service, and is made in PostGraphile. There is nothing to compare but that each did its own. */
const guarded = {
  ours: (field: string) => (answer: Data) => answer.data[field].changeRequest.state === 'PENDING',
  postgraphile: (field: string) => (answer: Data) => answer.data[field].flag !== null,
}

export const writeOperations: readonly WriteOperation[] = [
  {
    id: 'update',
    title: 'updateFeatureFlag: name and percentage',
    ask: update,
    read: { ours: written.ours('updateFeatureFlag'), postgraphile: written.postgraphile('updateFlagByRowId') },
    isGuarded: false,
  },
  {
    id: 'create',
    title: 'createFeatureFlag',
    ask: create,
    read: { ours: written.ours('createFeatureFlag'), postgraphile: written.postgraphile('createFlag') },
    isGuarded: false,
  },
  {
    id: 'guarded update',
    title: 'updateFeatureFlag where a policy guards it: a change request is made',
    ask: update,
    read: { ours: guarded.ours('updateFeatureFlag'), postgraphile: guarded.postgraphile('updateFlagByRowId') },
    isGuarded: true,
  },
  {
    id: 'guarded create',
    title: 'createFeatureFlag where a policy guards it: a change request is made',
    ask: create,
    read: { ours: guarded.ours('createFeatureFlag'), postgraphile: guarded.postgraphile('createFlag') },
    isGuarded: true,
  },
]

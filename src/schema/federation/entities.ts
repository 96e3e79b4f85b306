import { ApprovalPolicy } from '../../features/approvals/ApprovalPolicy.ts'
import { ChangeRequest } from '../../features/approvals/ChangeRequest.ts'
import { Experiment } from '../../features/experiments/Experiment.ts'
import { flagByKeyLoader } from '../../features/featureFlags/data/flagByKeyLoader.ts'
import { loadFlagsById } from '../../features/featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../../features/featureFlags/FeatureFlag.ts'
import { Project } from '../../features/projects/Project.ts'
import { User } from '../../features/users/User.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { selectedColumns } from '../../graphql/columnSelection.ts'
import type { Context } from '../../graphql/context.ts'
import { type BatchReferenceResolver, referenceFlagKey, referenceId, toReferenceResolver, toResult } from './references.ts'

// The entities of this subgraph, and the resolvers of references to them.

const idKey = builder.selection<{ id: string }>('id')
const databaseIdKey = builder.selection<{ databaseId: number }>('databaseId')
const projectAndFlagKey = builder.selection<{ projectId: string; key: string }>('projectId key')

interface LoadableRef {
  getDataloader(context: Context): { load(id: number): Promise<unknown> }
}

/** Resolves references by one of these keys, through the type's data loader. */
function resolveByKeys(type: LoadableRef, keys: readonly ('id' | 'databaseId')[]): BatchReferenceResolver {
  return (references, context) => {
    const loader = type.getDataloader(context)
    return Promise.all(
      references.map(async (reference) => {
        const idOrError = toResult(() => referenceId(reference, keys))
        return idOrError instanceof Error ? idOrError : loader.load(idOrError).catch((error: unknown) => error)
      }),
    )
  }
}

/** Resolves references to flags. Gateways send hundreds at once, so those with an id take one statement, which reads only selected columns. */
const resolveFlagReferences: BatchReferenceResolver = async (references, context, info) => {
  requireScope(context, 'feature_flag:read')
  const lookups = references.map((reference) => toResult(() => referenceFlagKey(reference) ?? referenceId(reference, ['id', 'databaseId'])))
  const isId = (name: (typeof lookups)[number]) => typeof name === 'number'
  const columns = selectedColumns(info, 'FeatureFlag', [[]])
  const [byId, byKey] = await Promise.all([
    loadFlagsById(context, lookups.filter(isId), columns),
    Promise.all(lookups.map((name) => (isId(name) || name instanceof Error ? name : flagByKeyLoader(context).load(name)))),
  ])
  return byKey.map((found) => (typeof found === 'number' ? byId(found) : found))
}

builder.asEntity(Project, {
  key: [idKey, databaseIdKey],
  resolveReference: toReferenceResolver(resolveByKeys(Project, ['id', 'databaseId'])),
})
builder.asEntity(Experiment, {
  key: [idKey, databaseIdKey],
  resolveReference: toReferenceResolver(resolveByKeys(Experiment, ['id', 'databaseId'])),
})
builder.asEntity(User, { key: idKey, resolveReference: toReferenceResolver(resolveByKeys(User, ['id'])) })
builder.asEntity(ChangeRequest, { key: idKey, resolveReference: toReferenceResolver(resolveByKeys(ChangeRequest, ['id'])) })
builder.asEntity(ApprovalPolicy, { key: idKey, resolveReference: toReferenceResolver(resolveByKeys(ApprovalPolicy, ['id'])) })
builder.asEntity(FeatureFlag, {
  key: [idKey, databaseIdKey, projectAndFlagKey],
  resolveReference: toReferenceResolver(resolveFlagReferences),
})

export const Entity = builder.unionType('_Entity', {
  description: 'The entities that other subgraphs can refer to.',
  types: [Project, FeatureFlag, Experiment, User, ChangeRequest, ApprovalPolicy],
})

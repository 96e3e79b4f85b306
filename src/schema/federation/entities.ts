import type { ObjectRef } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { ApprovalPolicy } from '../../features/approvals/ApprovalPolicy.ts'
import { ChangeRequest } from '../../features/approvals/ChangeRequest.ts'
import { Cohort } from '../../features/cohorts/Cohort.ts'
import { Experiment } from '../../features/experiments/Experiment.ts'
import { flagByKeyLoader } from '../../features/featureFlags/data/flagByKeyLoader.ts'
import { loadFlagsById } from '../../features/featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../../features/featureFlags/FeatureFlag.ts'
import { Holdout } from '../../features/holdouts/Holdout.ts'
import { Project } from '../../features/projects/Project.ts'
import { User } from '../../features/users/User.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { selectedColumns } from '../../graphql/columnSelection.ts'
import type { Context } from '../../graphql/context.ts'
import { toResult } from '../../graphql/errors.ts'
import { type EntityReference, referenceFlagKey, referenceId } from './references.ts'

// The entities of this subgraph, and the resolvers of references to them.

export const Entity = builder.unionType('_Entity', {
  description: 'The entities that other subgraphs can refer to.',
  types: [Project, FeatureFlag, Experiment, Holdout, User, ChangeRequest, ApprovalPolicy, Cohort],
})

/**
 * Resolves all references to one type.
 *
 * @returns one entry per reference, in the same order: the row, null, or an error for an invalid reference
 */
type BatchReferenceResolver = (
  references: readonly EntityReference[],
  context: Context,
  info: GraphQLResolveInfo,
) => Promise<readonly unknown[]>

/** The resolvers by the names of their types. */
export const referenceResolvers = new Map<string, BatchReferenceResolver>()

type EntityRef = ObjectRef<typeof builder.$inferSchemaTypes, unknown> & {
  getDataloader(context: Context): { load(id: number): Promise<unknown> }
}

function defineEntity(type: EntityRef, keys: readonly string[], resolver: BatchReferenceResolver): void {
  referenceResolvers.set(type.name, resolver)
  // Our own `_entities` field does not call the plugin's resolver, which takes one reference.
  builder.asEntity(type, { key: keys.map((key) => builder.selection<object>(key as never)), resolveReference: () => null })
}

for (const [type, keys] of [
  [Project, ['id', 'databaseId']],
  [Experiment, ['id', 'databaseId']],
  [Holdout, ['id', 'databaseId']],
  [User, ['id']],
  [ChangeRequest, ['id']],
  [ApprovalPolicy, ['id']],
  [Cohort, ['id', 'databaseId']],
] as const) {
  defineEntity(type, keys, (references, context) => {
    const loader = (type as EntityRef).getDataloader(context)
    return Promise.all(
      references.map(async (reference) => {
        const idOrError = toResult(() => referenceId(reference, keys))
        return idOrError instanceof Error ? idOrError : loader.load(idOrError).catch((error: unknown) => error)
      }),
    )
  })
}

// Gateways send hundreds of references to flags at once, so those with an id take one statement, which reads only selected columns.
defineEntity(FeatureFlag, ['id', 'databaseId', 'projectId key'], async (references, context, info) => {
  requireScope(context, 'feature_flag:read')
  const lookups = references.map((reference) => toResult(() => referenceFlagKey(reference) ?? referenceId(reference, ['id', 'databaseId'])))
  const isId = (name: (typeof lookups)[number]) => typeof name === 'number'
  const columns = selectedColumns(info, 'FeatureFlag', [[]])
  const [byId, byKey] = await Promise.all([
    loadFlagsById(context, lookups.filter(isId), columns),
    Promise.all(lookups.map((name) => (isId(name) || name instanceof Error ? name : flagByKeyLoader(context).load(name)))),
  ])
  return byKey.map((found) => (typeof found === 'number' ? byId(found) : found))
})

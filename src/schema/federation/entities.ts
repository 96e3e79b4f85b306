import type { ObjectRef } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { ActivityEntry } from '../../features/activityLog/ActivityEntry.ts'
import { Approval } from '../../features/approvals/Approval.ts'
import { ApprovalPolicy } from '../../features/approvals/ApprovalPolicy.ts'
import { ChangeRequest } from '../../features/approvals/ChangeRequest.ts'
import { Cohort } from '../../features/cohorts/Cohort.ts'
import { Experiment } from '../../features/experiments/Experiment.ts'
import { flagByKeyLoader } from '../../features/featureFlags/data/flagByKeyLoader.ts'
import { loadFlagsById } from '../../features/featureFlags/data/flagLoaders.ts'
import { EvaluationContext } from '../../features/featureFlags/EvaluationContext.ts'
import { FeatureFlag } from '../../features/featureFlags/FeatureFlag.ts'
import { ProductTour } from '../../features/featureFlags/ProductTour.ts'
import { Survey } from '../../features/featureFlags/Survey.ts'
import { Holdout } from '../../features/holdouts/Holdout.ts'
import { ProjectLink } from '../../features/links/ProjectLink.ts'
import { Action } from '../../features/metrics/Action.ts'
import { Prompt, PromptVersion } from '../../features/metrics/Prompt.ts'
import { SavedMetric } from '../../features/metrics/SavedMetric.ts'
import { Project } from '../../features/projects/Project.ts'
import { Organization } from '../../features/users/Organization.ts'
import { OrganizationMember } from '../../features/users/OrganizationMember.ts'
import { Role } from '../../features/users/Role.ts'
import { User } from '../../features/users/User.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import { selectedColumns } from '../../graphql/columnSelection.ts'
import type { Context } from '../../graphql/context.ts'
import { toResult } from '../../graphql/errors.ts'
import { type EntityReference, referenceFlagKey, referenceId } from './references.ts'

// The entities of this subgraph, and the resolvers of references to them. Every type that `node` reads is one.

type EntityRef = ObjectRef<typeof builder.$inferSchemaTypes, unknown> & {
  getDataloader(context: Context): { load(id: number | string): Promise<unknown> }
}

const id = ['id'] as const
const idOrNumber = ['id', 'databaseId'] as const

const readByLoader = [
  [Project, idOrNumber],
  [Experiment, idOrNumber],
  [Holdout, idOrNumber],
  [User, idOrNumber],
  [Cohort, idOrNumber],
  [SavedMetric, idOrNumber],
  [Action, idOrNumber],
  [Prompt, id],
  [PromptVersion, id],
  [Survey, id],
  [ProductTour, id],
  [EvaluationContext, id],
  [ChangeRequest, id],
  [Approval, id],
  [ApprovalPolicy, id],
  [ActivityEntry, id],
  [ProjectLink, id],
  [Organization, id],
  [OrganizationMember, id],
  [Role, id],
] as unknown as readonly (readonly [EntityRef, readonly string[]])[]

export const Entity = builder.unionType('_Entity', {
  description: 'The entities that other subgraphs can refer to.',
  types: [FeatureFlag, ...readByLoader.map(([type]) => type)],
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

function defineEntity(type: EntityRef, keys: readonly string[], resolver: BatchReferenceResolver): void {
  referenceResolvers.set(type.name, resolver)
  // Our own `_entities` field does not call the plugin's resolver, which takes one reference.
  builder.asEntity(type, { key: keys.map((key) => builder.selection<object>(key as never)), resolveReference: () => null })
}

for (const [type, keys] of readByLoader) {
  defineEntity(type, keys, (references, context) => {
    const loader = type.getDataloader(context)
    return Promise.all(
      references.map(async (reference) => {
        const idOrError = toResult(() => referenceId(reference, keys))
        return idOrError instanceof Error ? idOrError : loader.load(idOrError).catch((error: unknown) => error)
      }),
    )
  })
}

// Gateways send hundreds of references to flags at once, so those with an id take one statement, which reads only selected columns.
defineEntity(FeatureFlag, [...idOrNumber, 'projectId key'], async (references, context, info) => {
  requireScope(context, 'feature_flag:read')
  const lookups = references.map((reference) => toResult(() => referenceFlagKey(reference) ?? Number(referenceId(reference, idOrNumber))))
  const isId = (name: (typeof lookups)[number]) => typeof name === 'number'
  const columns = selectedColumns(info, 'FeatureFlag', [[]])
  const [byId, byKey] = await Promise.all([
    loadFlagsById(context, lookups.filter(isId), columns),
    Promise.all(lookups.map((name) => (isId(name) || name instanceof Error ? name : flagByKeyLoader(context).load(name)))),
  ])
  return byKey.map((found) => (typeof found === 'number' ? byId(found) : found))
})

import { ApprovalPolicy } from '../../features/approvals/ApprovalPolicy.ts'
import { ChangeRequest } from '../../features/approvals/ChangeRequest.ts'
import { Experiment } from '../../features/experiments/Experiment.ts'
import { flagByKey } from '../../features/featureFlags/data/flagByKeyLoader.ts'
import { flagColumns, readFlags } from '../../features/featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../../features/featureFlags/FeatureFlag.ts'
import { Project } from '../../features/projects/Project.ts'
import { User } from '../../features/users/User.ts'
import { requireScope } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { selectedFields } from '../../graphql/lookahead.ts'
import { asResolver, inPlace, type ReadReferences, referredFlag, referredId } from './references.ts'

// The entities that other subgraphs may refer to, and how references to them are read.

const id = builder.selection<{ id: string }>('id')
const number = builder.selection<{ databaseId: number }>('databaseId')
const key = builder.selection<{ projectId: string; key: string }>('projectId key')

interface Loadable {
  getDataloader(context: Context): { load(id: number): Promise<unknown> }
}

/** Reads by one of these keys, through the loader that everything reads the type by. */
function readBy(type: Loadable, keys: readonly ('id' | 'databaseId')[]): ReadReferences {
  return (references, context) => {
    const loader = type.getDataloader(context)
    return Promise.all(
      references.map(async (reference) => {
        const named = inPlace(() => referredId(reference, keys))
        return named instanceof Error ? named : loader.load(named).catch((error: unknown) => error)
      }),
    )
  }
}

/** Gateways ask for hundreds of flags at once: those named by id take one statement, which reads what is selected in them. */
const readFlagReferences: ReadReferences = async (references, context, info) => {
  requireScope(context, 'feature_flag:read')
  const names = references.map((reference) => inPlace(() => referredFlag(reference) ?? referredId(reference, ['id', 'databaseId'])))
  const isId = (name: (typeof names)[number]) => typeof name === 'number'
  const shown = flagColumns.of(selectedFields(info, [], 'FeatureFlag'), info)
  const [byId, byKey] = await Promise.all([
    readFlags(context, names.filter(isId), shown),
    Promise.all(names.map((name) => (isId(name) || name instanceof Error ? name : flagByKey(context).load(name)))),
  ])
  return byKey.map((found) => (typeof found === 'number' ? byId(found) : found))
}

builder.asEntity(Project, { key: [id, number], resolveReference: asResolver(readBy(Project, ['id', 'databaseId'])) })
builder.asEntity(Experiment, { key: [id, number], resolveReference: asResolver(readBy(Experiment, ['id', 'databaseId'])) })
builder.asEntity(User, { key: id, resolveReference: asResolver(readBy(User, ['id'])) })
builder.asEntity(ChangeRequest, { key: id, resolveReference: asResolver(readBy(ChangeRequest, ['id'])) })
builder.asEntity(ApprovalPolicy, { key: id, resolveReference: asResolver(readBy(ApprovalPolicy, ['id'])) })
builder.asEntity(FeatureFlag, { key: [id, number, key], resolveReference: asResolver(readFlagReferences) })

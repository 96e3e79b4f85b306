import { ApprovalPolicy } from '../approvals/ApprovalPolicy.ts'
import { ChangeRequest } from '../approvals/ChangeRequest.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { Experiment } from '../experiments/Experiment.ts'
import { FeatureFlag, readFlag } from '../featureFlags/FeatureFlag.ts'
import { flagByKey } from '../featureFlags/flagByKey.ts'
import { Project } from '../projects/Project.ts'
import { User } from '../users/User.ts'
import { type Reference, referredFlag, referredId } from './references.ts'

// The entities that other subgraphs may refer to, and how a reference is read: through the loaders that everything reads them by.

const id = builder.selection<{ id: string }>('id')
const number = builder.selection<{ databaseId: number }>('databaseId')
const key = builder.selection<{ projectId: string; key: string }>('projectId key')

interface Loadable<Row> {
  getDataloader(context: Context): { load(id: number): Promise<Row> }
}

/** Reads what a reference names by one of these keys; null when it is not there, or the viewer may not see it. */
function readBy<Row>(type: Loadable<Row>, keys: readonly ('id' | 'databaseId')[]) {
  return (reference: object, context: Context): Promise<Row> => type.getDataloader(context).load(referredId(reference as Reference, keys))
}

builder.asEntity(Project, { key: [id, number], resolveReference: readBy(Project, ['id', 'databaseId']) })
builder.asEntity(Experiment, { key: [id, number], resolveReference: readBy(Experiment, ['id', 'databaseId']) })
builder.asEntity(User, { key: id, resolveReference: readBy(User, ['id']) })
builder.asEntity(ChangeRequest, { key: id, resolveReference: readBy(ChangeRequest, ['id']) })
builder.asEntity(ApprovalPolicy, { key: id, resolveReference: readBy(ApprovalPolicy, ['id']) })

builder.asEntity(FeatureFlag, {
  key: [id, number, key],
  resolveReference: (reference: object, context) => {
    const named = referredFlag(reference as Reference)
    // Gateways ask for hundreds of flags at once: by the loader below the type's own.
    return named === null ? readFlag(context, referredId(reference as Reference, ['id', 'databaseId'])) : flagByKey(context).load(named)
  },
})

import { resolveNodes } from '@pothos/plugin-relay'
import type { GraphQLResolveInfo } from 'graphql'
import { type ActivityResourceType, activityResourceColumns } from '../../commands/recordActivity.ts'
import type { Activity } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { nodeIdPatterns } from '../../platform/globalId.ts'

/** The types of the schema that entries are about. A project's settings are fields of the project. */
export const resourceTypenames: Readonly<Record<ActivityResourceType, string>> = {
  FEATURE_FLAG: 'FeatureFlag',
  EXPERIMENT: 'Experiment',
  HOLDOUT: 'Holdout',
  SAVED_METRIC: 'SavedMetric',
  CHANGE_REQUEST: 'ChangeRequest',
  APPROVAL_POLICY: 'ApprovalPolicy',
  PROJECT_SETTINGS: 'Project',
}

/** The thing that an entry is about, read as `node` does. Null when it is gone, or the viewer may not see it. */
export async function loadResource(entry: Activity, _args: object, context: Context, info: GraphQLResolveInfo): Promise<unknown> {
  const type = entry.resourceType as ActivityResourceType | null
  const id = type === null ? null : entry[activityResourceColumns[type]]
  if (type === null || id === null || !nodeIdPatterns.has(resourceTypenames[type])) return null
  const [node] = await resolveNodes(builder, context, info, [{ typename: resourceTypenames[type], id }])
  return node ?? null
}

import type { GraphQLResolveInfo } from 'graphql'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { requiresScopeText, requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { BadUserInputError, NotFoundError } from '../../../graphql/errors.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { selectRows } from '../../../graphql/prefetch.ts'
import { Project } from '../../projects/Project.ts'
import { requireProject } from '../../projects/requireProject.ts'
import { flagByKeyLoader } from '../data/flagByKeyLoader.ts'
import type { FlagRow } from '../data/flagLoaders.ts'
import { FeatureFlag, loadFlag } from '../FeatureFlag.ts'

const scope = 'feature_flag:read'

/** The ways to name a flag: by its id, or by its project and key. */
type FlagName = { id: string } | { projectId: string; key: string }

/** @throws BadUserInputError when the arguments name no flag, or more than one thing. The error names the argument. */
function readName({ id, projectId, key }: { id?: unknown; projectId?: unknown; key?: unknown }): FlagName {
  const wrong = (argument: string, what: string) => new BadUserInputError(argument, `${what} Give either 'id', or 'projectId' and 'key'.`)
  if (id != null) {
    if (projectId != null) throw wrong('projectId', "Argument 'projectId' cannot be used with 'id'.")
    if (key != null) throw wrong('key', "Argument 'key' cannot be used with 'id'.")
    return { id: String(id) }
  }
  if (projectId == null && key == null) throw wrong('id', "Argument 'id' is missing.")
  if (projectId == null) throw wrong('projectId', "Argument 'projectId' is missing.")
  if (key == null) throw wrong('key', "Argument 'key' is missing.")
  return { projectId: String(projectId), key: String(key) }
}

async function findByKey(context: Context, info: GraphQLResolveInfo, projectId: number, key: string): Promise<FlagRow> {
  const flag = await flagByKeyLoader(context).load({ projectId, key, selection: selectRows(info, context, 'FeatureFlag', 'f', 'row') })
  if (flag === null) throw new NotFoundError('Feature flag')
  return flag
}

builder.queryField('featureFlag', (t) =>
  t.field({
    type: FeatureFlag,
    nullable: true,
    description:
      'One flag: by `id`, also a deleted one, or by `projectId` and `key`, the one that is not deleted. Anything else is a ' +
      `\`BAD_USER_INPUT\` error that names the argument.\n\n${requiresScopeText(scope)} \`NOT_FOUND\` when there is no such flag or ` +
      'project, or the viewer may not see it. `FORBIDDEN` when the key is restricted to other projects.',
    args: {
      id: t.arg.id({ description: "The flag's global id, or its number. Not with `projectId` and `key`." }),
      projectId: t.arg.id({ description: "The project's global id, or its number. Only with `key`." }),
      key: t.arg.string({
        description: "The flag's key: at most 400 characters. Case matters. Only with `projectId`.",
        validate: boundedText(400).nullish(),
      }),
    },
    authScopes: async (_root, args, context) => {
      requireViewer(context)
      const name = readName(args)
      if ('projectId' in name) await requireProject(context, name.projectId, 'projectId')
      return { scope }
    },
    resolve: async (_root, args, context, info) => {
      const name = readName(args)
      if ('key' in name) return findByKey(context, info, (await requireProject(context, name.projectId, 'projectId')).id, name.key)
      const flag = await loadFlag(context, parseDatabaseId('FeatureFlag', name.id, 'id'))
      if (flag === null) throw new NotFoundError('Feature flag')
      return flag
    },
  }),
)

builder.objectField(Project, 'featureFlag', (t) =>
  t.field({
    type: FeatureFlag,
    nullable: true,
    description: `The flag with this key that is not deleted. ${requiresScopeText(scope)} \`NOT_FOUND\` when there is no such flag.`,
    args: {
      key: t.arg.string({
        required: true,
        description: "The flag's key: at most 400 characters. Case matters.",
        validate: boundedText(400),
      }),
    },
    authScopes: { scope },
    resolve: ({ id }, { key }, context, info) => findByKey(context, info, id, key),
  }),
)

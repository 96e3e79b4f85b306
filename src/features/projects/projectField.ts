import type { InputFieldMap, InputShapeFromFields, MaybePromise, ShapeFromTypeParam, TypeParam } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { Scope } from '../../auth/scopes.ts'
import type { Project as ProjectRow } from '../../database/generated/client.ts'
import { requiresScopeText } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import type { ListSize } from '../../graphql/listSizes.ts'
import { Project } from './Project.ts'
import { requireProject } from './requireProject.ts'

type Types = typeof builder.$inferSchemaTypes

interface ProjectFieldOptions<Type extends TypeParam<Types>, Args extends InputFieldMap> {
  type: Type
  /** The scope that a key needs for both fields. */
  scope: Scope
  description: string
  args: Args
  /** What the field itself costs, if not one point. */
  cost?: number
  listSize?: ListSize
  /** The argument whose list has one entry for each entry of the result. */
  sizedBy?: string
  resolve(
    project: ProjectRow,
    args: InputShapeFromFields<Args>,
    context: Context,
    info: GraphQLResolveInfo,
  ): MaybePromise<ShapeFromTypeParam<Types, Type, true>>
}

/**
 * Defines two fields at once: one on `Query`, with the argument `projectId`, and one on `Project`. The root field finds the project before
 * it checks the scope, as the reference does.
 *
 * @param names the names of the field on `Query` and on `Project`
 */
export function projectField<Type extends TypeParam<Types>, Args extends InputFieldMap>(
  names: { root: string; onProject: string },
  { type, scope, description, args, cost, listSize, sizedBy, resolve }: ProjectFieldOptions<Type, Args>,
): void {
  // TypeScript cannot follow Pothos' inference through the type parameters. `ProjectFieldOptions` has checked the caller.
  const options = {
    type,
    nullable: true as never,
    ...(cost === undefined ? {} : { cost }),
    ...(listSize === undefined ? {} : { listSize }),
    ...(sizedBy === undefined ? {} : { extensions: { sizedBy } }),
  }

  builder.queryField(names.root, (t) =>
    t.field({
      ...options,
      description: `${description}\n\n${requiresScopeText(scope)} \`NOT_FOUND\` when the viewer can see no such project, \`FORBIDDEN\` when the key is restricted to others, \`UNAUTHENTICATED\` without a valid key.`,
      args: {
        projectId: t.arg.id({ required: true, description: "The project's global id, or its number as in the URLs of the REST API." }),
        ...args,
      },
      authScopes: async (_root, fieldArgs, context) => {
        await requireProject(context, (fieldArgs as { projectId: string }).projectId, 'projectId')
        return { scope }
      },
      resolve: (async (_root: unknown, { projectId, ...rest }: { projectId: string }, context: Context, info: GraphQLResolveInfo) =>
        resolve(await requireProject(context, projectId, 'projectId'), rest as InputShapeFromFields<Args>, context, info)) as never,
    }),
  )

  builder.objectField(Project, names.onProject, (t) =>
    t.field({
      ...options,
      description: `${description}\n\n${requiresScopeText(scope)}`,
      args,
      authScopes: { scope },
      resolve: resolve as never,
    }),
  )
}

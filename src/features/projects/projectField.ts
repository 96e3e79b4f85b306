import type { InputFieldMap, InputShapeFromFields, MaybePromise, ShapeFromTypeParam, TypeParam } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import type { Scope } from '../../auth/scopes.ts'
import type { Project as ProjectRow } from '../../database/generated/client.ts'
import { requiresScopeText } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { Project } from './Project.ts'
import { requireProject } from './requireProject.ts'

type Types = typeof builder.$inferSchemaTypes

interface ProjectFieldOptions<Type extends TypeParam<Types>, Args extends InputFieldMap> {
  type: Type
  /** What a key needs, on both fields. */
  scope: Scope
  description: string
  args: Args
  /** What one such field costs, and how often what is selected in it. */
  complexity?: (args: InputShapeFromFields<Args>) => { field?: number; multiplier?: number }
  resolve(
    project: ProjectRow,
    args: InputShapeFromFields<Args>,
    context: Context,
    info: GraphQLResolveInfo,
  ): MaybePromise<ShapeFromTypeParam<Types, Type, true>>
}

/**
 * A question about one project, asked either at the root, by `projectId`, or of a `Project`: two fields from one definition. The root
 * field looks for the project first and for the scope then, as the reference does.
 *
 * @param names what the field is called on `Query` and on `Project`
 */
export function projectField<Type extends TypeParam<Types>, Args extends InputFieldMap>(
  names: { root: string; onProject: string },
  { type, scope, description, args, complexity, resolve }: ProjectFieldOptions<Type, Args>,
): void {
  // TypeScript cannot follow Pothos' inference through the type parameters; `ProjectField` above has checked the caller.
  const options = {
    type,
    nullable: true as never,
    ...(complexity === undefined ? {} : { complexity: (fieldArgs: object) => complexity(fieldArgs as InputShapeFromFields<Args>) }),
  }

  builder.queryField(names.root, (t) =>
    t.field({
      ...options,
      description: `${description}\n\n${requiresScopeText(scope)} \`NOT_FOUND\` when the viewer has no such project, \`FORBIDDEN\` when the key is restricted to others, \`UNAUTHENTICATED\` without a valid key.`,
      args: {
        projectId: t.arg.id({ required: true, description: "The project's global id, or its number as it stands in the REST API's URLs." }),
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

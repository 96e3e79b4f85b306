import { hasScope } from '../../../auth/scopes.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { likePattern } from '../../../database/sql.ts'
import { boundedText, defaultPageSize, maxPageSize, pageSizeSchema } from '../../../graphql/argumentLimits.ts'
import { requireScope, requireViewer } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoadersByParent } from '../../../graphql/dataLoaders.ts'
import { Project } from '../../projects/Project.ts'
import { TaggedThing, type TaggedThingName, taggedThings } from '../TaggedThing.ts'

/** A tag, and how many things have it. */
interface TagRow {
  name: string
  count: number
}

const Tag = builder.objectRef<TagRow>('Tag').implement({
  description: 'A label of things in a project. Any valid key can read the tags of the things that it may read.',
  authScopes: { authenticated: true },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The label.' }),
    count: t.exposeInt('count', { description: 'How many things have it, archived ones included.' }),
  }),
})

/** The kinds of things that the key may read. */
function readableThings(context: Context, on: TaggedThingName | null | undefined): TaggedThingName[] {
  if (on != null) {
    requireScope(context, taggedThings[on].scope)
    return [on]
  }
  const { scopes } = requireViewer(context)
  const readable = (Object.keys(taggedThings) as TaggedThingName[]).filter((thing) => hasScope(scopes, taggedThings[thing].scope))
  if (readable.length === 0) requireScope(context, taggedThings.FEATURE_FLAGS.scope)
  return readable
}

interface TagSearch {
  things: readonly TaggedThingName[]
  search: string
  first: number
}

/** Finds the tags of things of a project that contain a text, by code point. */
const tagLoader = coalescedLoadersByParent<TagSearch, TagRow & { parentId: number }>(({ things, search, first }, ids) => {
  const tagged = things.map((thing) => {
    const { from, where } = taggedThings[thing]
    return Prisma.sql`SELECT unnest(t.tags) AS name FROM ${from} WHERE t.project_id = p.id AND t.tags <> '{}' AND ${where}`
  })
  return Prisma.sql`
    SELECT p.id AS "parentId", tag.* FROM unnest(${ids}::int[]) AS p (id)
    CROSS JOIN LATERAL (
      SELECT name, count(*)::int AS count FROM (${Prisma.join(tagged, ' UNION ALL ')}) AS tags
      WHERE name ILIKE ${likePattern(search)}
      GROUP BY name ORDER BY name COLLATE "C" LIMIT ${first}
    ) AS tag
    ORDER BY p.id, tag.name COLLATE "C"`
})

builder.objectField(Project, 'tags', (t) =>
  t.field({
    type: [Tag],
    nullable: true,
    cost: 5,
    listSize: { assumedSize: defaultPageSize, slicingArguments: ['first'], requireOneSlicingArgument: false },
    description:
      'The tags of things in the project, by code point. Needs a key with the scope of the things, `feature_flag:read` or `experiment:read`. ' +
      'Without it, only this field fails, with `FORBIDDEN`.',
    args: {
      search: t.arg.string({
        description: 'Only tags that contain this text: at most 400 characters. Case does not matter. Empty text matches all.',
        validate: boundedText(400).nullish(),
      }),
      on: t.arg({ type: TaggedThing, description: 'Only the tags of these things. By default, of all that the key may read.' }),
      first: t.arg.int({ description: `How many: 1 to ${maxPageSize}. The default is ${defaultPageSize}.`, validate: pageSizeSchema }),
    },
    authScopes: { authenticated: true },
    resolve: ({ id }, { search, on, first }, context) =>
      tagLoader(context, { things: readableThings(context, on), search: search ?? '', first: first ?? defaultPageSize }).load(id),
  }),
)

import { Prisma } from '../../../database/generated/client.ts'
import { likePattern, selectColumns } from '../../../database/sql.ts'
import { boundedText, defaultPageSize, maxPageSize, pageSizeSchema } from '../../../graphql/argumentLimits.ts'
import { requireScope } from '../../../graphql/authorization.ts'
import { builder } from '../../../graphql/builder.ts'
import { coalescedLoadersByParent } from '../../../graphql/dataLoaders.ts'
import { Project } from '../../projects/Project.ts'
import { type UserRow, userColumns } from '../../users/data/userLoader.ts'
import { User } from '../../users/User.ts'
import { TaggedThing, type TaggedThingName, taggedThings } from '../TaggedThing.ts'

/** How many creators are looked at. */
const maxCreators = 2_000

interface CreatorSearch {
  of: TaggedThingName
  search: string
  first: number
}

/** Finds the people who created things of a project and whose name or address contains a text, by name. It probes an index once per person. */
const creatorLoader = coalescedLoadersByParent<CreatorSearch, UserRow & { parentId: number }>(({ of, search, first }, ids) => {
  const { from, where } = taggedThings[of]
  const next = (after: Prisma.Sql) => Prisma.sql`
    SELECT t.created_by_id AS id FROM ${from}
    WHERE t.project_id = p.id AND ${where} AND t.created_by_id IS NOT NULL ${after} ORDER BY t.created_by_id LIMIT 1`
  const name = Prisma.sql`coalesce(nullif(u.first_name, ''), u.email) COLLATE "C"`
  return Prisma.sql`
    SELECT p.id AS "parentId", person.* FROM unnest(${ids}::int[]) AS p (id)
    CROSS JOIN LATERAL (
      WITH RECURSIVE creators AS (
        SELECT found.id, 1 AS rank FROM (${next(Prisma.empty)}) AS found
        UNION ALL
        SELECT found.id, c.rank + 1 FROM creators c CROSS JOIN LATERAL (${next(Prisma.sql`AND t.created_by_id > c.id`)}) AS found
        WHERE c.rank < ${maxCreators}
      )
      SELECT ${selectColumns(userColumns, 'u')}, ${name} AS name FROM creators c
      CROSS JOIN LATERAL (SELECT * FROM users WHERE users.id = c.id OFFSET 0) AS u
      WHERE u.first_name ILIKE ${likePattern(search)} OR u.email ILIKE ${likePattern(search)}
      ORDER BY ${name}, u.id LIMIT ${first}
    ) AS person
    ORDER BY p.id, person.name COLLATE "C", person.id`
})

builder.objectField(Project, 'creators', (t) =>
  t.field({
    type: [User],
    nullable: true,
    cost: 5,
    listSize: { assumedSize: defaultPageSize, slicingArguments: ['first'], requireOneSlicingArgument: false },
    description:
      'The people who created things in the project, by first name, or by email address if they have none. People who left are among them. ' +
      `Of more than ${maxCreators} people, some are not found. Needs a key with the scope of the things, \`feature_flag:read\` or ` +
      '`experiment:read`. Without it, only this field fails, with `FORBIDDEN`.',
    args: {
      of: t.arg({ type: TaggedThing, required: true, description: 'The things.' }),
      search: t.arg.string({
        description: 'Only people whose first name or email address contains this text: at most 400 characters. Case does not matter.',
        validate: boundedText(400).nullish(),
      }),
      first: t.arg.int({ description: `How many: 1 to ${maxPageSize}. The default is ${defaultPageSize}.`, validate: pageSizeSchema }),
    },
    authScopes: { authenticated: true },
    resolve: ({ id }, { of, search, first }, context) => {
      requireScope(context, taggedThings[of].scope)
      return creatorLoader(context, { of, search: search ?? '', first: first ?? defaultPageSize }).load(id)
    },
  }),
)

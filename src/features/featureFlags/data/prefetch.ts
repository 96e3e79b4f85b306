import { type FieldNode, type GraphQLResolveInfo, getArgumentValues, isObjectType } from 'graphql'
import { Prisma } from '../../../database/generated/client.ts'
import type { ListSource } from '../../../database/keyset/pageQuery.ts'
import { firstPageSize, type PageArguments } from '../../../graphql/connections/connection.ts'
import { selectedFields } from '../../../graphql/lookahead.ts'
import { experimentColumnSelection } from '../../experiments/data/experimentLoaders.ts'
import { experimentsPageJson } from '../../experiments/data/flagExperimentsPage.ts'
import { userJoinSql } from '../../users/data/userLoader.ts'
import { contextNamesSql } from './evaluationContexts.ts'

// A page of flags reads what is selected of each flag in the same statement. A flag that comes another way lacks it, and its fields load it.

const creator = Prisma.sql`creator`
const modifier = Prisma.sql`modifier`

/**
 * The JSON (`Along`) of what these fields of a flag show; undefined when they need none.
 *
 * @param canReadExperiments whether the viewer's key may
 */
export function prefetchSql(fields: readonly FieldNode[], info: GraphQLResolveInfo, canReadExperiments: boolean): ListSource['prefetch'] {
  const names = new Set(fields.map(({ name }) => name.value))
  const parts: Prisma.Sql[] = []
  const joins: Prisma.Sql[] = []
  if (names.has('createdBy')) {
    joins.push(userJoinSql(creator, Prisma.sql`page."createdById"`))
    parts.push(Prisma.sql`'createdBy', ${creator}.json`)
  }
  if (names.has('lastModifiedBy')) {
    joins.push(userJoinSql(modifier, Prisma.sql`page."lastModifiedById"`))
    parts.push(Prisma.sql`'lastModifiedBy', ${modifier}.json`)
  }
  if (names.has('evaluationContexts')) parts.push(Prisma.sql`'evaluationContexts', ${contextNamesSql(Prisma.sql`page.id`)}`)
  const experiments = canReadExperiments ? fields.filter(({ name }) => name.value === 'experiments') : []
  const size = commonFirstPageSize(experiments, info)
  if (size !== null) {
    const experimentFields = [['nodes'], ['edges', 'node']].flatMap((path) => selectedFields({ ...info, fieldNodes: experiments }, path))
    parts.push(
      Prisma.sql`'experiments', ${experimentsPageJson(Prisma.sql`page.id`, size, experimentColumnSelection.forFields(experimentFields, info))}`,
    )
  }
  if (parts.length === 0) return undefined
  return { json: Prisma.sql`json_build_object(${Prisma.join(parts)})`, joins: joins.length === 0 ? Prisma.empty : Prisma.join(joins, ' ') }
}

/** How many experiments of each flag are asked for; null where none are, not the first ones, or not the same each time. */
function commonFirstPageSize(experimentFields: readonly FieldNode[], info: GraphQLResolveInfo): number | null {
  const type = info.schema.getType('FeatureFlag')
  const field = isObjectType(type) ? type.getFields().experiments : undefined
  if (experimentFields.length === 0 || field === undefined) return null
  try {
    const sizes = new Set(
      experimentFields.map((node) => firstPageSize(getArgumentValues(field, node, info.variableValues) as PageArguments)),
    )
    const [size] = sizes
    return sizes.size === 1 ? (size ?? null) : null
  } catch {
    // GraphQL itself refuses the field.
    return null
  }
}

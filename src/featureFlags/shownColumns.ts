import { type FieldNode, type GraphQLResolveInfo, isObjectType } from 'graphql'
import { lightColumns } from './flagRows.ts'

type Column = keyof typeof lightColumns

/** What the resolvers of a flag's fields need of its row, beside its id; a field that only shows a column needs that. */
const neededBy = new Map<string, readonly Column[]>([
  ['__typename', []],
  ['id', []],
  ['project', ['projectId']],
  ['projectId', ['projectId']],
  ['filters', []],
  ['variants', []],
  ['rolloutPercentage', []],
  ['evaluationContexts', []],
  ['createdBy', ['createdById']],
  ['lastModifiedBy', ['lastModifiedById']],
  // The status of one that runs depends on whether its flag does.
  ['experiments', ['active']],
])

export const allColumns = Object.keys(lightColumns).sort() as Column[]

/** The columns of a flag that these fields are made of; all of them where one of the fields may need any. */
export function shownColumns(fields: readonly FieldNode[], info: GraphQLResolveInfo): readonly Column[] {
  const type = info.schema.getType('FeatureFlag')
  const definitions = isObjectType(type) ? type.getFields() : {}
  const columns = new Set<Column>(['id'])
  for (const { name } of fields) {
    const shown = definitions[name.value]?.extensions.pothosExposedField as Column | undefined
    const needed = shown === undefined ? neededBy.get(name.value) : [shown]
    if (needed === undefined) return allColumns
    for (const column of needed) columns.add(column)
  }
  return [...columns].sort()
}

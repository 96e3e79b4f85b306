import { builder } from '../../graphql/builder.ts'
import { loadGroupType } from '../projects/data/groupTypes.ts'
import { GroupType } from '../projects/GroupType.ts'
import { Action } from './Action.ts'
import { actionLoader } from './data/actionLoader.ts'
import { MetricMath, MetricSourceKind } from './enums.ts'
import type { SourceValues } from './rules/metricSource.ts'

/** A source with its node, in the project that its action belongs to. */
export interface ShownSource {
  projectId: number
  source: SourceValues
  raw: unknown
}

export const MetricSource = builder.objectRef<ShownSource>('MetricSource').implement({
  description: 'The events that a metric counts, and how. Needs a key with the scope `experiment:read`.',
  authScopes: { scope: 'experiment:read' },
  fields: (t) => ({
    kind: t.field({ type: MetricSourceKind, description: 'What the source names.', resolve: ({ source }) => source.subject.kind }),
    event: t.string({
      nullable: true,
      description: 'The name of the events. Null unless `kind` is `EVENT`.',
      resolve: ({ source: { subject } }) => (subject.kind === 'EVENT' ? subject.event : null),
    }),
    action: t.field({
      type: Action,
      nullable: true,
      description: 'The action, which may be deleted. Null unless `kind` is `ACTION`, and when the project has no such action.',
      resolve: async ({ projectId, source: { subject } }, _args, context) => {
        const action = subject.kind === 'ACTION' ? await actionLoader(context).load(subject.actionId) : null
        return action?.projectId === projectId ? action : null
      },
    }),
    table: t.string({
      nullable: true,
      description: 'The table of the data warehouse. Null unless `kind` is `DATA_WAREHOUSE`, and when none is stored.',
      resolve: ({ source: { subject } }) => (subject.kind === 'DATA_WAREHOUSE' ? subject.table : null),
    }),
    math: t.field({
      type: MetricMath,
      description: 'How the events of a person become a number.',
      resolve: ({ source }) => source.math.math,
    }),
    mathProperty: t.string({
      nullable: true,
      description: 'The property of the events whose value is used. Null unless `math` is `SUM`, `AVG`, `MIN` or `MAX`.',
      resolve: ({ source }) => source.math.property,
    }),
    mathGroupTypeIndex: t.int({
      nullable: true,
      description: 'The index of the type of groups that are counted: 0 to 4. Null unless `math` is `UNIQUE_GROUP`.',
      resolve: ({ source }) => source.math.groupTypeIndex,
    }),
    mathGroupType: t.field({
      type: GroupType,
      nullable: true,
      description:
        'The type of groups that are counted. Null unless `math` is `UNIQUE_GROUP`, and when the project has no type with this index. Needs ' +
        'the scope `feature_flag:read` too. Without it, the field is null, with an error.',
      resolve: ({ projectId, source }, _args, context) => loadGroupType(context, projectId, source.math.groupTypeIndex),
    }),
    filters: t.field({
      type: 'JSON',
      description: 'The filters on properties that the events must all meet, as a list in the form of the REST API. May be empty.',
      resolve: ({ source }) => source.filters,
    }),
    raw: t.field({ type: 'JSON', description: 'The source in the form of the REST API.', resolve: ({ raw }) => raw }),
  }),
})

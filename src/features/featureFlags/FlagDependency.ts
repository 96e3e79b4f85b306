import { builder } from '../../graphql/builder.ts'
import { shortListSize } from '../../graphql/listSizes.ts'
import { encodeGlobalId } from '../../platform/globalId.ts'
import { loadFilters, readsFilters } from './data/flagLoaders.ts'
import { FeatureFlag } from './FeatureFlag.ts'
import { dependencyLoader } from './flagReferences.ts'
import { type DependencyState, judgeDependency } from './rules/dependencyProblems.ts'
import { type FlagReference, getFlagReferences } from './rules/flagDependencies.ts'

const FlagDependency = builder.objectRef<FlagReference & DependencyState>('FlagDependency').implement({
  description: 'A flag that the conditions of another flag name. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    featureFlag: t.field({
      type: FeatureFlag,
      nullable: true,
      description: 'The flag that is named. Null when there is none, or it is deleted.',
      resolve: ({ flagId }) => flagId,
    }),
    featureFlagId: t.id({
      description: 'The global id of the flag that is named, also of a deleted one. What the condition holds, if there is no such flag.',
      resolve: ({ namedId, reference }) => (namedId === null ? reference : encodeGlobalId('FeatureFlag', namedId)),
    }),
    conditionIndexes: t.exposeIntList('conditionIndexes', {
      description: 'The places of the condition sets that name the flag, from 0, in ascending order.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description:
        'What is wrong, in a sentence for people: the flag is missing or deleted, or flags depend on each other in a circle, also further ' +
        'down. Such a problem makes the whole flag return false. Null when nothing is wrong.',
    }),
  }),
})

builder.objectField(FeatureFlag, 'dependencies', (t) =>
  t.field({
    type: [FlagDependency],
    listSize: shortListSize,
    description:
      'The flags that the conditions of this flag name, in the order of the conditions. Flags that those depend on are not among them.',
    ...readsFilters,
    select: ['dependsOn'],
    resolve: async (flag, _args, context) => {
      if (flag.dependsOn.length === 0) return []
      const [filters, edges] = await Promise.all([loadFilters(context, flag), dependencyLoader(context).load(flag.id)])
      return getFlagReferences(filters).map((reference) => ({
        ...reference,
        ...judgeDependency(edges, flag.id, reference.reference),
      }))
    },
  }),
)

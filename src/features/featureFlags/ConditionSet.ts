import { builder } from '../../graphql/builder.ts'
import type { ListSize } from '../../graphql/listSizes.ts'
import { loadGroupType } from '../projects/data/groupTypes.ts'
import { GroupType } from '../projects/GroupType.ts'
import { PropertyCondition } from './PropertyCondition.ts'
import type { ConditionSet as Conditions } from './rules/conditions.ts'

/** Most flags have no more condition sets, and most sets no more properties. Larger sizes would make pages of flags seem too expensive. */
export const conditionsListSize: ListSize = { assumedSize: 3 }
export const propertiesListSize: ListSize = { assumedSize: 2 }

/** A condition set, with the project in which it names things. */
export type ConditionSetRef = Conditions & { projectId: number }

export const ConditionSet = builder.objectRef<ConditionSetRef>('ConditionSet').implement({
  description:
    'Who gets a flag, and for what share of them. The first set that holds decides. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'The place among the sets of the flag, from 0.' }),
    properties: t.field({
      type: [PropertyCondition],
      listSize: propertiesListSize,
      description: 'What must hold, in order. Empty when the set is about everybody.',
      resolve: ({ properties, projectId }) => properties.map((property) => ({ ...property, projectId })),
    }),
    rolloutPercentage: t.exposeFloat('rolloutPercentage', {
      nullable: true,
      description: 'The share of those people or groups who get the flag, in percent: 0 to 100. Null counts as 100.',
    }),
    variantKey: t.exposeString('variantKey', {
      nullable: true,
      description: 'The key of the variant that everybody of this set gets. Null when the id of the person decides.',
    }),
    groupType: t.field({
      type: GroupType,
      nullable: true,
      description: 'The kind of groups that the set divides. Null when it divides people, and when there is no such type.',
      resolve: ({ projectId, groupTypeIndex }, _args, context) => loadGroupType(context, projectId, groupTypeIndex),
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What the set is for, in plain words. Null when there is none.',
    }),
    exposureFrozen: t.exposeBoolean('exposureFrozen', {
      description: 'Whether an experiment has frozen its exposure: the set is limited to the people who had seen the experiment by then.',
    }),
  }),
})

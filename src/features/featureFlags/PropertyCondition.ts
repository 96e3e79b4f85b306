import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { isInt4 } from '../../platform/globalId.ts'
import { Cohort } from '../cohorts/Cohort.ts'
import { type CohortRow, cohortLoader } from '../cohorts/data/cohortLoader.ts'
import { loadGroupType } from '../projects/data/groupTypes.ts'
import { GroupType } from '../projects/GroupType.ts'
import { PropertyKind, PropertyOperator } from './conditionEnums.ts'
import { flagByKeyLoader } from './data/flagByKeyLoader.ts'
import { type FlagRow, flagLoader } from './data/flagLoaders.ts'
import { FeatureFlag } from './FeatureFlag.ts'
import { type PropertyCondition as Condition, cohortIdOf } from './rules/conditions.ts'

/** A property of a condition set, with the project in which it names things. */
export type PropertyConditionRef = Condition & { projectId: number }

/** The cohort that a condition names, in the same project. Null when there is none. */
async function findCohort(context: Context, condition: PropertyConditionRef): Promise<CohortRow | null> {
  const id = cohortIdOf(condition)
  if (id === null || !isInt4(id)) return null
  const cohort = await cohortLoader(context).load(id)
  return cohort?.projectId === condition.projectId ? cohort : null
}

/** The flag that a condition names by its number or key, in the same project. Null when there is none. */
async function findFlag(context: Context, { kind, key, projectId }: PropertyConditionRef): Promise<FlagRow | null> {
  if (kind !== 'FLAG') return null
  const id = /^\d{1,10}$/.test(key) ? Number(key) : 0
  const flag = id > 0 && isInt4(id) ? await flagLoader(context).load(id) : null
  if (flag !== null && flag.projectId === projectId && !flag.deleted) return flag
  return flagByKeyLoader(context).load({ projectId, key })
}

export const PropertyCondition = builder.objectRef<PropertyConditionRef>('PropertyCondition').implement({
  description:
    'What must hold of a person, a group, a cohort or another flag. All properties of a condition set must hold. Needs a key with the ' +
    'scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    kind: t.expose('kind', { type: PropertyKind, description: 'What it is about.' }),
    key: t.exposeString('key', {
      description: 'The name of the property. Of kind FLAG it is the number or key of the flag, and of kind COHORT it is `id`.',
    }),
    operator: t.expose('operator', { type: PropertyOperator, description: 'How the property is compared with `value`.' }),
    value: t.expose('value', {
      type: 'JSON',
      nullable: true,
      description: 'What the property is compared with. Of kind COHORT it is the number of the cohort. Null when there is none.',
    }),
    negated: t.exposeBoolean('negated', {
      description: 'Whether `negation` is stored. It only counts in the definitions of cohorts: evaluation ignores it here.',
    }),
    groupType: t.field({
      type: GroupType,
      nullable: true,
      description:
        'The group type in whose properties a condition of kind GROUP looks. Null for other kinds, and when there is no such type.',
      resolve: ({ projectId, groupTypeIndex }, _args, context) => loadGroupType(context, projectId, groupTypeIndex),
    }),
    cohort: t.field({
      type: Cohort,
      nullable: true,
      description: 'The cohort of a condition of kind COHORT. Null for other kinds, and when there is no such cohort in the project.',
      resolve: (condition, _args, context) => findCohort(context, condition),
    }),
    featureFlag: t.field({
      type: FeatureFlag,
      nullable: true,
      description:
        'The flag of a condition of kind FLAG. Null for other kinds, and when there is no such flag in the project, or it is deleted.',
      resolve: (condition, _args, context) => findFlag(context, condition),
    }),
  }),
})

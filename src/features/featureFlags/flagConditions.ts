import { builder } from '../../graphql/builder.ts'
import { loadGroupType } from '../projects/data/groupTypes.ts'
import { GroupType } from '../projects/GroupType.ts'
import { ConditionSet, conditionsListSize } from './ConditionSet.ts'
import { Bucketing } from './conditionEnums.ts'
import { loadFilters, loadFiltersRow, readsFilters } from './data/flagLoaders.ts'
import { FeatureFlag } from './FeatureFlag.ts'
import { readConditions } from './rules/conditions.ts'
import { readFlagPayload, readFlagSettings } from './rules/flagSettings.ts'

// What `filters` say, with types.

builder.objectFields(FeatureFlag, (t) => ({
  conditions: t.field({
    type: [ConditionSet],
    listSize: conditionsListSize,
    description:
      'The condition sets, in the order in which they are tried. They are the `groups` of `filters`, with types. Empty when they cannot all ' +
      'be given so: `conditionsProblem` then says why.',
    ...readsFilters,
    select: ['projectId'],
    resolve: async (flag, _args, context) => {
      const { sets, problem } = readConditions(await loadFilters(context, flag))
      return problem === null ? sets.map((set) => ({ ...set, projectId: flag.projectId })) : []
    },
  }),
  conditionsProblem: t.string({
    nullable: true,
    description:
      'Why `conditions` is empty although the flag has sets: they are malformed, or of a newer format. Null when nothing is wrong.',
    ...readsFilters,
    resolve: async (flag, _args, context) => readConditions(await loadFilters(context, flag)).problem,
  }),
  payload: t.field({
    type: 'JSON',
    nullable: true,
    description:
      'The decoded data that applications get with a flag without variants. Text that is not JSON is returned as a string. Null when there ' +
      'is none, for a flag with variants, and for encrypted payloads.',
    ...readsFilters,
    resolve: async (flag, _args, context) => {
      const { filters, hasEncryptedPayloads } = await loadFiltersRow(context, flag)
      return hasEncryptedPayloads ? null : readFlagPayload(filters)
    },
  }),
  hasEncryptedPayloads: t.boolean({
    description: 'Whether the payloads of the flag are encrypted. They are not shown then.',
    ...readsFilters,
    resolve: async (flag, _args, context) => (await loadFiltersRow(context, flag)).hasEncryptedPayloads,
  }),
  groupType: t.field({
    type: GroupType,
    nullable: true,
    description: 'The kind of groups that the flag divides. Null when it divides people, or each condition set says for itself.',
    ...readsFilters,
    select: ['projectId'],
    resolve: async (flag, _args, context) => {
      const { groupTypeIndex } = readFlagSettings(await loadFilters(context, flag))
      return loadGroupType(context, flag.projectId, groupTypeIndex)
    },
  }),
  bucketing: t.expose('bucketingIdentifier', {
    type: Bucketing,
    description: 'By which id the flag divides people. Groups are always divided by their key.',
  }),
  earlyExit: t.boolean({
    description: 'Whether a person outside the share of a set whose properties hold gets nothing: the sets after it are not tried.',
    ...readsFilters,
    resolve: async (flag, _args, context) => readFlagSettings(await loadFilters(context, flag)).earlyExit,
  }),
  featureEnrollment: t.boolean({
    description: 'Whether people can opt in to early access, or out of it, before the condition sets are tried.',
    ...readsFilters,
    resolve: async (flag, _args, context) => readFlagSettings(await loadFilters(context, flag)).featureEnrollment,
  }),
  holdoutExclusionPercentage: t.float({
    nullable: true,
    description: 'The share of people that a holdout keeps out of the flag, in percent: 0 to 100. Null without a holdout.',
    ...readsFilters,
    resolve: async (flag, _args, context) => readFlagSettings(await loadFilters(context, flag)).holdout?.percentage ?? null,
  }),
}))

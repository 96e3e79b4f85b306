import { builder } from '../../graphql/builder.ts'
import { conditionsListSize, propertiesListSize } from '../featureFlags/ConditionSet.ts'
import { flagLoader } from '../featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { PropertyCondition } from '../featureFlags/PropertyCondition.ts'
import { decodePayload } from '../featureFlags/rules/variants.ts'
import type { Decision, Evaluation, EvaluationReasonName } from './rules/evaluation.ts'
import { type ConditionExplanation, type Explanation, explain, type PropertyExplanation } from './rules/explanation.ts'
import type { EvaluatedFlag } from './rules/flagWorld.ts'

/** What a flag answers for one person, and why. The reasons in detail are only computed when they are selected. */
export class FlagAnswer {
  readonly key: string
  readonly projectId: number
  readonly flag: EvaluatedFlag | null
  readonly #evaluation: Evaluation
  #explanation: Explanation | undefined
  readonly decision: Omit<Decision, 'reason'> & { reason: EvaluationReasonName | 'FLAG_NOT_FOUND' }

  /** @param flag null when there is no flag with this key */
  constructor(key: string, projectId: number, flag: EvaluatedFlag | null, evaluation: Evaluation) {
    this.key = key
    this.projectId = projectId
    this.flag = flag
    this.#evaluation = evaluation
    this.decision = flag === null ? notFound : evaluation.decide(flag)
  }

  get payload(): unknown {
    const name = this.decision.variant ?? 'true'
    const payloads = this.flag?.rules.payloads
    return this.decision.enabled && payloads !== undefined && Object.hasOwn(payloads, name) ? decodePayload(payloads[name]) : null
  }

  get explanation(): Explanation {
    this.#explanation ??= this.flag === null ? { missing: [], conditions: [] } : explain(this.#evaluation, this.flag)
    return this.#explanation
  }
}

const notFound = { enabled: false, variant: null, reason: 'FLAG_NOT_FOUND', conditionIndex: null, bucketedBy: null } as const

const EvaluationReason = builder.enumType('EvaluationReason', {
  description: 'Why a flag answers what it answers.',
  values: {
    CONDITION_MATCH: { description: 'A condition set holds, and the id is inside its share.' },
    OUT_OF_ROLLOUT_BOUND: { description: 'The properties of a condition set hold, but the id is outside its share.' },
    NO_CONDITION_MATCH: { description: 'The properties of no condition set hold, or there is none.' },
    NO_GROUP_TYPE: { description: 'A condition set divides groups, and no key of such a group was given.' },
    SUPER_CONDITION_VALUE: { description: 'The person has opted in to early access, or out of it.' },
    HOLDOUT_CONDITION_VALUE: { description: 'A holdout keeps the person out. The variant is `holdout-` and its number.' },
    MISSING_DEPENDENCY: { description: 'A flag that this one depends on is missing or deleted, or they depend on each other in a circle.' },
    FLAG_DISABLED: { description: 'The flag is off or deleted.' },
    FLAG_NOT_FOUND: { description: 'The project has no flag with this key.' },
  } satisfies Record<EvaluationReasonName | 'FLAG_NOT_FOUND', { description: string }>,
})

const access = { authScopes: { scope: 'feature_flag:read' } } as const
const scopeText = 'Needs a key with the scope `feature_flag:read`.'

const PropertyEvaluation = builder.objectRef<PropertyExplanation & { projectId: number }>('PropertyEvaluation').implement({
  description: `How one property of a condition set was judged. ${scopeText}`,
  ...access,
  fields: (t) => ({
    condition: t.field({
      type: PropertyCondition,
      description: 'What had to hold.',
      resolve: ({ condition, projectId }) => ({ ...condition, projectId }),
    }),
    actual: t.expose('actual', {
      type: 'JSON',
      nullable: true,
      description:
        'What was compared: the value of the property, what the other flag answers, or whether the person is a member of the cohort. Null ' +
        'when it is not known.',
    }),
    matched: t.exposeBoolean('matched', { description: 'Whether it holds.' }),
    explanation: t.exposeString('explanation', { description: 'Why, in plain words for people. The words may change.' }),
  }),
})

const ConditionEvaluation = builder.objectRef<ConditionExplanation & { projectId: number }>('ConditionEvaluation').implement({
  description: `How one condition set was judged, also one that was not reached. ${scopeText}`,
  ...access,
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'The place among the sets of the flag, from 0.' }),
    matched: t.exposeBoolean('matched', { description: 'Whether the set holds: all its properties do, and the id is inside its share.' }),
    propertiesMatched: t.exposeBoolean('propertiesMatched', { description: 'Whether all its properties hold.' }),
    outOfRollout: t.exposeBoolean('outOfRollout', { description: 'Whether its properties hold, but the id is outside its share.' }),
    rolloutPercentage: t.exposeFloat('rolloutPercentage', { description: 'The share of the set, in percent. 100 when none is stored.' }),
    variantKey: t.exposeString('variantKey', {
      nullable: true,
      description: 'The key of the variant that everybody of this set gets. Null when the id decides.',
    }),
    explanation: t.exposeString('explanation', { description: 'Why, in plain words for people. The words may change.' }),
    properties: t.field({
      type: [PropertyEvaluation],
      listSize: propertiesListSize,
      description: 'How each property was judged, in order.',
      resolve: ({ properties, projectId }) => properties.map((property) => ({ ...property, projectId })),
    }),
  }),
})

export const FlagEvaluation = builder.objectRef<FlagAnswer>('FlagEvaluation').implement({
  description:
    'What a flag answers for one person, and why. It follows the service that applications ask: see the page on evaluation. Nothing is ' +
    `written or counted. ${scopeText}`,
  ...access,
  fields: (t) => ({
    featureFlag: t.field({
      type: FeatureFlag,
      nullable: true,
      description: 'The flag. Null when there is none.',
      resolve: ({ flag }, _args, context) => (flag === null ? null : flagLoader(context).load(flag.id)),
    }),
    key: t.exposeString('key', { description: 'The key of the flag, as it was asked for.' }),
    enabled: t.boolean({ description: 'Whether the flag is on.', resolve: ({ decision }) => decision.enabled }),
    variant: t.string({
      nullable: true,
      description: 'The key of the variant. Null when the flag is off, has no variants, or no variant covers the id.',
      resolve: ({ decision }) => decision.variant,
    }),
    payload: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'The decoded data that applications get with this answer. Text that is not JSON is returned as a string. Null when the flag is ' +
        'off, or there is none. `********* (encrypted)` replaces an encrypted payload.',
      resolve: (answer) => answer.payload,
    }),
    reason: t.field({ type: EvaluationReason, description: 'Why, as a code.', resolve: ({ decision }) => decision.reason }),
    conditionIndex: t.int({
      nullable: true,
      description: 'The place, from 0, of the condition set that gave the reason. It is 0 for early access. Null when no set did.',
      resolve: ({ decision }) => decision.conditionIndex,
    }),
    bucketedBy: t.string({
      nullable: true,
      description:
        'The id by which the set that gave the reason divides: the distinct id, the device, or the key of a group. Null when no set did, ' +
        'and when that id is not known.',
      resolve: ({ decision }) => decision.bucketedBy,
    }),
    missing: t.stringList({
      description:
        'What the flag and its dependencies ask for and is not known. It counts as absent. Each entry names it: `person:plan` for a property, ' +
        '`group:company` for a group, `group:company:size` for its property, `cohort:8` for a cohort that does not exist or a static one ' +
        'without known members, `flag:21` for a flag.',
      resolve: ({ explanation }) => explanation.missing,
    }),
    conditions: t.field({
      type: [ConditionEvaluation],
      listSize: conditionsListSize,
      description: 'How each condition set was judged, in order, with those that were not reached.',
      resolve: ({ explanation, projectId }) => explanation.conditions.map((condition) => ({ ...condition, projectId })),
    }),
  }),
})

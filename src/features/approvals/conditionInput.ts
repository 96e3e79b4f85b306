import { builder } from '../../graphql/builder.ts'

const ApprovalConditionType = builder.enumType('ApprovalConditionType', {
  description: 'Which changes a policy guards.',
  values: {
    ANY_CHANGE: { description: 'Every change of the field. If no field is named, every change.' },
    BEFORE_AFTER: {
      description: 'Changes to a value for which the comparison holds: `>= 75` guards 10 to 80. A removed value counts as 0.',
    },
    CHANGE_AMOUNT: {
      description: 'Changes by an amount, up or down, for which the comparison holds: `> 20` guards 90 to 0. A missing value counts as 0.',
    },
    CROSSES_THRESHOLD: { description: 'Changes to a value for which the comparison holds, from one for which it did not.' },
  } as const,
})

const ApprovalOperator = builder.enumType('ApprovalOperator', {
  description: "How a value is compared with the condition's value.",
  values: {
    GT: { description: 'Greater.' },
    LT: { description: 'Less.' },
    GTE: { description: 'Greater or equal.' },
    LTE: { description: 'Less or equal.' },
    EQ: { description: 'Equal.' },
    NE: { description: 'Not equal.' },
  } as const,
})

export const ApprovalConditionInput = builder.inputType('ApprovalConditionInput', {
  description: 'Which changes of an action a policy guards.',
  fields: (t) => ({
    type: t.field({
      type: ApprovalConditionType,
      required: true,
      description: 'What is compared. Only the `…_UPDATE` actions accept more than ANY_CHANGE.',
    }),
    field: t.string({
      description:
        '`rollout_percentage`. For `FEATURE_FLAG_UPDATE` also `release_conditions`, with ANY_CHANGE. Required for all types but ANY_CHANGE.',
    }),
    operator: t.field({ type: ApprovalOperator, description: 'The comparison. Required for all types but ANY_CHANGE.' }),
    value: t.float({
      description: 'The value to compare with, in percent: 0 to 100. Required for all types but ANY_CHANGE.',
    }),
  }),
})

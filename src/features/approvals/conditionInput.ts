import { builder } from '../../graphql/builder.ts'

const ApprovalConditionType = builder.enumType('ApprovalConditionType', {
  description: 'Which changes a policy guards.',
  values: {
    ANY_CHANGE: { description: 'Every change of the field, or of anything when no field is named.' },
    BEFORE_AFTER: {
      description: 'Changes after which a changed value compares as said: `>= 75` guards 10 to 80. A value that goes counts as 0.',
    },
    CHANGE_AMOUNT: {
      description: 'Changes by an amount that compares as said, up or down: `> 20` guards 90 to 0. A missing side counts as 0.',
    },
    CROSSES_THRESHOLD: { description: 'Changes after which a changed value compares as said and before which it did not.' },
  } as const,
})

const ApprovalOperator = builder.enumType('ApprovalOperator', {
  description: 'How a value compares with that of the condition.',
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
      description: 'What is looked at. Actions that switch a flag know only ANY_CHANGE.',
    }),
    field: t.string({
      required: false,
      description:
        '`rollout_percentage`, for `FEATURE_FLAG_UPDATE` also `release_conditions` (with ANY_CHANGE). Required for all types but ANY_CHANGE.',
    }),
    operator: t.field({ type: ApprovalOperator, required: false, description: 'How to compare. Required for all types but ANY_CHANGE.' }),
    value: t.float({ required: false, description: 'What to compare with, in per cent: 0 to 100. Required for all types but ANY_CHANGE.' }),
  }),
})
